"""How a case (order, suggestion or claim) counts now, and what of the log the tally has not counted yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from yipanqi.cases.models import Case, Verdict
from yipanqi.core.models import Leaf, Term, Unsequenced
from yipanqi.insight.models import Cursor, Standing
from yipanqi.organisations.models import Part

CURSOR = "orders"
MOST_WAITING = 1_000  # moves that wait for the tally and are added live


def standings(ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """How these cases count now, unsaved. Those without a category or a place yet count nowhere and are left out.

    One matter in three channels is counted once (domain §0.9): at the head, while what is joined to it counts nothing
    but its verdict. Each submitter has an own one: joining must not be a way to have a bad one vanish. Where the head
    was withdrawn, each counts for itself. What goes up the review ladder is counted as the claim that it is.

    Five statements, whatever their number.
    """
    rows = list(
        Case.objects.filter(pk__in=list(ids), category__isnull=False, area__isnull=False, rung=0).values_list(
            "pk",
            "category_id",
            "area_id",
            "matter__state",
            "matter__open",
            "matter__holder",
            "matter__due_at",
            "joined_to__matter__state",
        )
    )
    units = _units([row[0] for row in rows])
    closed = [row[0] for row in rows if row[3] == "closed"]
    in_time = _in_time(closed)
    solved = _solved(closed)
    found = {}
    for pk, category, area, state, is_open, holder, due_at, head_state in rows:
        counts = head_state in (None, "withdrawn")
        found[pk] = Standing(
            matter_id=pk,
            category_id=category,
            area_id=area,
            unit_id=units[pk],
            due_at=due_at if counts and holder is not None else None,
            open=int(counts and is_open),
            on_hold=int(counts and state == "on_hold"),
            closed=int(counts and state == "closed"),
            timed=int(counts and pk in in_time),
            in_time=int(counts and in_time.get(pk, False)),
            judged=int(pk in solved),
            solved=int(solved.get(pk, False)),
        )
    return found


def with_joined(ids: Iterable[UUID]) -> set[UUID]:
    """These and what is joined to them, for how it counts depends on its head."""
    found = set(ids)
    return found | set(Case.objects.filter(joined_to__in=found).values_list("pk", flat=True))


def _units(ids: list[UUID]) -> dict[UUID, UUID]:
    """The unit that answers for each: the lead, or before there is one the sender."""
    parts = Part.objects.filter(
        matter__in=ids, role__in=(Part.LEAD, Part.SENDER), until__isnull=True
    ).values_list("matter_id", "role", "unit_id")
    found: dict[UUID, UUID] = {}
    for matter, role, unit in parts:
        if role == Part.LEAD or matter not in found:
            found[matter] = unit
    return found


def _in_time(closed: list[UUID]) -> dict[UUID, bool]:
    """Of closed cases that had a limit for the answer (a claim: the opinion): whether none of those was missed."""
    found: dict[UUID, bool] = {}
    answers = Term.objects.filter(matter__in=closed, code="answer", state__in=(Term.MET, Term.LAPSED))
    for matter, late in answers.values_list("matter_id", "late"):
        found[matter] = found.get(matter, True) and not late
    return found


def _solved(closed: list[UUID]) -> dict[UUID, bool]:
    """Of closed cases with a verdict that staff may see (trust-and-ux H6): whether the last one says solved. That of a
    suggestion does not say it."""
    verdicts = Verdict.objects.filter(case__in=closed, of=Verdict.HANDLER, open_to_staff=True).order_by(
        "round"
    )
    return {case: solved for case, solved in verdicts.values_list("case_id", "solved") if solved is not None}


def moved_since(leaf: int, most: int) -> list[tuple[int, UUID]]:
    """The next moves after a leaf of the log, as (leaf, matter), in their order."""
    rows = Leaf.objects.filter(number__gt=leaf).order_by("number")
    return list(rows.values_list("number", "move__matter_id")[:most])


def uncounted(cursor: Cursor) -> frozenset[UUID] | None:
    """The matters whose newest moves the tally has not counted: numbered after its cursor, or not numbered yet.
    None where more than MOST_WAITING moves wait: then the tally speaks for the moment of its cursor alone."""
    most = MOST_WAITING
    waiting = list(Unsequenced.objects.values_list("move__matter_id", flat=True)[: most + 1])
    waiting += [matter for _leaf, matter in moved_since(cursor.leaf, most + 1)]
    return None if len(waiting) > most else frozenset(waiting)


def changes(ids: Iterable[UUID]) -> Iterator[tuple[Standing, int]]:
    """What the tally would have to take out (-1) and put in (+1) for these matters."""
    wanted = with_joined(ids)
    for old in Standing.objects.filter(pk__in=wanted):
        yield old, -1
    for new in standings(wanted).values():
        yield new, 1
