"""The calls to make: the list, and the place to call from, with what to say and the outcome in one press.

Nothing on these pages tells how somebody judged: a row is there until its submitter has spoken, and then is not
(trust-and-ux H6).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yipanqi.cases.actions import TRIES_BEFORE_GIVING_UP, log_call_request, open_call_request
from yipanqi.cases.models import CallRequest, Mandate, Relation
from yipanqi.cases.queries import call_request
from yipanqi.core import access_log, gate, veil
from yipanqi.core.errors import Conflict, NotAllowed, Refused
from yipanqi.core.gate import Channel, Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter, Move
from yipanqi.core.procedure import Step
from yipanqi.insight import calls as lists
from yipanqi.insight.calls import Call, Place
from yipanqi.notices import texts
from yipanqi.notices.queries import telephone, text_in_force
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Badge, Column, Row, TableRow
from yipanqi.web.components.words import moment_text
from yipanqi.web.desk import shown
from yipanqi.web.desk.given import given
from yipanqi.web.desk.matter import Opened, open_matter, take_posted
from yipanqi.web.desk.queue import row_title
from yipanqi.web.steps import StepForm, step_form

CALLER = ("cases.callback", "cases.register")
# The steps of a call; of the form of any other there is nothing here.
STEPS = ("open_identity", "record_verdict", "log_call")


@staff(*CALLER)
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """The list: who asked to be called, then whose time to judge ends first."""
    viewer, now = viewer_of_request(request), timezone.now()
    after, before = (Place.read(given(request, name)) for name in ("after", "before"))
    page = lists.page(viewer, now, after=after, before=before)
    titles = any(call.row and call.row.title for call in page.calls)
    access_log.note(account=viewer.account, page="calls", at=now, fields=["titles"] if titles else [])
    context = {
        "columns": [
            Column("what", _("给谁打"), main=True),
            Column("why", _("为什么"), "badge"),
            Column("when", _("什么时候")),
            Column("due", _("剩余时间"), "due"),
            Column("number", _("编号"), "reference"),
        ],
        "rows": [_row(call) for call in page.calls],
        "previous": _url(before=page.previous) if page.previous else "",
        "next": _url(after=page.next) if page.next else "",
        "calls_back": viewer.has("cases.callback"),
    }
    return render(request, "desk/calls.html", context)


def _url(**place: Place) -> str:
    return f"{reverse('desk:calls')}?{urlencode({name: where.text for name, where in place.items()})}"


def _row(call: Call) -> TableRow:
    if call.request is not None:
        return _asked_row(call.request)
    assert call.row is not None
    cells = {
        "what": row_title(call.row),
        "why": Badge(_("听评价"), "waiting"),
        "due": call.row.due,
        "number": call.row.number,
    }
    return TableRow(cells=cells, url=reverse("desk:call", args=[call.row.id]))


def _asked_row(one: CallRequest) -> TableRow:
    about = one.submission.reference_id if one.submission else ""
    cells: dict[str, object] = {
        "what": _("有人请我们打电话"),
        "why": Badge(_("请求回电"), "active"),
        "when": _("%(asked)s提出；%(suits)s方便")
        % {"asked": moment_text(one.asked_at), "suits": _suits(one.suits)},
        "number": about,
    }
    return TableRow(cells=cells, url=reverse("desk:call_request", args=[one.pk]))


def _suits(code: str) -> str:
    words = {
        CallRequest.MORNING: _("上午"),
        CallRequest.AFTERNOON: _("下午"),
        CallRequest.EVENING: _("晚上"),
    }
    return words.get(code, _("随时"))


def _script(code: str, reference: str = "") -> dict[str, str]:
    """What to say, as the city has written it; the officer reads it in their own language."""
    text = text_in_force(code)
    values = {"telephone": telephone(), "reference": reference}
    return {"title": text.subject, "body": texts.fill(text.body, values)}


# --- who asked ---------------------------------------------------------------------------------------------------


@staff(*CALLER)
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request: a press opens the number, another says what came of the call."""
    viewer, now = viewer_of_request(request), timezone.now()
    row = call_request(request_id, viewer)
    if row is None:
        return _gone(request, viewer, request_id)
    if request.method != "POST":
        return _asked_page(request, row, viewer)
    outcome = request.POST.get("outcome", "")
    try:
        if outcome == "open":
            row, fields = open_call_request(request=row.pk, by=viewer, at=now)
            return _asked_page(request, row, viewer, fields)
        log_call_request(request=row.pk, outcome=outcome, by=viewer, at=now)
    except NotAllowed:
        raise Http404 from None
    except Conflict:
        return _gone(request, viewer, request_id)
    except Refused as refusal:
        return _asked_page(request, row, viewer, refused=refusal.message, status=422)
    messages.success(request, _("已记下。"))
    return HttpResponseRedirect(reverse("desk:calls"))


