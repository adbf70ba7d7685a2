"""The residents' pages. Nothing typed by a person ever stands in an address; the reference alone may."""

from __future__ import annotations

from django.urls import path

from yipanqi.web.portal.call_me import call_me
from yipanqi.web.portal.filing import file, filed_again
from yipanqi.web.portal.keeping import resume
from yipanqi.web.portal.others import other, others
from yipanqi.web.portal.pages import accessibility, children, figures, home, how, privacy
from yipanqi.web.portal.proving import check_receipt, check_receipt_file, checkpoints, receipt_file
from yipanqi.web.portal.receipt import case_receipt, receipt
from yipanqi.web.portal.tracking import case, document, document_page, end, leave, messages, step, track

app_name = "portal"
urlpatterns = [
    path("", home, name="home"),
    path("how/", how, name="how"),
    path("figures/", figures, name="figures"),
    path("others/", others, name="others"),
    path("others/<slug:number>/", other, name="other"),
    path("privacy/", privacy, name="privacy"),
    path("children/", children, name="children"),
    path("accessibility/", accessibility, name="accessibility"),
    path("file/", file, name="file"),
    path("file/filed/", filed_again, name="filed"),
    path("file/receipt", receipt, name="receipt"),
    path("call-me/", call_me, name="call_me"),
    path("file/resume/", resume, name="resume"),
    path("check-receipt/", check_receipt, name="check_receipt"),
    path("check-receipt/check-receipt.html", check_receipt_file, name="check_receipt_file"),
    path("check-receipt/checkpoints.jsonl", checkpoints, name="checkpoints"),
    path("track/", track, name="track"),
    path("track/<str:reference>/", case, name="case"),
    path("track/<str:reference>/steps/<str:name>", step, name="step"),
    path("track/<str:reference>/messages", messages, name="messages"),
    path("track/<str:reference>/receipt-<slug:sheet>.pdf", case_receipt, name="case_receipt"),
    path("track/<str:reference>/receipt.json", receipt_file, name="receipt_file"),
    path("track/<str:reference>/documents/<int:number>.pdf", document, name="document"),
    path("track/<str:reference>/documents/<int:number>/", document_page, name="document_page"),
    path("end/", end, name="end"),
    path("leave/", leave, name="leave"),
]
