"""Matters that nobody ever said, for looking at the desk as a role sees it: made by the same actions as all others, in a
transaction that is rolled back. Their units stand beside the city's, so that who sits in them reaches nothing real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.cases.actions import Filing, Words, file_submissions
from yipanqi.core import engine
from yipanqi.core.counting import day_of
from yipanqi.core.gate import NOBODY, Actor, Viewer
from yipanqi.core.procedure import Role as Part
from yipanqi.organisations.actions import UnitRow, add_units
from yipanqi.organisations.models import Area, Category, Unit
from yipanqi.people.capabilities import CAPABILITIES
from yipanqi.people.models import Duty

ROOT, HOTLINE, LEAD, CO = "preview", "preview-hotline", "preview-lead", "preview-co"
# Who takes in, sends on, checks or calls sits at the hotline; who handles, in a department; everybody else above both.
AT_HOTLINE = frozenset({"cases.register", "cases.import", "cases.route", "cases.audit", "cases.callback"})
AT_LEAD = frozenset({"cases.handle", "decisions.work"})


@dataclass(frozen=True)
class Samples:
    """The sample units by code, and the sample matters by the state in which they stand."""

    units: dict[str, Unit]
    matters: dict[str, UUID]

    def seat(self, capabilities: Iterable[str]) -> Unit:
        """Where somebody with these capabilities sits."""
        held = frozenset(capabilities)
        if held & AT_HOTLINE:
            return self.units[HOTLINE]
        return self.units[LEAD] if held & AT_LEAD else self.units[ROOT]

    def viewer(self, capabilities: Iterable[str]) -> Viewer:
        """Somebody with these capabilities at their seat, whom nothing else knows."""
        seat = self.seat(capabilities)
        scopes = dict.fromkeys(capabilities, (seat.path,))
        return Viewer(account=uuid4(), unit=seat.pk, capabilities=scopes)


@contextmanager
def samples(at: dt.datetime) -> Iterator[Samples]:
    """Sample units and matters, for as long as the block lasts; nothing that is written in it is kept."""
    with transaction.atomic():
        try:
            yield _made(at)
        finally:
            transaction.set_rollback(True)


def _made(at: dt.datetime) -> Samples:
    units = {unit.code: unit for unit in add_units(rows=_units(at), by=None, at=at)}
    said = _said()
    filings = [Filing(words, "named", "phone") for words in said]
    filed = file_submissions(
        filings=filings, by=Actor(NOBODY, Part.SUBMITTER), at=at, secrets_for=False, sender=units[HOTLINE]
    )
    ids = [UUID(str(one.case.pk)) for one in filed]
    hotline, lead = (_somebody(units, code) for code in (HOTLINE, LEAD))
    matters = {"registered": ids[0]}
    category, area = (
        Category.objects.filter(valid_to__isnull=True).order_by("code").first(),
        Area.objects.order_by("path").last(),
    )
    if category is None or area is None:
        return Samples(units, matters)  # a city that is not set up yet: nothing can be classified
    matters |= dict(zip(REACHED, ids[1:], strict=True))
    for one, words in zip(ids[1:], said[1:], strict=True):
        cleared = {"title": words.title, "text": words.text, "category": category.pk, "area": area.pk}
        engine.take(matters=[one], step="clear", by=hotline, at=at, answers=cleared)
    for place, (name, answers) in enumerate(_further()):
        by = lead if name in ("accept", "answer") else hotline
        engine.take(matters=ids[1 + place :], step=name, by=by, at=at, answers=answers)
    return Samples(units, matters)


def _somebody(units: dict[str, Unit], code: str) -> Actor:
    """Somebody at a sample unit who can do whatever is done with cases there."""
    business = [name for name, (duty, _label) in CAPABILITIES.items() if duty == Duty.BUSINESS]
    scopes = dict.fromkeys(business, (units[code].path,))
    return Actor(Viewer(account=uuid4(), unit=units[code].pk, capabilities=scopes))


# The usual way of an order: each of these states is reached by one step more (_further).
REACHED = ("forwarded", "handling", "answered", "served")
STATES = ("registered", *REACHED)


def _units(at: dt.datetime) -> list[UnitRow]:
    def row(code: str, zh: str, en: str) -> UnitRow:
        above = None if code == ROOT else ROOT
        return UnitRow(code, zh, en, "department", None, above, above, None, day_of(at))

    return [
        row(ROOT, "示例市", "Sample City"),
        row(HOTLINE, "示例热线", "Sample Hotline"),
        row(LEAD, "示例路灯处", "Sample Street Lighting"),
        row(CO, "示例道路处", "Sample Roads"),
    ]


def _said() -> list[Words]:
    titles = (
        _("示例：楼道灯不亮"),
        _("示例：公交站没有座椅"),
        _("示例：路灯杆歪了"),
        _("示例：井盖松动"),
        _("示例：红绿灯太短"),
    )
    text = _("示例文字：不是任何人说过的话。")
    return [Words(title=title, text=text, name=_("示例某"), phone="199 0000 0000") for title in titles]


def _further() -> list[tuple[str, dict[str, Any]]]:
    """The steps after clearing, one for each of REACHED."""
    return [
        ("route", {"unit": LEAD, "co_units": [CO]}),
        ("accept", {}),
        ("answer", {"text": _("示例答复：已经修好。"), "outcome": "solved"}),
        ("serve", {"method": "phone", "proof": _("示例")}),
    ]
