"""What the board draws, worked out on the server: bars over time, and lines between units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from yipanqi.insight.city import Pair
from yipanqi.meetings.models import Milestone, Task

WIDE = 1000  # of the axis of a plan, in units of its drawing
ROW, TOP = 30, 20  # of a unit in the drawing of joint work
LEFT, RIGHT = 300, 500  # where its lines begin and end
LONGEST = 16  # characters of a unit's name beside a line
THICKEST = 9


def quarter_after(first: dt.date, number: int) -> dt.date:
    """The first day so many quarters later."""
    months = first.year * 12 + first.month - 1 + 3 * number
    return dt.date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True)
class Bar:
    """Where a task's bar begins, how long it is, and where its milestones stand, each done or not. `before`: it began
    before the axis does."""

    x: int
    width: int
    stones: Sequence[tuple[int, bool]]
    before: bool = False


@dataclass(frozen=True)
class Axis:
    """Some quarters as a line from 0 to WIDE."""

    first: dt.date
    end: dt.date
    today: dt.date

    def at(self, day: dt.date) -> int:
        share = (day - self.first).days * WIDE // max((self.end - self.first).days, 1)
        return min(max(share, 0), WIDE)

    @property
    def now(self) -> int | None:
        return self.at(self.today) if self.first <= self.today < self.end else None

    @property
    def marks(self) -> list[int]:
        """Where its quarters but the first begin."""
        days = (quarter_after(self.first, n) for n in range(1, 4))
        return [self.at(day) for day in days if day < self.end]

    def bar(self, task: Task, milestones: Sequence[Milestone]) -> Bar:
        begins = task.issued_on or task.due_on
        x, end = self.at(begins), self.at(task.due_on + dt.timedelta(1))
        stones = [
            (self.at(m.due_on), m.done_at is not None)
            for m in milestones
            if self.first <= m.due_on < self.end
        ]
        return Bar(x, max(end - x, 6), stones, begins < self.first)


@dataclass(frozen=True)
class Name:
    """A unit's name in the drawing."""

    text: str
    whole: str
    y: int


@dataclass(frozen=True)
class Drawing:
    """Leads on the left, helpers on the right, and a line for each pair, the thicker the more tasks."""

    leads: Sequence[Name]
    helpers: Sequence[Name]
    lines: Sequence[tuple[int, int, int]]  # from, to, thickness
    height: int


def joint(pairs: Sequence[Pair]) -> Drawing | None:
    if not pairs:
        return None
    most = max(pair.tasks for pair in pairs)
    # In the order of the published list of units, never by a figure.
    leads, helpers = (
        sorted({unit.pk: unit for unit in units}.values(), key=lambda unit: unit.path)
        for units in ([p.lead for p in pairs], [p.helper for p in pairs])
    )
    left = {unit.pk: TOP + ROW * n for n, unit in enumerate(leads)}
    right = {unit.pk: TOP + ROW * n for n, unit in enumerate(helpers)}
    return Drawing(
        [Name(_short(str(u)), str(u), left[u.pk]) for u in leads],
        [Name(_short(str(u)), str(u), right[u.pk]) for u in helpers],
        [
            (left[p.lead.pk], right[p.helper.pk], max(THICKEST * p.tasks // max(most, THICKEST), 1))
            for p in pairs
        ],
        2 * TOP + ROW * (max(len(leads), len(helpers)) - 1),
    )


def _short(name: str) -> str:
    wide = LONGEST if any("\u4e00" <= c <= "\u9fff" for c in name) else 2 * LONGEST
    return name if len(name) <= wide else f"{name[: wide - 1]}…"
