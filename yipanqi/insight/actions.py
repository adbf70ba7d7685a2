"""What writes rollups. They are derived: nothing here changes a matter, and all of it could be made anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from yipanqi.insight.models import COUNTS, Cursor, Standing, Tally, TaskHelp, TaskStanding
from yipanqi.insight.rating import rate
from yipanqi.insight.rollup import CURSOR, moved_since, standings, with_joined
from yipanqi.insight.tasks import helps_of, task_standings

BATCH = 2000
Place = tuple[str, str, UUID]


def advance(*, at: dt.datetime) -> int:
    """Bring the tally up to the last numbered move of the log; returns how many moves it counted.

    A batch in a transaction of its own. It may be killed or run twice: a matter's standing says what of it was
    counted before, so nothing is ever counted double, and the row of the cursor lets one writer in at a time.
    """
    total = 0
    while True:
        counted = _advance(at)
        total += counted
        if counted < BATCH:
            return total


@transaction.atomic
def _advance(at: dt.datetime) -> int:
    Cursor.objects.get_or_create(name=CURSOR)
    cursor = Cursor.objects.select_for_update().get(name=CURSOR)
    moves = moved_since(cursor.leaf, BATCH)
    if moves:
        _count(with_joined(matter for _leaf, matter in moves))
        stand_tasks(matters={matter for _leaf, matter in moves})
        rate({matter for _leaf, matter in moves})
        cursor.leaf = moves[-1][0]
    cursor.at = at
    cursor.save()
    return len(moves)


def _count(matters: set[UUID]) -> None:
    """Put what these matters count now in the place of what they counted before."""
    new = standings(matters)
    old = Standing.objects.in_bulk(list(matters))
    differences: dict[Place, list[int]] = {}
    for rows, sign in ((old, -1), (new, 1)):
        for standing in rows.values():
            sums = differences.setdefault(standing.place, [0] * len(COUNTS))
            differences[standing.place] = [s + sign * n for s, n in zip(sums, standing.counts, strict=True)]
    _add({place: sums for place, sums in differences.items() if any(sums)})
    Standing.objects.bulk_create(
        new.values(),
        update_conflicts=True,
        unique_fields=["matter"],
        update_fields=["category", "area", "unit", "due_at", *COUNTS],
    )


def stand_tasks(*, matters: set[UUID]) -> None:
    """Write down how the tasks among these stand, in the place of how they stood."""
    new = task_standings(matters)
    TaskStanding.objects.bulk_create(
        new.values(),
        update_conflicts=True,
        unique_fields=["matter"],
        update_fields=["line", "unit", "due_on", "shade", "yellow_on", "red_at"],
    )
    TaskHelp.objects.filter(task__in=list(new)).delete()
    TaskHelp.objects.bulk_create(helps_of(new))


def _add(differences: Mapping[Place, list[int]]) -> None:
    """Add to the sums of these places, the only writer being this one (see the cursor)."""
    known = {
        (row.category_id, row.area_id, row.unit_id): row
        for row in Tally.objects.filter(
            category__in={p[0] for p in differences}, area__in={p[1] for p in differences}
        )
    }
    changed, added = [], []
    for place, sums in differences.items():
        row = known.get(place)
        if row is None:
            row = Tally(category_id=place[0], area_id=place[1], unit_id=place[2])
            added.append(row)
        else:
            changed.append(row)
        for name, number in zip(COUNTS, sums, strict=True):
            setattr(row, name, getattr(row, name) + number)
    Tally.objects.bulk_update(changed, COUNTS)
    Tally.objects.bulk_create(added)
