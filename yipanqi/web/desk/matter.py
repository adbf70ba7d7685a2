"""The page of a matter, and taking a step on it: one page and one way for every kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from yipanqi.cases.accusations import CODE as ACCUSATION
from yipanqi.cases.actions import ALL_KINDS, end_mandate, link_external, reissue_secret
from yipanqi.cases.mixed import may_split
from yipanqi.cases.models import Case
from yipanqi.cases.queries import whole
from yipanqi.core import access_log, gate
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor, Channel, Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Role, Step
from yipanqi.insight import board as figures, queue
from yipanqi.insight.behind import CLOSED, LATE, OPEN
from yipanqi.insight.official import overdue
from yipanqi.insight.queue import SEEING
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.instruction_access import InstructionView
from yipanqi.meetings.meeting_access import MeetingView
from yipanqi.meetings.models import Conference, Task
from yipanqi.meetings.plan_models import Plan
from yipanqi.notices.documents import Sheet
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import ListItem
from yipanqi.web.desk import files, presence, repeats, seen, shown, templates
from yipanqi.web.desk.actions import forget_typed
from yipanqi.web.desk.cards import Asked, cards
from yipanqi.web.desk.instruction_shown import instruction_of
from yipanqi.web.desk.meeting_papers import papers_of
from yipanqi.web.desk.meeting_prints import sheets_of
from yipanqi.web.desk.meeting_shown import meeting_choices, meeting_of
from yipanqi.web.desk.plan_shown import plan_choices, plan_of
from yipanqi.web.desk.queue import row_title
from yipanqi.web.desk.task_rows import late_below_url, late_words
from yipanqi.web.desk.words import responsible_words
from yipanqi.web.letters import in_chinese, letter, numbers, sheet_of
from yipanqi.web.looking import findings, look_again, organisations
from yipanqi.web.steps import Line, StepForm, step_form
from yipanqi.web.taking import take_from_post

FRAME = "desk/frame.html"
BESIDE = 20  # matters in the list beside the open one


def _case(pk: UUID) -> Case:
    return whole().get(pk=pk)


def _task(pk: UUID) -> Task:
    """A task with the milestones that can still be ticked off and its targets, for the step form."""
    task = Task.objects.select_related("matter", "line").get(pk=pk)
    undone = task.milestones.filter(done_at__isnull=True).order_by("number")
    choices = [(m.number, f"{m.number}. {m.title}") for m in undone]
    targets = [(str(t.number), shown.target_text(t)) for t in task.targets.order_by("number")]
    setattr(task, "milestone_choices", choices)  # noqa: B010 - what step_form asks of a subject with milestones
    setattr(task, "target_choices", targets)  # noqa: B010 - and of one with targets
    return task


def _meeting(pk: UUID) -> Conference:
    return Conference.objects.get(matter=pk)


def _plan(pk: UUID) -> Plan:
    return Plan.objects.get(pk=pk)


_SUBJECTS: dict[str, Callable[[UUID], Any]] = {
    **dict.fromkeys(ALL_KINDS, _case),
    "task": _task,
    "meeting": _meeting,
    "plan": _plan,
    "instruction": _meeting,
}
_TEXT_HEADINGS = {
    "accusation": gettext_lazy("密封的内容"),
    "task": gettext_lazy("目标和标准"),
    "meeting": gettext_lazy("要解决什么问题"),
    "plan": gettext_lazy("方案"),
    "instruction": gettext_lazy("事由"),
    "review": gettext_lazy("不服的理由"),
    "second_review": gettext_lazy("不服的理由"),
}


@dataclass
class Opened:
    """A matter that this viewer may find, as they see it."""

    matter: Matter
    subject: Any
    view: Any
    viewer: Viewer
    at: dt.datetime


def open_matter(request: HttpRequest, matter_id: UUID) -> Opened:
    """The matter for this request, or 404 to whom it is nothing."""
    viewer = viewer_of_request(request)
    matter = gate.find(matter_id, viewer, Channel.DESK)
    if matter is None:
        raise Http404
    subject = _SUBJECTS[matter.procedure](matter.pk)
    subject.matter = matter
    view = gate.present(matter, viewer, Channel.DESK)
    subject.file_choices = files.choices_of(view)
    if isinstance(view, MeetingView):
        setattr(subject, "milestone_choices", meeting_choices(view))  # noqa: B010 - as of a task's milestones
    if isinstance(subject, Plan):
        setattr(subject, "milestone_choices", plan_choices(view))  # noqa: B010 - likewise, by what is asked
    return Opened(matter, subject, view, viewer, timezone.now())


class ExternalForm(forms.Form):
    """The number that another system has for this case; the action checks it."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="external_%s")
        self.fields["system"] = Line(label=_("系统名称"), help_text=_("例如：国家信访信息系统。"))
        self.fields["number"] = Line(label=_("在那里的编号"))


