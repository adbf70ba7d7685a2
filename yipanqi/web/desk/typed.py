"""What a clerk types into the form of a step is kept on the server while they type, and shown again."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from yipanqi.core import gate
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Channel
from yipanqi.core.kinds import procedure_of
from yipanqi.core.procedure import Kind, Step
from yipanqi.insight.queue import SEEING
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.words import day_text, moment_text
from yipanqi.web.desk.actions import forget_typed, keep_typed
from yipanqi.web.desk.queries import Kept
from yipanqi.web.steps import Offered, StepForm, step_form

# What a field's name may end in besides the name of its ask (web/steps.py).
PARTS = ("", "_other", "_asked", "_until")


def keeps(step: Step) -> bool:
    """Whether the step asks for something that is long to write."""
    return any(ask.kind in (Kind.TEXT, Kind.SHARES) for ask in step.asks)


def _fields(step: Step, posted: QueryDict) -> dict[str, list[str]]:
    names = [f"{ask.name}{part}" for ask in step.asks for part in PARTS]
    return {name: [value.replace("\x00", "") for value in posted.getlist(name)] for name in names}


@staff(*SEEING)
@sensitive_post_parameters()
@require_POST
def typed(request: HttpRequest, matter_id: UUID, name: str) -> HttpResponse:
    """Keep what was typed, or throw it away. A button leads back to the page; a script is answered in one line."""
    viewer, now = viewer_of_request(request), timezone.now()
    matter = gate.find(matter_id, viewer, Channel.DESK)
    step = procedure_of(matter).step.get(name) if matter is not None else None
    if step is None or not keeps(step) or viewer.account is None:
        raise Http404
    back = f"{reverse('desk:matter', args=[matter_id])}?step={name}#step-{name}"
    if request.POST.get("go") == "discard":
        forget_typed(account=viewer.account, matter=matter_id, step=name)
        messages.success(request, _("已丢弃保存的内容。"))
        return HttpResponseRedirect(back)
    try:
        keep_typed(
            account=viewer.account, matter=matter_id, step=name, fields=_fields(step, request.POST), at=now
        )
        said, status = _("已保存 %(time)s") % {"time": _time(now)}, 200
    except Refused as refusal:
        said, status = refusal.message, 422
    if request.POST.get("go") == "keep":
        (messages.success if status == 200 else messages.error)(request, said)
        return HttpResponseRedirect(back)
    return HttpResponse(said, content_type="text/plain; charset=utf-8", status=status)


def _time(at: dt.datetime) -> str:
    return timezone.localtime(at).strftime("%H:%M")


def again(step: Step, kept: Kept, *, offered: Offered, seen: int) -> StepForm:
    """The form of a step with what was kept of it."""
    data = QueryDict(mutable=True)
    for name, values in (kept.fields or {}).items():
        data.setlist(name, values)
    data["seen"] = str(seen)
    return step_form(step, subject=offered.subject, data=data, seen=seen, offered=offered)


def kept_text(kept: Kept) -> str:
    """Since when something is kept and how long, or why it is not there any more."""
    if kept.fields is None:
        return _("%(moment)s 保存的内容打不开了：加密它的密钥已经更换。") % {"moment": moment_text(kept.at)}
    text = _("这里是您 %(moment)s 写下、还没有办的内容，保存到 %(day)s。")
    return text % {"moment": moment_text(kept.at), "day": day_text(timezone.localtime(kept.until).date())}
