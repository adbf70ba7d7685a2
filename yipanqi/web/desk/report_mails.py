"""Reports that came by mail: what lies in the mailbox that the operator named, and its words into the form that reads one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yipanqi.core import access_log
from yipanqi.core.errors import Refused
from yipanqi.exchange import letterbox
from yipanqi.exchange.letterbox import Head, NoMail
from yipanqi.files.checking import MailPart, mail_parts, shortened, words_of_mail
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, TableRow
from yipanqi.web.desk.reading import TextForm, text_page
from yipanqi.web.steps import Choice, put_beside

KB = 1024


class PartForm(forms.Form):
    """Which part of a mail is the report: a file before the mail's own words, for they often say that it is attached."""

    use_required_attribute = False

    def __init__(self, parts: list[MailPart], data: Any = None) -> None:
        super().__init__(data, initial={"part": next((str(p.number) for p in parts if p.name), "0")})
        choices = [(str(part.number), _part_words(part)) for part in parts]
        self.fields["part"] = Choice(label=_("读哪一部分"), widget=forms.RadioSelect, choices=choices)


def _part_words(part: MailPart) -> str:
    size = _("%(n)d KB") % {"n": max(1, round(part.size / KB))}
    return _("%(name)s（%(size)s）") % {"name": shortened(part.name) or _("邮件正文"), "size": size}


def _trouble(why: str) -> str:
    return {
        letterbox.UNREACHABLE: _("邮箱现在连不上。请过一会儿再试；一直这样，请告诉系统管理员。"),
        letterbox.LOGIN: _("邮箱不接受所设的账号或密码，请告诉系统管理员。"),
        letterbox.FOLDER: _("邮箱里没有所设的文件夹，请告诉系统管理员。"),
        letterbox.BUSY: _("正有别人在读邮箱，请过一会儿再试。"),
        letterbox.GONE: _("这封邮件已经不在邮箱里了。"),
        letterbox.LARGE: _("这封邮件太大。请在邮件程序里把附件存下来，再上传。"),
    }[why]


@staff("decisions.draft")
@require_safe
def report_mails(request: HttpRequest) -> HttpResponse:
    """The newest mails. Nothing is marked or moved: that somebody looked leaves no trace but ours."""
    box, rows, trouble = settings.REPORT_MAILBOX, list[TableRow](), ""
    if box is not None:
        try:
            rows = [_row(head) for head in letterbox.heads(box)]
        except NoMail as error:
            trouble = _trouble(str(error))
        _note(request)
    columns = [
        Column("subject", _("邮件主题"), main=True),
        Column("files", _("附件")),
        Column("at", _("收到"), "moment"),
    ]
    context = {"box": box is not None, "columns": columns, "rows": rows, "trouble": trouble}
    return render(request, "desk/report_mails.html", context | {"most": letterbox.MOST})


def _row(head: Head) -> TableRow:
    names = [shortened(name) for name in head.files or ()]
    files = _("读不出") if head.files is None else _("、").join(names[:5]) + ("…" if len(names) > 5 else "")
    return TableRow(
        cells={"subject": head.subject or _("（没有主题）"), "files": files, "at": head.at},
        url="" if head.large else reverse("desk:report_mail", args=head.place),
        note=_("太大，读不了") if head.large else "",
    )


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def report_mail(request: HttpRequest, validity: int, uid: int) -> HttpResponse:
    """One mail: which part of it is the report. Its words go where a paste goes, and are looked over there."""
    box = settings.REPORT_MAILBOX
    if box is None or not 0 < uid < 1 << 32:
        raise Http404
    shown: dict[str, Any] = {}
    try:
        data = letterbox.mail(box, (validity, uid))
        shown["subject"], parts = mail_parts(data)
        shown["form"] = form = PartForm(parts, request.POST if request.method == "POST" else None)
        shown["parts"] = parts
        if request.method == "POST" and form.is_valid():
            typed = TextForm({"text": words_of_mail(data, int(form.cleaned_data["part"]))})
            typed.text()  # refuses what is too long
            return text_page(request, typed)
    except NoMail as error:
        shown["trouble"] = _trouble(str(error))
    except Refused as refusal:
        if "form" in shown:
            put_beside(shown["form"], Refused(refusal.message, fields={"part": refusal.message}))
        else:
            shown["trouble"] = refusal.message
    finally:
        _note(request)
    status = 422 if request.method == "POST" and "trouble" not in shown else 200
    return render(request, "desk/report_mail.html", shown, status=status)


def _note(request: HttpRequest) -> None:
    access_log.note(account=viewer_of_request(request).account, page="report_mail", at=timezone.now())


urlpatterns: list[URLPattern] = [
    path("meetings/from-report/mail", report_mails, name="report_mails"),
    path("meetings/from-report/mail/<int:validity>/<int:uid>", report_mail, name="report_mail"),
]
