from __future__ import annotations

from django.urls import URLPattern, path

from yipanqi.web.desk import administration, board, calendar, intake, matter, pressed, queue, session

app_name = "desk"
urlpatterns: list[URLPattern] = [
    *board.urlpatterns,
    path("sign-in/", session.sign_in, name="sign_in"),
    path("sign-out/", session.sign_out, name="sign_out"),
    path("nothing/", session.nothing, name="nothing"),
    path("queue/", queue.queue, name="queue"),
    path("pressed/", pressed.pressed, name="pressed"),
    path("matters/<uuid:matter_id>/", matter.matter, name="matter"),
    path("matters/<uuid:matter_id>/steps/<slug:name>", matter.step, name="step"),
    path("matters/<uuid:matter_id>/external", matter.external, name="external"),
    path("intake/", intake.intake, name="intake"),
    path("lost/", intake.lost, name="lost"),
    path("units/", administration.units, name="units"),
    path("units/<uuid:unit_id>/", administration.unit, name="unit"),
    path("limits/", administration.limits, name="limits"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("accounts/", administration.accounts, name="accounts"),
    path("accounts/<uuid:account_id>/deactivate", administration.deactivate, name="deactivate"),
    path("access-log/", administration.access_log, name="access_log"),
]