@staff(*SEEING)
@require_safe
def matter(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """One matter. Every look is written down."""
    opened = open_matter(request, matter_id)
    access_log.note(
        account=opened.viewer.account,
        page="matter",
        at=opened.at,
        matter=opened.matter.pk,
        fields=shown.seen_fields(opened.view),
    )
    return page(request, opened, Asked(request.GET.get("step", "")))


def page(
    request: HttpRequest, opened: Opened, asked: Asked, external: ExternalForm | None = None
) -> HttpResponse:
    """The page, with a refused form in its place where there is one."""
    view = opened.view
    open_identity = f"{reverse('desk:matter', args=[opened.matter.pk])}?step=open_identity#step-open_identity"
    own = isinstance(opened.subject, Case) and view.takes_in
    again = repeats.before(opened.subject, view, opened.viewer, opened.at)
    if again and asked.form is None:
        asked = replace(asked, filled=repeats.filled(asked.name, again, opened.subject))
    steps = cards(opened.matter, opened.subject, view, opened.viewer, opened.at, asked)
    kind = str(procedure_of(opened.matter).label)
    context = {
        "view": view,
        "here": reverse("desk:matter", args=[opened.matter.pk]),
        "kind": kind,
        # An accusation never has a title.
        "title": view.title or (kind if opened.matter.procedure == ACCUSATION else ""),
        "withheld": shown.withheld_of(view),
        "original_note": shown.original_note(view),
        "text_is_cleared": opened.matter.procedure != ACCUSATION,
        "text": getattr(view, "text", "") or "",
        "badge": shown.badge_of(view.state_code, view.state),
        "dues": view.dues,
        "text_heading": _TEXT_HEADINGS.get(opened.matter.procedure, _("转办文字")),
        "meeting": meeting_of(view, opened.at) | {"sheets": sheets_of(view), "papers": papers_of(view)}
        if isinstance(view, MeetingView)
        else None,
        "plan": plan_of(view) if isinstance(opened.subject, Plan) else None,
        "instruction": instruction_of(view, opened.at) if isinstance(view, InstructionView) else None,
        "milestones": shown.milestones_of(view),
        "family": shown.family_of(view),
        "late_below": _late_below(opened),
        "targets": [(shown.target_text(one), one.done, one.wanted) for one in getattr(view, "targets", ())],
        "bound": _bound(opened),
        "facts": shown.facts_of(view),
        "parts": shown.parts_of(view),
        "events": shown.events_of(view.events)[::-1],
        "refused": asked.name if asked.form is not None and asked.form.errors else "",
        "documents": _documents(view),
        "person": shown.person_of(view, open_identity),
        "concerned": shown.concerned_of(view),
        "people_beside": shown.beside_of(view),
        "request_open": shown.request_of(view),
        "trail": shown.trail_of(view),
        "original": shown.original_of(view),
        "below": shown.below_of(view),
        "files": files.of(view),
        "point": getattr(view, "point", None),
        "cards": steps,
        "ready": sum(not card.why_not for card in steps),
        "external": external or (ExternalForm() if own else None),
        "external_open": external is not None,
        "mixed": own and may_split(opened.subject, Actor(opened.viewer)),
        "beside": _beside(opened),
        "responsible": _responsible(opened),
        "papers": overdue.papers_of(view, opened.viewer) if opened.matter.procedure == "task" else (),
        "here_too": presence.told(request, opened.matter.pk),
        "repeats": repeats.shown(again, opened.subject, view),
        "seen_before": _seen_before(opened, {each.case.number for each in again}),
    }
    return render(request, "desk/matter.html", context)


def _seen_before(opened: Opened, told: set[str]) -> list[seen.Earlier]:
    """What is like it and is not told as the same again."""
    found = seen.before(opened.subject, opened.view, opened.viewer)
    return [each for each in found if each.number not in told]


def _responsible(opened: Opened) -> str:
    """The first person responsible for the lead of a late task; nothing of any other matter."""
    light = getattr(opened.view, "light", None)
    lead = opened.view.units.get(Role.LEAD, ()) if light is not None and light.colour == "red" else ()
    words = responsible_words([unit.id for unit in lead], opened.viewer, day_of(opened.at))
    return next(iter(words.values()), "")


def _late_below(opened: Opened) -> tuple[str, str] | None:
    """That children of a task are late, and the list of these for whoever has such lists; None where none is."""
    words = late_words(opened.view.family.late) if isinstance(opened.subject, Task) else ""
    if not words:
        return None
    lists = any(opened.viewer.has(capability) for capability in ("board.see", *SENDING))
    return words, late_below_url(opened.subject) if lists else "#family"


def _documents(view: Any) -> list[tuple[Any, str]]:
    """The documents of a matter, each with the number that it bears."""
    found = getattr(view, "documents", [])
    return list(zip(found, numbers(found), strict=True))


def _bound(opened: Opened) -> dict[str, Any] | None:
    """From which cases a task's progress is read and how far these are, with the lists that the figures count; and where
    whoever may bind more of them does so."""
    task = opened.subject
    if not isinstance(task, Task):
        return None
    drafts = opened.viewer.has("decisions.draft") and opened.matter.open
    bind = f"{reverse('desk:bind_line', args=[task.line_id])}?task={task.pk}" if drafts else ""
    rows = list(task.bindings.select_related("category", "area").order_by("pk")) if opened.view.bound else []
    if not rows and not bind:
        return None
    return {"rows": rows, "bind": bind} | _bound_figures(opened)


def _bound_figures(opened: Opened) -> dict[str, Any]:
    """The figures, each with its list; nothing for whoever sees no figures."""
    found = figures.task_cases(opened.subject, opened.viewer, opened.at)
    if found is None:
        return {}
    base = f"{reverse('desk:line', args=[opened.subject.line_id])}?task={opened.matter.pk}&show="
    return {
        "counted": True,
        "closed": found.closed,
        "of": found.open + found.closed,
        "closed_url": base + CLOSED,
        "open": found.open,
        "open_url": base + OPEN,
        "late": found.late,
        "late_url": base + LATE,
    }


def _beside(opened: Opened) -> list[ListItem]:
    """The queue's most urgent matters, to go from one to the next without going back."""
    rows = queue.page(opened.viewer, queue.Wanted(), opened.at, size=BESIDE).rows
    return [
        ListItem(
            title=row_title(row),
            url=reverse("desk:matter", args=[row.id]),
            reference=row.number,
            due=row.due,
            badge=shown.badge_of(row.state_code, row.state),
            current=row.id == opened.matter.pk,
        )
        for row in rows
    ]


@staff(*SEEING)
@require_safe
def document(request: HttpRequest, matter_id: UUID, number: int) -> HttpResponse:
    """A document of the matter in the layout of official letters. Every look is written down."""
    with in_chinese():
        opened, sheet = _sheet(request, matter_id, number)
        return letter(sheet, f"{opened.view.number}-{number}")


@staff(*SEEING)
@require_safe
def document_page(request: HttpRequest, matter_id: UUID, number: int) -> HttpResponse:
    """The same in large print."""
    _opened, sheet = _sheet(request, matter_id, number)
    context = {
        "sheet": sheet,
        "file": reverse("desk:document", args=[matter_id, number]),
        "back": reverse("desk:matter", args=[matter_id]),
    }
    return render(request, "desk/document.html", context)


def _sheet(request: HttpRequest, matter_id: UUID, number: int) -> tuple[Opened, Sheet]:
    opened = open_matter(request, matter_id)
    found = sheet_of(
        getattr(opened.view, "documents", []),
        number,
        reference=opened.view.number,
        addressee=shown.addressee_of(opened.view),
    )
    access_log.note(
        account=opened.viewer.account,
        page="document",
        at=opened.at,
        matter=opened.matter.pk,
        fields=["documents"],
    )
    return opened, found


@staff(*SEEING)
def step(request: HttpRequest, matter_id: UUID, name: str) -> HttpResponse:
    """Take a step. Opened by a link (after signing in again), it shows the page with the step unfolded."""
    opened = open_matter(request, matter_id)
    here = reverse("desk:matter", args=[matter_id])
    value = procedure_of(opened.matter).step.get(name)
    if value is None or value.initial:
        raise Http404
    if request.method != "POST":
        return HttpResponseRedirect(f"{here}?step={name}#step-{name}")
    # The button that takes a step says nothing: whatever else is pressed or sent takes none.
    if "go" in request.POST:
        return _prepared(request, opened, value)

    def again(refused: StepForm) -> HttpResponse:
        return page(request, open_matter(request, matter_id), Asked(name, refused))

    special = _special(request, Actor(opened.viewer), opened.at).get(name)
    response = take_posted(request, opened, value, back=here, again=again, take=special)
    if response.status_code < 400 and opened.viewer.account is not None:
        forget_typed(account=opened.viewer.account, matter=matter_id, step=name)
    if response.status_code == 302 and gate.find(matter_id, opened.viewer, Channel.DESK) is None:
        # What was sealed and forwarded is gone for whoever did it: its page would say that there is no such thing.
        messages.info(request, _("这一件已经交出去，从现在起您看不到它。"))
        return HttpResponseRedirect(reverse("desk:queue"))
    return response


def take_posted(
    request: HttpRequest,
    opened: Opened,
    step: Step,
    *,
    back: str,
    again: Callable[[StepForm], HttpResponse],
    told: str = "",
    take: Callable[[StepForm], HttpResponse | None] | None = None,
) -> HttpResponse:
    """Take a step as it was posted on any page of the desk (`taking.take_from_post`); a text that may give a person
    away is looked at once more."""
    form = step_form(step, subject=opened.subject, data=request.POST)
    why = _("这里可能会暴露本人：%(what)s。请删去，或在下面确认需要保留。")
    if look_again(form, request.POST, why=why, find=_finder(opened, step)):
        return _unprocessable(again(form))
    return take_from_post(
        request,
        form=form,
        by=Actor(opened.viewer),
        at=opened.at,
        back=back,
        again=again,
        since=lambda seen: _since(request, opened.matter.pk, seen),
        frame=FRAME,
        told=told,
        take=take,
    )


def _finder(opened: Opened, value: Step) -> Callable[[Iterable[str]], list[str]]:
    """What may give somebody away; of a claim that everybody is to read the other side as well."""
    if value.name != "publish" or opened.matter.procedure != "claim":
        return findings
    return lambda texts: [*findings(known := list(texts)), *organisations(known)]


def _prepared(request: HttpRequest, opened: Opened, value: Step) -> HttpResponse:
    """The page with the form as it was typed, with a template in it or with what the submitter will read beside it."""
    go = request.POST["go"]
    if go not in ("template", "look") or value.name not in {step.name for step in opened.view.steps}:
        raise Http404
    if go == "template":
        offered = templates.offers(opened.matter, opened.subject, [value], opened.viewer)
        data = templates.with_template(request.POST, offered.get(value.name, ()))
        form = step_form(value, subject=opened.subject, data=data)
        return page(request, opened, Asked(value.name, form, chosen=request.POST.get("template", "")))
    form = step_form(value, subject=opened.subject, data=request.POST)
    return page(
        request, opened, Asked(value.name, form, templates.looked(opened.matter, value, form, opened.at))
    )


def _since(request: HttpRequest, matter_id: UUID, seen: int) -> list[Any]:
    """What happened after a number of moves, as this viewer may see it now."""
    events = [event for event in open_matter(request, matter_id).view.events if event.number > seen]
    return [
        replace(told, text="", facts=tuple(event.facts))
        for event, told in zip(events, shown.events_of(events), strict=True)
    ]


def _unprocessable(response: HttpResponse) -> HttpResponse:
    response.status_code = 422
    return response


def _special(
    request: HttpRequest, by: Actor, at: dt.datetime
) -> dict[str, Callable[[StepForm], HttpResponse | None]]:
    """Steps whose answer is a page of its own."""

    def reissue(form: StepForm) -> HttpResponse:
        checked = str(form.answers()["checked"] or "")
        secret = reissue_secret(case=form.subject, checked=checked, by=by, at=at, seen=form.seen)
        context = {"case": form.subject, "secret": secret, "reissued": True}
        # Shown once and never after a redirect: nothing keeps it. Sent twice, the form is in conflict with itself.
        return render(request, "desk/secret.html", context)

    def given_over(form: StepForm) -> HttpResponse:
        secret = end_mandate(case=form.subject, answers=form.answers(), by=by, at=at, seen=form.seen)
        context = {"case": form.subject, "secret": secret, "reissued": True, "taken_over": True}
        return render(request, "desk/secret.html", context)

    return {"reissue_secret": reissue, "end_mandate": given_over}


@staff("cases.register")
@require_POST
def external(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Put another system's number beside the case."""
    opened = open_matter(request, matter_id)
    if not isinstance(opened.subject, Case):
        raise Http404
    form = ExternalForm(request.POST)
    form.full_clean()
    given = {name: str(form.cleaned_data.get(name) or "") for name in ("system", "number")}
    try:
        link_external(case=opened.subject, by=Actor(opened.viewer), at=opened.at, **given)
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _unprocessable(page(request, opened, Asked(), form))
    messages.success(request, _("外部编号已登记。"))
    return HttpResponseRedirect(reverse("desk:matter", args=[matter_id]))
