"""The rates of claims (domain §1.9): of each its numerator and denominator, by unit and by the day on which it was due.

What is counted of one claim are its facts: once a claim, a unit and a rate, by the first limit of that kind, so that what a
month said never changes with what is done anew later. A fact counts from the day after its limit ended, by the stored
effective date: what runs still is in no denominator, and no grade shows in a number before the time to judge is over
(trust-and-ux H6). Reviews, what is joined to another claim, and accusations are in none.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from uuid import UUID

from yipanqi.cases.models import Case, ExternalRef, Verdict
from yipanqi.cases.steps.evaluation import GRANTING
from yipanqi.core.counting import day_of
from yipanqi.core.models import Move, MovePayload, Term
from yipanqi.exchange.models import System
from yipanqi.insight.models import Rated
from yipanqi.organisations.models import Part

TIMELY, ON_TIME, SATISFIED, EVALUATED, REPEAT = RATES = (
    "timely",
    "on_time",
    "satisfied",
    "evaluated",
    "repeat",
)
HANDLER, OFFICE = Verdict.HANDLER, Verdict.OFFICE
GOOD = ("satisfied", "basically")
AGAIN = ("duplicate", "concluded")  # grounds on which what is filed again is not accepted
# The congress, courts, procuratorates: how they handle a claim is not for this evaluation (2014 rules).
NOT_EVALUATED = frozenset({"political_legal", "congress"})
_ACTS = {"route": TIMELY, "accept": TIMELY, "answer": ON_TIME, "duty": ON_TIME, "evaluate": EVALUATED}
_Lead = tuple[UUID, str, dt.datetime, dt.datetime | None]


def facts(ids: Iterable[UUID]) -> list[Rated]:
    """What these matters count now, unsaved. Eight statements, whatever their number."""
    claims = Case.objects.filter(pk__in=list(ids), rung=0, joined_to__isnull=True, matter__procedure="claim")
    rows = {
        row[0]: row
        for row in claims.exclude(matter__state="recorded").values_list(
            "pk", "matter__opened_at", "matter__state"
        )
    }
    found = _Facts(list(rows))
    for pk, opened, state in rows.values():
        found.add(pk, REPEAT, OFFICE, None, day_of(opened), good=_again(state, found.grounds.get(pk, "")))
    for term in _firsts(rows):
        found.of_term(term)
    return found.rows


class _Facts:
    """Facts as they are found, with what is asked for all of these claims at once."""

    def __init__(self, ids: list[UUID]) -> None:
        self.rows: list[Rated] = []
        self.senders: dict[UUID, UUID] = {}
        self.leads: dict[UUID, list[_Lead]] = {}
        parts = Part.objects.filter(matter__in=ids, role__in=(Part.SENDER, Part.LEAD)).order_by("since", "pk")
        for matter, role, unit, kind, since, until in parts.values_list(
            "matter_id", "role", "unit_id", "unit__kind", "since", "until"
        ):
            if role == Part.SENDER:
                self.senders.setdefault(matter, unit)
            else:
                self.leads.setdefault(matter, []).append((unit, kind, since, until))
        systems = System.objects.filter(above=True).values("code")
        self.above = set(
            ExternalRef.objects.filter(case__in=ids, system__in=systems).values_list("case_id", flat=True)
        )
        self.left_out = set(
            Move.objects.filter(matter__in=ids, step=GRANTING).values_list("matter_id", flat=True)
        )
        self.grounds = {
            matter: str(json.loads(body).get("ground", ""))
            for matter, body in MovePayload.objects.filter(
                move__matter__in=ids, move__step="refuse_accept"
            ).values_list("move__matter_id", "body")
        }
        self.grades = {
            (case, of): grade
            for case, of, grade in Verdict.objects.filter(
                case__in=ids, round=1, open_to_staff=True
            ).values_list("case_id", "of", "grade")
        }

    def add(self, pk: UUID, rate: str, of: str, unit: UUID | None, day: dt.date, *, good: bool) -> None:
        unit = unit or self.senders.get(pk)
        if unit is not None:
            self.rows.append(
                Rated(
                    matter_id=pk, rate=rate, of=of, unit_id=unit, day=day, above=pk in self.above, good=good
                )
            )

    def of_term(self, term: Term) -> None:
        """What comes of a limit: whose it was when it began, and whether it was met."""
        pk, day = term.matter_id, term.due_effective
        assert day is not None
        unit, kind = self._lead(pk, term.started_by.at)
        met = term.state == Term.MET and not term.late
        if term.code == "route":
            self.add(pk, TIMELY, OFFICE, None, day, good=met)
        elif term.code == "evaluate":
            if pk not in self.left_out and kind not in NOT_EVALUATED:
                self._judged(pk, unit, day)
        elif unit is not None:
            self.add(pk, _ACTS[term.code], HANDLER, unit, day, good=met)

    def _judged(self, pk: UUID, unit: UUID | None, day: dt.date) -> None:
        for of, whose in ((HANDLER, unit), (OFFICE, None)):
            if of == HANDLER and whose is None:
                continue
            grade = self.grades.get((pk, of))
            self.add(pk, EVALUATED, of, whose, day, good=grade is not None)
            if grade is not None:
                self.add(pk, SATISFIED, of, whose, day, good=grade in GOOD)

    def _lead(self, pk: UUID, at: dt.datetime) -> tuple[UUID | None, str]:
        for unit, kind, since, until in reversed(self.leads.get(pk, [])):
            if since <= at and (until is None or until > at):
                return unit, kind
        return None, ""


def _firsts(ids: Iterable[UUID]) -> Iterator[Term]:
    """Of each claim the first limit of each kind; one that was dropped was nobody's to meet."""
    terms = Term.objects.filter(matter__in=list(ids), code__in=_ACTS, due_effective__isnull=False)
    seen: set[tuple[UUID, str]] = set()
    for term in (
        terms.exclude(state=Term.DROPPED).select_related("started_by").order_by("started_by__at", "pk")
    ):
        key = (term.matter_id, "act" if _ACTS[term.code] == ON_TIME else term.code)
        if key not in seen:
            seen.add(key)
            yield term


def _again(state: str, ground: str) -> bool:
    return state == "not_accepted" or (state == "declined" and ground in AGAIN)
