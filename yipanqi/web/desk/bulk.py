"""One step on several matters of the queue: a preview that says what will happen to which, then an order for all of them
or none, which is held for ten seconds (orders.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yipanqi.core import access_log
from yipanqi.core.bulk import MOST, foresee
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor, Channel, Live, Viewer, visible
from yipanqi.core.kinds import all_kinds, kind_of, procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Kind, Step
from yipanqi.insight.queue import ACTING
from yipanqi.insight.rows import Row, rows_of
from yipanqi.organisations.models import Unit
from yipanqi.organisations.queries import living_unit, responsible_unit
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, TableRow
from yipanqi.web.desk.cards import consequences
from yipanqi.web.desk.orders import hold_order
from yipanqi.web.desk.queue import row_title
from yipanqi.web.steps import unit_names


def bulk_steps(viewer: Viewer) -> dict[str, Step]:
    """The steps that this viewer may take on several at once, by name; what is of one name is one thing, and called as
    the first kind calls it."""
    found: dict[str, Step] = {}
    for step in (step for kind in all_kinds() for step in kind.procedure.steps):
        if step.bulk and any(viewer.has(step.needed(role)) for role in step.by):
            found.setdefault(step.name, step)
    return found


def _picked(request: HttpRequest) -> list[UUID]:
    found = []
    for text in request.POST.getlist("pick"):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


@staff(*ACTING)
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """The preview, and taking it. What cannot follow stays where it is and is listed with the reason."""
    viewer, now = viewer_of_request(request), timezone.now()
    step = bulk_steps(viewer).get(request.POST.get("step", ""))
    ids = _picked(request)
    if step is None:
        raise Http404
    if not ids or len(ids) > MOST:
        text = _("请先勾选，一次最多 %(n)d 件。") % {"n": MOST}
        messages.error(request, text)
        return HttpResponseRedirect(reverse("desk:queue"))
    matters = list(
        Matter.objects.filter(visible(viewer, Channel.DESK, live=Live.OPEN), pk__in=ids).order_by("pk")
    )
    if not matters:
        raise Http404
    called = [procedure_of(matter).step.get(step.name) for matter in matters]
    step = next((own for own in called if own), step)
    typed, wrong, unit = request.POST.get("unit", "").strip(), "", None
    if typed:
        try:
            unit = living_unit(typed.replace("\x00", ""))
        except Refused as refusal:
            wrong = refusal.message
    units = _units(step, matters, unit, now)
    answers = {m.pk: _answers(step, units.get(m.pk)) for m in matters}
    by, status = Actor(viewer), 422 if wrong else 200
    foreseen = foresee(answers=answers, step=step.name, by=by, at=now)
    if request.POST.get("go") == "take" and not wrong and viewer.account is not None:
        wrong = next(filter(None, foreseen.values()), "")
        if not wrong:
            label = str(step.label)
            held = hold_order(account=viewer.account, step=step.name, label=label, answers=answers, at=now)
            return HttpResponseRedirect(reverse("desk:order", args=[held.pk]))
        status = 409
    access_log.note(account=viewer.account, page="queue", at=now, fields=["titles"])
    rows = {row.id: row for row in rows_of(matters, viewer, now)}
    can = [rows[pk] for pk, why in foreseen.items() if not why and pk in rows]
    context = {
        "step": step,
        "can": [_row(row, str(units.get(row.id, ""))) for row in can],
        "cannot": [_row(rows[pk], why) for pk, why in foreseen.items() if why and pk in rows],
        "can_columns": _columns(_("转给")) if _asks_unit(step) else _columns(""),
        "cannot_columns": _columns(_("为什么不能")),
        "picks": [row.id for row in can],
        "ids": ids,
        "asks_unit": _asks_unit(step),
        "unit": typed,
        "units": unit_names() if _asks_unit(step) else [],
        "wrong": wrong,
        "wrong_unit": bool(typed) and unit is None,
        "lines": list(dict.fromkeys(_consequences(step, matters, now))),
    }
    return render(request, "desk/bulk.html", context, status=status)


def _asks_unit(step: Step) -> bool:
    return any(ask.kind == Kind.UNIT for ask in step.asks)


def _units(step: Step, matters: Iterable[Matter], chosen: Unit | None, at: dt.datetime) -> dict[UUID, Unit]:
    """To which unit each goes: the chosen one, or whose it is by the duty list."""
    if not _asks_unit(step):
        return {}
    found: dict[UUID, Unit] = {}
    with transaction.atomic():  # a kind locks the subjects it loads
        for matter in matters:
            subject = kind_of(matter).subjects([matter.pk]).get(matter.pk)
            category, area = getattr(subject, "category", None), getattr(subject, "area", None)
            duty = None
            if chosen is None and category is not None and area is not None:
                duty = responsible_unit(category=category, area=area, on=day_of(at))
            unit = chosen or (duty.unit if duty else None)
            if unit is not None:
                found[matter.pk] = unit
    return found


def _answers(step: Step, unit: Unit | None) -> Mapping[str, Any]:
    return {ask.name: str(unit.pk) for ask in step.asks if ask.kind == Kind.UNIT and unit is not None}


def _consequences(step: Step, matters: Iterable[Matter], at: dt.datetime) -> Iterable[str]:
    for procedure in {m.procedure: procedure_of(m) for m in matters}.values():
        if step.name in procedure.step:
            yield from consequences(procedure, procedure.step[step.name], at)


def _columns(note: str) -> list[Column]:
    noted = [Column("note", note)] if note else []
    return [Column("title", _("事项"), main=True), *noted, Column("number", _("编号"), "reference")]


def _row(row: Row, note: str) -> TableRow:
    cells = {"title": row_title(row), "note": note, "number": row.number}
    return TableRow(cells=cells, url=reverse("desk:matter", args=[row.id]))
