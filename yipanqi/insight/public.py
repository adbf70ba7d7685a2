"""Figures that anybody may read: sums of the tally over the whole city, small ones left out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Sum

from yipanqi.insight.board import Share
from yipanqi.insight.models import COUNTS, Cursor, Tally
from yipanqi.insight.rollup import CURSOR
from yipanqi.organisations.models import Category


@dataclass(frozen=True)
class About:
    """What became of what was said about one thing. `name` is the category's, empty of all together."""

    name: str
    open: int
    closed: int
    in_time: Share
    solved: Share


@dataclass(frozen=True)
class Figures:
    """All together, then by category in the list's own order, as counted at a moment (None: not yet)."""

    at: dt.datetime | None
    all: About
    categories: list[About]


def figures() -> Figures:
    """Requests, suggestions and claims of the whole city since the beginning, those joined to another counted once.

    `open`: being handled. `closed`: ended by an answer whose time to judge is over. `in_time`: of the closed that had
    a limit for the answer, those that missed none. `solved`: of those judged by their submitters, the ones judged
    solved. Categories below the top count with the one above; a share of fewer than five is not shown.
    """
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * len(COUNTS))
    rows = Tally.objects.order_by().values_list("category_id").annotate(*(Sum(name) for name in COUNTS))
    for category, *counts in rows:
        for key in ("", _top(category, parents)):
            sums[key] = [a + b for a, b in zip(sums[key], counts, strict=True)]
    names = Category.objects.filter(pk__in=sums).order_by("pk")
    cursor = Cursor.objects.filter(name=CURSOR).first()
    return Figures(
        cursor.at if cursor else None, _about("", sums[""]), [_about(str(c), sums[c.pk]) for c in names]
    )


def _top(code: str, parents: Mapping[str, str | None]) -> str:
    while (above := parents.get(code)) is not None:
        code = above
    return code


def _about(name: str, counts: list[int]) -> About:
    n = dict(zip(COUNTS, counts, strict=True))
    in_time, solved = Share(n["in_time"], n["timed"]), Share(n["solved"], n["judged"])
    return About(name, n["open"], n["closed"], in_time, solved)
