"""The one way to take a step from the web, for desk and portal: take it, or say why not with all that was typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from yipanqi.core import engine, veil
from yipanqi.core.errors import Conflict, NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Kind
from yipanqi.web.differing import apart
from yipanqi.web.steps import StepForm, step_form


def take_from_post(
    request: HttpRequest,
    *,
    form: StepForm,
    by: Actor,
    at: dt.datetime,
    back: str,
    again: Callable[[StepForm], HttpResponse],
    since: Callable[[int], Sequence[Any]],
    frame: str,
    told: str = "",
    take: Callable[[StepForm], HttpResponse | None] | None = None,
) -> HttpResponse:
    """Take the step of a posted form; what desk and portal both do.

    `again` renders the page with the form and its errors (sent as 422). `since` gives the events after a number of
    moves as this person may see them, for the page that tells of a conflict (409), in `frame`. `take` replaces the
    engine's `take` where the answer is a page of its own (a secret shown once). `back` and `told`: where to go
    afterwards, and what to say there. A stranger gets 404.
    """
    try:
        answer = (take or _engine(by, at))(form)
    except NotAllowed:
        raise Http404 from None
    except Conflict as conflict:
        events = since(form.seen)
        return _conflict(request, conflict, form=form, by=by, at=at, back=back, events=events, frame=frame)
    except Refused as refusal:
        form.refuse(refusal)
        response = again(form)
        response.status_code = 422
        return response
    if answer is not None:
        return answer
    messages.success(request, told or _("已办理：%(step)s。") % {"step": str(form.step.label)})
    return HttpResponseRedirect(back)


def _engine(by: Actor, at: dt.datetime) -> Callable[[StepForm], HttpResponse | None]:
    def take(form: StepForm) -> None:
        matter: UUID = form.subject.matter.pk
        engine.take(
            matters=[matter], step=form.step.name, by=by, at=at, answers=form.answers(), seen=form.seen
        )

    return take


def _both(typed: Sequence[tuple[str, str]], events: Sequence[Any]) -> list[dict[str, Any]]:
    """What was typed beside what somebody else has said meanwhile under the same name."""
    said = {label: value for event in events for label, value in getattr(event, "facts", ())}
    found = []
    for label, mine in typed:
        if theirs := str(said.get(label) or ""):
            left, right = apart(theirs, mine)
            found.append({"label": label, "theirs": left, "mine": right, "same": theirs == mine})
    return found


def _conflict(
    request: HttpRequest,
    conflict: Conflict,
    *,
    form: StepForm,
    by: Actor,
    at: dt.datetime,
    back: str,
    events: Sequence[Any],
    frame: str,
) -> HttpResponse:
    """Somebody was quicker: what happened since, and the same form with what was typed, to be sent again by one who
    has read it. Where the step is no longer possible the typed text is shown for copying."""
    form.full_clean()
    subject = form.subject
    subject.refresh_from_db()
    matter = Matter.objects.get(pk=subject.matter.pk)
    subject.matter = matter
    renewed = None
    if any(step.name == form.step.name for step in engine.open_steps(matter, subject, by, at)):
        data = request.POST.copy()
        data["seen"] = str(veil.told(matter))
        renewed = step_form(form.step, subject=subject, data=data)
    typed = [
        (str(ask.label), str(form.cleaned_data[ask.name]))
        for ask in form.step.asks
        if ask.kind in (Kind.LINE, Kind.TEXT) and form.cleaned_data.get(ask.name)
    ]
    both = _both(typed, events)
    context = {
        "frame": frame,
        "why": conflict.message,
        "step": str(form.step.label),
        "events": events,
        "form": renewed,
        "both": both,
        "typed": [] if renewed else [each for each in typed if each[0] not in {b["label"] for b in both}],
        "back": back,
    }
    return render(request, "desk/conflict.html", context, status=409)
