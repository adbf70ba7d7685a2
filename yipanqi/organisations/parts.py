"""What gives units a part in a matter and takes it from them, within the transaction of a step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.core.asks import Share
from yipanqi.core.counting import day_of, end_of
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.models import Matter
from yipanqi.organisations import barring
from yipanqi.organisations.models import Part, Unit

SEALED = frozenset({"accusation"})  # kinds that are shut to a side; others ask for no bars at each part
LONGEST_STAND_IN = 180  # days; who is away for longer is replaced


def new_part(
    *, matter: Matter, unit: Unit, role: str, at: dt.datetime, asked: str = "", until: dt.date | None = None
) -> Part:
    """A unit's part in a matter that is being opened; the caller inserts it."""
    due_at = end_of(until) if until else None
    return Part(matter=matter, unit=unit, role=role, since=at, open=matter.open, asked=asked, due_at=due_at)


def set_part(
    *,
    matter: Matter,
    unit: Unit,
    role: str,
    at: dt.datetime,
    asked: str = "",
    until: dt.date | None = None,
    problem: bool = False,
) -> Part:
    """Give a unit a part in a matter, within the transaction of a step; a co-unit owes what it is `asked` by a day,
    which may be to solve a `problem`. Raises `Refused` where the matter is shut to the unit."""
    if matter.procedure in SEALED:
        barring.refuse_shut(matter=matter.pk, unit=unit, at=at)
    part = new_part(matter=matter, unit=unit, role=role, at=at, asked=asked, until=until)
    part.problem = problem
    part.save(force_insert=True)
    return part


def ask_co_units(
    *,
    matter: Matter,
    shares: Sequence[Share],
    lead: UUID | None,
    last: dt.date,
    at: dt.datetime,
    problem: bool = False,
) -> None:
    """Ask units for their share of a matter, within the transaction of a step; without a day of its own by the `last`.
    A unit that helps already is asked anew: its former share stays on record."""
    today = day_of(at)
    last = max(last, today)  # where the limit has passed, today is what is left
    for share in shares:
        until = share.until or last
        if share.unit.pk == lead:
            raise Refused(_("“%(unit)s”是主办单位，不能同时协办。") % {"unit": str(share.unit)})
        if not today <= until <= last:
            why = _("“%(unit)s”的日期须在 %(first)s 与 %(last)s 之间，不能晚于答复期限。")
            raise Refused(why % {"unit": str(share.unit), "first": today, "last": last})
        release_co_unit(matter=matter, unit=share.unit, at=at, because=_("重新提出要求"))
        set_part(
            matter=matter,
            unit=share.unit,
            role=Part.CO,
            at=at,
            asked=share.asked,
            until=until,
            problem=problem,
        )


def release_co_unit(*, matter: Matter, unit: Unit, at: dt.datetime, because: str) -> bool:
    """End a co-unit's part, within the transaction of a step. Whether it had one."""
    living = Part.objects.filter(matter=matter, unit=unit, role=Part.CO, until__isnull=True)
    return bool(living.update(until=at, left_because=because[:500]))


def give_part(*, matter: Matter, viewer: Viewer, capability: str, at: dt.datetime) -> None:
    """Note that a co-unit gave what it owed, within the transaction of a step: the viewer's own unit or, for one who
    acts for several, that whose day comes first. One contribution is one unit's."""
    owed = Part.objects.filter(
        matter=matter, role=Part.CO, until__isnull=True, done_at__isnull=True, due_at__isnull=False
    )
    mine = [p for p in owed.select_related("unit") if viewer.reaches(capability, p.unit.path)]
    if mine:
        first = min(mine, key=lambda part: (part.unit_id != viewer.unit, part.due_at, part.pk))
        Part.objects.filter(pk=first.pk).update(done_at=at)


def give_part_of(*, matter: Matter, unit: UUID, at: dt.datetime) -> None:
    """Note that this co-unit gave what it owed, within the transaction of a step; what was given before stays so."""
    Part.objects.filter(
        matter=matter, unit=unit, role=Part.CO, until__isnull=True, done_at__isnull=True, due_at__isnull=False
    ).update(done_at=at)


def leave_part(*, matter: Matter, roles: Sequence[str], at: dt.datetime, because: str) -> None:
    """End the living parts of these roles, with the reason: former holders stay visible."""
    Part.objects.filter(matter=matter, role__in=roles, until__isnull=True).update(
        until=at, left_because=because[:500]
    )