def _gone(request: HttpRequest, viewer: Viewer, request_id: UUID) -> HttpResponse:
    """A colleague was quicker: back to the list. To whom it is nothing, it is not there."""
    if not CallRequest.objects.filter(pk=request_id).exists():
        raise Http404
    messages.info(request, _("这个电话已经有人打了。"))
    return HttpResponseRedirect(reverse("desk:calls"))


def _asked_page(
    request: HttpRequest,
    row: CallRequest,
    viewer: Viewer,
    fields: dict[str, str] | None = None,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    facts = [
        Row(_("提出时间"), moment_text(row.asked_at)),
        Row(_("什么时候方便"), _suits(row.suits)),
        Row(_("填写时用的语言"), _("英语") if row.language.startswith("en") else _("中文")),
        Row(_("打过几次没有接通"), str(row.tries) if row.tries else ""),
    ]
    context = {
        "facts": [fact for fact in facts if fact.value],
        "case": _case_of(row, viewer),
        "fields": fields,
        "script": _script(texts.CALL),
        "request_id": row.pk,
        "refused": refused,
        "may_take_in": viewer.has("cases.register"),
        "may_give_up": row.tries >= TRIES_BEFORE_GIVING_UP,
    }
    return render(request, "desk/call-asked.html", context, status=status)


def _case_of(row: CallRequest, viewer: Viewer) -> dict[str, Any] | None:
    """The case that the call is about: its first, where the viewer may find it."""
    if row.submission is None:
        return None
    seen = Matter.objects.filter(gate.visible(viewer, Channel.DESK), case__submission=row.submission)
    found = seen.order_by("pk").values_list("pk", "case__number").first()
    return {"url": reverse("desk:matter", args=[found[0]]), "number": found[1]} if found else None


# --- whose verdict is asked ----------------------------------------------------------------------------------------


@staff("cases.callback")
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """The place to call from. The three steps of a call are taken here, by the engine like any other."""
    opened = open_matter(request, matter_id)
    if not lists.may_call(matter_id, opened.viewer, opened.at):
        messages.info(request, _("现在不用打这个电话了。"))
        return HttpResponseRedirect(reverse("desk:calls"))
    if request.method != "POST":
        fields = ["title", "script", *(["person"] if not opened.view.person.masked else [])]
        access_log.note(
            account=opened.viewer.account, page="call", at=opened.at, matter=matter_id, fields=fields
        )
        return _call_page(request, opened)
    name = request.GET.get("step", "")
    value = procedure_of(opened.matter).step.get(name) if name in STEPS else None
    if value is None:
        return _call_page(request, opened, status=422)
    return _taken(request, opened, value)


def _taken(request: HttpRequest, opened: Opened, step: Step) -> HttpResponse:
    opens = step.name == "open_identity"
    return take_posted(
        request,
        opened,
        step,
        back=reverse("desk:call", args=[opened.matter.pk]) if opens else reverse("desk:calls"),
        again=lambda refused: _call_page(request, open_matter(request, opened.matter.pk), refused),
        told=_("号码打开三十分钟。") if opens else _("已记下。"),
    )


def _whom(mandate: Mandate | None) -> str:
    """Whom to call, where it was filed for somebody else."""
    if mandate is None:
        return ""
    if mandate.ended:
        return _("代办已经结束：只打给本人，不要打给原来代办的人。")
    if mandate.relation == Relation.GUARDIAN:
        return _("是监护人代为反映的：打给监护人，听监护人的评价，不直接问孩子。")
    return _("是别人代为反映的：有本人电话的，先打给本人，听本人自己的评价；本人接不了，再打给代为反映的人。")


def _call_page(
    request: HttpRequest, opened: Opened, tried: StepForm | None = None, status: int = 200
) -> HttpResponse:
    view = opened.view
    procedure = procedure_of(opened.matter)
    may = {step.name for step in view.steps}
    verdict = tried if tried is not None and tried.step.name == "record_verdict" else None
    answers = [document for document in view.documents if document.kind == "serve"]
    context = {
        "view": view,
        "title": view.title,
        "answer": answers[-1] if answers else None,
        "dues": view.dues,
        "person": shown.person_of(view, ""),
        "concerned": shown.concerned_of(view),
        "whom": _whom(view.mandate),
        "may_open": view.person.masked and "open_identity" in may,
        "seen": veil.told(opened.matter),
        "verdict": verdict or step_form(procedure.step["record_verdict"], subject=opened.subject),
        "outcomes": [(code, str(label)) for code, label in procedure.step["log_call"].asks[0].choices],
        "script": _script(texts.CALL_BACK, view.number),
        "tried_before": Move.objects.filter(matter=opened.matter, step="log_call").count(),
        "refused": list(tried.non_field_errors()) if tried is not None and verdict is None else [],
    }
    return render(request, "desk/call.html", context, status=status)
