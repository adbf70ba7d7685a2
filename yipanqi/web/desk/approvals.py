"""What waits for a decision, with what it would change and the buttons that decide it: the steps of the matter's own
page, taken here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from yipanqi.core import access_log
from yipanqi.core.kinds import procedure_of
from yipanqi.core.procedure import Kind, Step
from yipanqi.insight import approvals as lists
from yipanqi.insight.approvals import Waiting
from yipanqi.insight.places import Cursor
from yipanqi.meetings.models import Conference, Task
from yipanqi.meetings.plan_models import Opinion, Plan
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Row
from yipanqi.web.components.words import day_text
from yipanqi.web.desk import shown
from yipanqi.web.desk.cards import prefilled
from yipanqi.web.desk.given import given
from yipanqi.web.desk.matter import open_matter, take_posted
from yipanqi.web.desk.queue import row_title
from yipanqi.web.steps import StepForm, step_form

# A step that asks for no more is taken here; what must be chosen among a matter's own rows, or among all units, on its page.
HERE = frozenset({Kind.LINE, Kind.TEXT, Kind.CHOICE, Kind.DATE, Kind.NUMBER, Kind.TICK})
BEGINNING = 200


@staff(*lists.needed())
@require_http_methods(["GET", "HEAD", "POST"])
def approvals(request: HttpRequest) -> HttpResponse:
    """The list; a POST names the matter and the step in its address, and decides."""
    return _decide(request) if request.method == "POST" else _page(request)


def _page(request: HttpRequest, tried: StepForm | None = None) -> HttpResponse:
    viewer, now = viewer_of_request(request), timezone.now()
    after, before = (Cursor.read(given(request, name)) for name in ("after", "before"))
    page = lists.page(viewer, now, after=after, before=before)
    fields = ["titles", "requests"] if page.waiting else []
    access_log.note(account=viewer.account, page="approvals", at=now, fields=fields)
    context = {
        "waiting": [_shown(one, tried) for one in page.waiting],
        "tried": tried,
        "previous": _url(before=page.previous.text) if page.previous else "",
        "next": _url(after=page.next.text) if page.next else "",
    }
    return render(request, "desk/approvals.html", context)


def _url(**asked: str) -> str:
    return f"{reverse('desk:approvals')}?{urlencode(asked)}"


def _shown(one: Waiting, tried: StepForm | None) -> dict[str, Any]:
    matter = one.subject.matter
    request = shown.request_of_matter(matter, one.asked)
    rows = list(request["rows"]) if request else []
    if one.now_due and one.then_due:
        days = {"now": day_text(one.now_due), "then": day_text(one.then_due)}
        rows.append(
            Row(
                _("完成日期") if isinstance(one.subject, Task) else _("答复期限"),
                _("%(now)s 改为 %(then)s") % days,
            )
        )
    return {
        "id": matter.pk,
        "title": row_title(one.row),
        "url": reverse("desk:matter", args=[matter.pk]),
        "number": one.row.number,
        "what": request["label"] if request else one.row.state,
        "due": one.row.due,
        "unit": one.row.unit,
        "rows": [*rows, *_brought(one)],
        "forms": [
            _form(step, one, tried, first=step is one.steps[0]) for step in one.steps if _taken_here(step)
        ],
        "elsewhere": [_link(step, matter.pk) for step in one.steps if not _taken_here(step)],
    }


def _taken_here(step: Step) -> bool:
    return all(ask.kind in HERE for ask in step.asks)


def _link(step: Step, matter: UUID) -> dict[str, str]:
    url = reverse("desk:matter", args=[matter])
    return {
        "label": str(step.label),
        "does": str(step.does),
        "url": f"{url}?step={step.name}#step-{step.name}",
    }


def _brought(one: Waiting) -> list[Row]:
    """What was prepared for the decision, in so few words that the page stays a list."""
    subject = one.subject
    if one.owes:
        return [Row(_("请本单位"), one.owes)]
    if isinstance(subject, Plan) and one.sends:
        return _of_plan(subject)
    if isinstance(subject, Conference):
        kept = getattr(subject, "instruction", None)
        found = ((_("纪要"), subject.minutes), (_("办理结果"), kept.answer if kept else ""))
        return [Row(label, _beginning(text)) for label, text in found if text]
    return []


def _of_plan(plan: Plan) -> list[Row]:
    """Silence is told as silence, and who does not sign with what it says."""
    opinions = list(plan.opinions.all())
    silent = [str(one.unit) for one in opinions if not one.answer]
    against = [one for one in opinions if one.signature == Opinion.OBJECTS]
    count, disputes = len(plan.tasks.all()), sum(not one.decision for one in plan.disputes.all())
    said = _("%(label)s：%(value)s")
    objections = [said % {"label": str(one.unit), "value": one.remark} for one in against]
    rows = [
        Row(_("会议"), str(plan.conference)),
        Row(_("任务"), ngettext("%(n)d 项", "%(n)d 项", count) % {"n": count}),
        Row(_("等决定的异议"), str(disputes) if disputes else ""),
        Row(_("还没有答复的单位"), _("、").join(silent)),
        Row(_("不同意"), "\n".join(objections)),
    ]
    return [row for row in rows if row.value]


def _beginning(text: str) -> str:
    return text if len(text) <= BEGINNING else f"{text[:BEGINNING]}…"


def _form(step: Step, one: Waiting, tried: StepForm | None, *, first: bool) -> dict[str, Any]:
    """The form of one of the two; several of a step stand on the page, so each has ids of its own."""
    matter = one.subject.matter
    if tried is not None and tried.step.name == step.name and tried.subject.matter.pk == matter.pk:
        form = tried
    else:
        form = step_form(step, subject=one.subject, initial=prefilled(step, one.asked))
    form.auto_id = f"{matter.pk}_{step.name}_%s"
    url = _url(of=str(matter.pk), step=step.name)
    return {"form": form, "label": str(step.label), "does": str(step.does), "url": url, "first": first}


def _decide(request: HttpRequest) -> HttpResponse:
    try:
        opened = open_matter(request, UUID(given(request, "of", 40)))
    except ValueError:
        raise Http404 from None
    procedure, name = procedure_of(opened.matter), given(request, "step", 40)
    step = procedure.step.get(name)
    # Whether it may be taken now the engine says.
    if step is None or step not in lists.decisions(procedure) or not _taken_here(step):
        raise Http404
    return take_posted(
        request,
        opened,
        step,
        back=reverse("desk:approvals"),
        again=lambda refused: _page(request, refused),
    )
