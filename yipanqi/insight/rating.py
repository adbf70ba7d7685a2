"""What writes the rates of claims: derived, and made anew from nothing by reading the log once more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any
from uuid import UUID

from yipanqi.insight.models import Rated, RateTally
from yipanqi.insight.rates import facts

Key = tuple[Any, ...]
FIELDS = ("day", "unit_id", "rate", "of", "above")


def rate(matters: Collection[UUID]) -> None:
    """Put what these matters count now in the place of what they counted before; the only writer (see the cursor)."""
    old, new = Rated.objects.filter(matter__in=matters), facts(matters)
    changed: Counter[Key] = Counter()
    good: Counter[Key] = Counter()
    for rows, sign in ((old, -1), (new, 1)):
        for row in rows:
            key = tuple(getattr(row, name) for name in FIELDS)
            changed[key] += sign
            good[key] += sign * row.good
    old.delete()
    Rated.objects.bulk_create(new)
    _add({key: (changed[key], good[key]) for key in (*changed, *good) if changed[key] or good[key]})


def _add(differences: dict[Key, tuple[int, int]]) -> None:
    """Add to the sums of these days, whose number does not matter to that of the statements."""
    days, units = {key[0] for key in differences}, {key[1] for key in differences}
    there = RateTally.objects.filter(day__in=days, unit__in=units)
    known = {tuple(getattr(row, name) for name in FIELDS): row for row in there}
    changed, added = [], []
    for key, (total, good) in differences.items():
        row = known.get(key)
        if row is None:
            row = RateTally(**dict(zip(FIELDS, key, strict=True)))
            added.append(row)
        else:
            changed.append(row)
        row.total, row.good = row.total + total, row.good + good
    RateTally.objects.bulk_update(changed, ["total", "good"])
    RateTally.objects.bulk_create(added)
