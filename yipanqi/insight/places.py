"""Places in a list that is sorted by date: where a page begins and ends, and what lies between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from yipanqi.core.models import Matter
from yipanqi.core.prepared import Prepared, id_slot, prepared, time_slot
from yipanqi.insight.beside import COLUMNS, Beside
from yipanqi.organisations.models import Part


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: after (or before) the matter with this due date and id."""

    due_at: dt.datetime | None
    id: UUID

    @property
    def text(self) -> str:
        return f"{self.due_at.isoformat() if self.due_at else ''}~{self.id}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """The cursor that a link carries; None for what is none."""
        when, _tilde, matter = text.partition("~")
        try:
            due_at = dt.datetime.fromisoformat(when) if when else None
            return cls(due_at, UUID(matter)) if due_at is None or due_at.tzinfo else None
        except ValueError:
            return None


@dataclass(frozen=True)
class Place:
    """A matter at its place in a list, with what stands beside it: by its own date, or by that of the part that somebody
    owes in it."""

    cursor: Cursor
    matter: Matter
    beside: Beside
    part_due_at: dt.datetime | None = None


@dataclass(frozen=True)
class Lists:
    """What a page is read from: matters, which are few and gathered, or `walked` along the index by date; and parts that
    are owed in others, each at the part's own date."""

    matters: Sequence[QuerySet[Matter]]
    owed: QuerySet[Part] | None = None
    walked: bool = False


# A place in the statement stands for any other.
_DATED, _UNDATED = Cursor(time_slot(9), id_slot(9)), Cursor(None, id_slot(9))
_OF_MATTER = ("procedure", "version", "state", "pending", "holder", "opened_at")


def gather(
    lists: Callable[[], Lists],
    size: int,
    *,
    place: Cursor | None,
    backwards: bool = False,
    key: Hashable | None = None,
    slots: Mapping[Any, Any] | None = None,
) -> list[Place]:
    """The first so many of the lists after the place (or, `backwards`, before it, the nearest first), the most urgent
    first, without a date last, in one statement. With a key it is kept, and `slots` fill it."""
    stand_in = place and (_DATED if place.due_at else _UNDATED)
    whole = None if key is None else (key, size, stand_in, backwards)

    def write() -> Prepared | None:
        arms = _arms(lists(), stand_in, size, backwards=backwards)
        return _statement(arms, size, backwards=backwards)

    found = write() if whole is None else prepared(whole, write)
    filled = dict(slots or {})
    if place is not None:
        filled |= {_DATED.due_at: place.due_at, _DATED.id: place.id}
    return [_place(*row) for row in found.rows(filled)] if found else []


def _statement(arms: list[Prepared], size: int, *, backwards: bool) -> Prepared | None:
    """Each arm walks an index from where the place stands; they are merged here."""
    if not arms:
        return None
    every = Prepared.union(arms)
    order = "due_at DESC NULLS FIRST, id DESC" if backwards else "due_at NULLS LAST, id"
    names = ", ".join(("due_at", "id", *_OF_MATTER, "part_due_at"))
    return Prepared(
        f"SELECT m.*, {COLUMNS} FROM ({every.sql}) AS m ({names}) ORDER BY {order} LIMIT {size}",
        every.values,
    )


def _arms(lists: Lists, place: Cursor | None, size: int, *, backwards: bool) -> list[Prepared]:
    """What lies on that side of the place, each list in its order."""
    sign = "-" if backwards else ""
    arms = [
        _arm(found.filter(side).order_by(f"{sign}due_at", f"{sign}id"), "", size)
        for found in lists.matters
        for side in _sides(place, "id", backwards=backwards, at_once=not lists.walked)
    ]
    if lists.owed is not None:
        [side] = _sides(place, "matter_id", backwards=backwards, at_once=True)
        owed = lists.owed.filter(side).order_by(f"{sign}due_at", f"{sign}matter_id")
        arms.append(_arm(owed, "matter__", size))
    return [arm for arm in arms if arm is not None]


def _sides(place: Cursor | None, key: str, *, backwards: bool, at_once: bool) -> list[Q]:
    """The clauses of what lies on that side, `key` being the matter's id: with a date, and without one, which comes
    last. A walk takes one after the other, each from its place in the index by date; what is gathered `at_once` must
    not tempt the planner to look each matter up there."""
    if place is None:
        return [Q()]
    way = "lt" if backwards else "gt"
    beyond = Q(**{f"{key}__{way}": place.id})
    if place.due_at is None:
        sides = [beyond & Q(due_at__isnull=True), *([Q(due_at__isnull=False)] if backwards else [])]
    else:
        later = (Q(**{f"due_at__{way}": place.due_at}) | beyond) & Q(**{f"due_at__{way}e": place.due_at})
        sides = [later, *([] if backwards else [Q(due_at__isnull=True)])]
    return [reduce(or_, sides)] if at_once else sides


def _arm(found: QuerySet[Any], matter: str, size: int) -> Prepared | None:
    """`matter` leads to the matter's columns from the rows of the list."""
    due: Any = F("due_at") if matter else Cast(Value(None), DateTimeField())
    names = (
        "due_at",
        "matter_id" if matter else "id",
        *(matter + name for name in _OF_MATTER),
        "part_due_at",
    )
    return Prepared.of(found.annotate(part_due_at=due).values_list(*names)[:size])


def _place(due_at: dt.datetime | None, pk: UUID, *row: Any) -> Place:
    *of_matter, part_due_at, parts, running = row
    matter = Matter(id=pk, due_at=due_at, **dict(zip(_OF_MATTER, of_matter, strict=True)))
    return Place(Cursor(due_at, pk), matter, Beside.read(parts, running), part_due_at)
