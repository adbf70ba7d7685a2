"""Figures that anybody may read: sums of the tally over the whole city, released once a month, small ones left out.

Nothing that is hidden goes into anything that is shown. A number of fewer than five is kept as nought; the sums over all
categories are those of what is shown; and a number that changed by fewer than five since it was last released stays as it
was. So whoever takes one table from another, a row from a sum, or a month from the next learns of no fewer than five
(domain §1.10). Accusations have no standing, and are in none of them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, Sum

from yipanqi.core.counting import day_of
from yipanqi.insight.board import SMALLEST, Share
from yipanqi.insight.models import COUNTS, Cursor, PublicFigure, Tally
from yipanqi.insight.rollup import CURSOR
from yipanqi.organisations.models import Category

# What is released together: a whole, and the part of it that is told with it.
TOGETHER = (("open",), ("closed",), ("timed", "in_time"), ("judged", "solved"))
TOLD = tuple(name for group in TOGETHER for name in group)
Counts = Mapping[str, int]


@dataclass(frozen=True)
class About:
    """What became of what was said about one thing. `name` is the category's, empty of all together; nought is fewer than
    five."""

    name: str
    open: int
    closed: int
    in_time: Share
    solved: Share


@dataclass(frozen=True)
class Figures:
    """All that is shown together, then by category in the list's own order, as released at a moment (None: not yet)."""

    at: dt.datetime | None
    all: About
    categories: list[About]


def figures() -> Figures:
    """Requests, suggestions and claims of the whole city since the beginning, those joined to another counted once.

    `open`: being handled. `closed`: ended by an answer whose time to judge is over. `in_time`: of the closed that had
    a limit for the answer, those that missed none. `solved`: of those judged by their submitters, the ones judged
    solved. Categories below the top count with the one above.
    """
    rows = list(PublicFigure.objects.select_related("category").order_by("category"))
    told = [({name: getattr(row, name) for name in TOLD}, str(row.category)) for row in rows]
    at = PublicFigure.objects.aggregate(at=Max("at"))["at"]
    return Figures(at, _about("", summed(n for n, _name in told)), [_about(name, n) for n, name in told])


def released(before: Counts, now: Counts) -> dict[str, int]:
    """What is shown of a category, after what was shown before and what is counted now."""
    found: dict[str, int] = {}
    for group in TOGETHER:
        whole = group[0]
        new = dict.fromkeys(group, 0) if now[whole] < SMALLEST else {name: now[name] for name in group}
        changed = abs(new[whole] - before[whole])
        found |= new if changed >= SMALLEST or not new[whole] else {name: before[name] for name in group}
    return found


def summed(rows: Iterable[Counts]) -> dict[str, int]:
    """All together: of what is shown alone."""
    sums = dict.fromkeys(TOLD, 0)
    for row in rows:
        for name in TOLD:
            sums[name] += row[name]
    return sums


@transaction.atomic
def release(*, at: dt.datetime) -> bool:
    """Once a month, and the first time as soon as something was counted, show what is counted now; whether it did. It may be
    run as often as one likes, by one at a time."""
    cursor = Cursor.objects.select_for_update().filter(name=CURSOR, at__isnull=False).first()
    last = PublicFigure.objects.aggregate(at=Max("at"))["at"]
    if cursor is None or (last is not None and day_of(last).replace(day=1) >= day_of(at).replace(day=1)):
        return False
    held = PublicFigure.objects.in_bulk()
    for code, now in _counted().items():
        row = held.get(code) or PublicFigure(category_id=code)
        shown = released({name: getattr(row, name) for name in TOLD}, now)
        row.at = at
        for name, number in shown.items():
            setattr(row, name, number)
        row.save()
    return True


def _counted() -> dict[str, dict[str, int]]:
    """The tally by the categories at the top, all of them: one of which nothing is left is nought."""
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for code in PublicFigure.objects.values_list("pk", flat=True):
        sums[code] = dict.fromkeys(COUNTS, 0)
    rows = Tally.objects.order_by().values_list("category_id").annotate(*(Sum(name) for name in COUNTS))
    for category, *counts in rows:
        own = sums[_top(category, parents)]
        for name, number in zip(COUNTS, counts, strict=True):
            own[name] += number
    return sums


def _top(code: str, parents: Mapping[str, str | None]) -> str:
    while (above := parents.get(code)) is not None:
        code = above
    return code


def _about(name: str, n: Counts) -> About:
    in_time, solved = Share(n["in_time"], n["timed"]), Share(n["solved"], n["judged"])
    return About(name, n["open"], n["closed"], in_time, solved)
