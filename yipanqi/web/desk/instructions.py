"""Registering what goes to a leader for instruction, and adding to a matter of staff what was scanned."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipanqi.core import gate
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor, Channel
from yipanqi.files.actions import Taken, take_in
from yipanqi.files.checking import FileRefused
from yipanqi.meetings.instruction_actions import keep_scans, may_keep_scans, register_instruction
from yipanqi.meetings.instruction_procedure import INSTRUCTION
from yipanqi.meetings.instruction_steps import SECRECY
from yipanqi.meetings.models import Conference
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.desk.meetings import form_page
from yipanqi.web.desk.senders import ask_for_sender, chosen_sender, senders
from yipanqi.web.steps import Choice, first_form


class Brought(forms.FileField):
    """A file as it was brought: the action checks it, and `required` only says how it is labelled."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return data


def scan_field(*, required: bool, label: str = "") -> forms.Field:
    """A file of an office's own: what was scanned, or what `label` says."""
    return Brought(
        label=label or _("扫描件"),
        required=required,
        help_text=_("PDF 或照片，20 MB 以内；几页扫成一份 PDF。秘密级及以上的不能上传。"),
    )


class ScanForm(forms.Form):
    """One more scan, and how secret it is."""

    use_required_attribute = False

    def __init__(self, data: Any = None, files: Any = None, *, label: str = "") -> None:
        super().__init__(data, files)
        self.fields["scan"] = scan_field(required=True, label=label)
        levels = [(code, str(label)) for code, label in SECRECY]
        self.fields["secrecy"] = Choice(
            label=_("密级"),
            choices=levels,
            widget=forms.RadioSelect,
            help_text=_("秘密级及以上的文件不能进本平台。"),
        )


def taken_in(form: forms.Form, at: dt.datetime) -> list[Taken]:
    """What was brought, checked, copied by a process of its own and scanned for viruses. Raises `Refused`."""
    brought = form.files.get("scan")
    if brought is None:
        return []
    try:
        return [take_in(name=brought.name or "", data=brought.read(), at=at)]
    except FileRefused as refusal:
        raise Refused(refusal.message, fields={"scan": refusal.message}) from None


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a document that goes to a leader, with its scan where there is one. A unit over which one may draft
    keeps it."""
    keeping = senders(viewer_of_request(request))
    if not keeping:
        raise Http404
    form = first_form(INSTRUCTION.initial, data=request.POST if request.method == "POST" else None)
    form.files = request.FILES
    form.fields["scan"] = scan_field(required=False)
    ask_for_sender(form, keeping, _("由哪个单位承办批示件"))

    def enter(by: Actor, at: dt.datetime) -> str:
        sender = chosen_sender(form, keeping)
        with transaction.atomic():
            one = register_instruction(sender=sender, answers=form.answers(), by=by, at=at)
            if files := taken_in(form, at):
                secrecy = str(form.cleaned_data["secrecy"] or "")
                keep_scans(conference=one, files=files, secrecy=secrecy, by=by, at=at)
        messages.success(request, _("批示件已登记：%(number)s。接着写拟办意见。") % {"number": one.number})
        return reverse("desk:matter", args=[one.matter_id])

    context = {"heading": _("登记批示件"), "back": reverse("desk:meetings"), "send": _("登记")}
    return form_page(request, form, enter, context)


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def keep_scan(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Add a scan to an instruction."""
    viewer = viewer_of_request(request)
    found = gate.find(matter_id, viewer, Channel.DESK)
    of = Conference.objects.select_related("matter").filter(kind=INSTRUCTION.code)
    one = of.filter(matter=matter_id).first() if found is not None else None
    if one is None or not may_keep_scans(one, Actor(viewer)):
        raise Http404
    posted = request.method == "POST"
    form = ScanForm(request.POST if posted else None, request.FILES if posted else None)
    back = reverse("desk:matter", args=[matter_id])

    def enter(by: Actor, at: dt.datetime) -> str:
        secrecy = str(form.cleaned_data["secrecy"] or "")
        keep_scans(conference=one, files=taken_in(form, at), secrecy=secrecy, by=by, at=at)
        messages.success(request, _("扫描件已存。"))
        return back

    context = {"heading": _("添加扫描件"), "under": f"{one.number} {one}", "back": back, "send": _("上传")}
    return form_page(request, form, enter, context)


urlpatterns: list[URLPattern] = [
    path("meetings/instructions/new", register, name="register_instruction"),
    path("matters/<uuid:matter_id>/scans", keep_scan, name="keep_scan"),
]
