"""The residents' pages. Nothing typed by a person ever stands in an address; the reference alone may."""

from __future__ import annotations

from django.urls import path

from yipanqi.web.portal.filing import file, filed_again
from yipanqi.web.portal.pages import accessibility, home, how, privacy
from yipanqi.web.portal.tracking import case, end, leave, step, track

app_name = "portal"
urlpatterns = [
    path("", home, name="home"),
    path("how/", how, name="how"),
    path("privacy/", privacy, name="privacy"),
    path("accessibility/", accessibility, name="accessibility"),
    path("file/", file, name="file"),
    path("file/filed/", filed_again, name="filed"),
    path("track/", track, name="track"),
    path("track/<str:reference>/", case, name="case"),
    path("track/<str:reference>/steps/<str:name>", step, name="step"),
    path("end/", end, name="end"),
    path("leave/", leave, name="leave"),
]
