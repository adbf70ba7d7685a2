"""Follows a seed's events through a procedure, and through its time limits, without a database.

The tests hold the demo's data against the procedures' values themselves; nothing here knows a step by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from yipanqi.core import counting
from yipanqi.core.counting import Calendar, Pause, day_of, end_of
from yipanqi.core.procedure import Ask, Kind, Procedure, Role, Step
from yipanqi.demo.schedule import Schedule
from yipanqi.demo.shapes import Day, Event

ROLE_OF = {
    "submitter": Role.SUBMITTER,
    "system": Role.SYSTEM,
    "lead": Role.LEAD,
    "head": Role.LEAD,
    "co": Role.CO,
    **dict.fromkeys(("clerk", "auditor", "callback", "sender", "drafter"), Role.SENDER),
}


def faults_of(procedure: Procedure, events: tuple[Event, ...], ends: str, pending: str | None) -> list[str]:
    """What is wrong with the order of the steps, who takes them, or what they answer; empty when nothing is."""
    state, open_request = "", ""
    faults: list[str] = []
    for number, event in enumerate(events):
        step = procedure.step.get(event.step)
        if step is None:
            return [*faults, f"{event.step} is no step"]
        if step.initial != (number == 0) or (number and state not in step.sources):
            faults.append(f"{step.name} is not possible in {state or 'nothing'}")
        if ROLE_OF[event.actor] not in step.by:
            faults.append(f"{step.name} is not for {event.actor}")
        if step.decides and step.decides != open_request:
            faults.append(f"{step.name}: nothing to decide")
        if open_request and not (step.decides or step.while_pending):
            faults.append(f"{step.name} while {open_request} is open")
        if not step.initial:
            faults += _answer_faults(step, event.answers)
        state = procedure.target(step, state)
        open_request = step.requests or (
            "" if step.decides or not procedure.state[state].open else open_request
        )
    if (state, open_request or None) != (ends, pending):
        faults.append(f"ends in {state} with {open_request or None}, not {ends} with {pending}")
    return faults


def _answer_faults(step: Step, answers: Mapping[str, Any]) -> list[str]:
    asked = {ask.name: ask for ask in step.asks}
    faults = [f"{step.name}: {name} is not asked" for name in answers if name not in asked]
    for ask in step.asks:
        value = answers.get(ask.name)
        if ask.required and value in (None, "", False):
            faults.append(f"{step.name}: {ask.name} is missing")
        elif value not in (None, "") and not _fits(ask, value):
            faults.append(f"{step.name}: {ask.name} cannot be {value!r}")
    return faults


def _fits(ask: Ask, value: Any) -> bool:
    if ask.kind in (Kind.LINE, Kind.TEXT):
        return isinstance(value, str) and len(value) <= ask.longest
    if ask.kind is Kind.CHOICE:
        return value in {code for code, _label in ask.choices}
    if ask.kind is Kind.NUMBER:
        return isinstance(value, int) and (ask.least or value) <= value <= (ask.most or value)
    wanted = {
        Kind.DATE: Day,
        Kind.TICK: bool,
        Kind.UNITS: tuple,
        Kind.SHARES: tuple,
        Kind.MILESTONE: int,
    }.get(ask.kind, str)
    return isinstance(value, wanted)


@dataclass
class _Running:
    day0: date
    amount: int
    unit: counting.Unit
    own_date: date | None
    pauses: list[Pause] = field(default_factory=list)

    def due_at(self, calendar: Calendar) -> datetime | None:
        """When it ends; None while it is paused."""
        if self.own_date is not None:
            paused = any(pause.until is None for pause in self.pauses)
            return None if paused else end_of(self.own_date)
        due = counting.due(
            day0=self.day0, amount=self.amount, unit=self.unit, calendar=calendar, pauses=self.pauses
        )
        return end_of(due.effective) if due.effective else None


@dataclass
class Times:
    """The limits of one matter as its events go by; `faults` collects steps taken at an impossible time."""

    procedure: Procedure
    schedule: Schedule
    calendar: Calendar
    own_dates: Mapping[str, int] = field(default_factory=dict)  # term → offset of its own date
    running: dict[str, _Running] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    missed: set[str] = field(default_factory=set)
    longer: int = 0
    review: date | None = None

    def take(self, event: Event) -> None:
        step, at = self.procedure.step[event.step], self.schedule.at(event)
        self._check(step, at)
        self._read(event)
        self._end(step, at)
        for code in step.pauses:
            self._miss(code, self.running[code], at)
            self.running[code].pauses.append(Pause(day_of(at), None))
        for code in step.resumes:
            pauses = self.running[code].pauses
            pauses[-1] = Pause(pauses[-1].since, day_of(at))
        if step.extends:
            self.running[step.extends].amount += self.longer
        for code in step.starts:
            if not self.procedure.term[code].optional:  # which the demo city has off
                self._start(code, at)
        if step.target and not self.procedure.state[step.target].open:
            self.running.clear()

    def _read(self, event: Event) -> None:
        for answer in event.answers.values():
            if isinstance(answer, Day):
                self.review = self.schedule.day(answer.offset)
        longer = event.answers.get("days", self.longer)
        assert isinstance(longer, int)
        self.longer = longer

    def _end(self, step: Step, at: datetime) -> None:
        for code in (*step.stops, *step.drops):
            term = self.running.pop(code, None)
            if term and code in step.stops and step.name not in self.procedure.term[code].lapse:
                self._miss(code, term, at)

    def _miss(self, code: str, term: _Running, at: datetime) -> None:
        due = term.due_at(self.calendar)
        if due is not None and at >= due:
            self.missed.add(code)

    def _start(self, code: str, at: datetime) -> None:
        limit = next(limit for limit in self.procedure.limits if limit.code == code)
        own: date | None = None
        if self.procedure.term[code].own_date:
            own = self.schedule.day(self.own_dates[code]) if code in self.own_dates else self.review
            assert own is not None
            if not 0 < (own - day_of(at)).days <= limit.amount:
                self.faults.append(f"{code} on {own} is not within {limit.amount} days of {day_of(at)}")
        self.running[code] = _Running(day_of(at), limit.amount, limit.unit, own)

    def _check(self, step: Step, at: datetime) -> None:
        """The system acts when a limit is over, the submitter judges before it is."""
        for code, term in self.running.items():
            due = term.due_at(self.calendar)
            if step.name in self.procedure.term[code].lapse and (due is None or at < due):
                self.faults.append(f"{step.name} before the {code} limit is over")
            if step.within == code and (due is None or at >= due):
                self.faults.append(f"{step.name} after the {code} limit was over")

    def late(self, now: datetime) -> set[str]:
        """The limits that have passed without what they ask for."""
        found = {code: term.due_at(self.calendar) for code, term in self.running.items()}
        return {code for code, due in found.items() if due is not None and now >= due}
