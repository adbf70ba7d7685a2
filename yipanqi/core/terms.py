"""Terms: start, pause, resume, extend, end; each stores its derivation so that its date can explain itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _, ngettext

from yipanqi.core import counting
from yipanqi.core.calendar import Edition, editions, in_force
from yipanqi.core.counting import Calendar, Due, Pause, Unit, day_of, end_of
from yipanqi.core.errors import Refused
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Limit, Matter, Move, Recount, Term, TermPause
from yipanqi.core.procedure import Procedure, Role, TermSpec


class NoLimit(Refused):
    """No dated row says how long a term is."""


_MOST_HELD = 1000
# The dated rows of this process, by what they were read at: what holds on a day does not change once the day has come.
_held: dict[tuple[Edition, str, str, dt.date], Limit] = {}


class Limits:
    """The dated rows and the calendar that one act reads, however many terms it starts. `known`: by what they are
    known now, where that was just asked."""

    def __init__(self, known: tuple[Edition, Edition] | None = None) -> None:
        self._known = known

    @cached_property
    def _editions(self) -> tuple[Edition, Edition]:
        return self._known or editions()

    @cached_property
    def calendar(self) -> Calendar:
        return in_force(self._editions[0])

    def on(self, procedure: str, code: str, day: dt.date) -> Limit:
        place = (self._editions[1], procedure, code, day)
        if place not in _held:
            if len(_held) > _MOST_HELD:
                _held.clear()
            _held[place] = limit_on(procedure, code, day)
        return _held[place]

    def is_on(self, procedure: str, code: str, day: dt.date) -> bool:
        """Whether an optional limit is in force on a day: somebody turned it on, and nobody off again."""
        try:
            return not self.on(procedure, code, day).off
        except NoLimit:
            return False


def limits_on(procedure: str, day: dt.date) -> dict[str, Limit]:
    """By code, the rows of a procedure in force on a day; what nobody has set or what is off is left out."""
    rows = Limit.objects.filter(procedure=procedure, valid_from__lte=day).order_by("valid_from")
    latest = {row.code: row for row in rows}
    return {code: row for code, row in latest.items() if not row.off}


def limit_on(procedure: str, code: str, day: dt.date) -> Limit:
    """The dated row in force on a day: the latest one not after it."""
    row = (
        Limit.objects.filter(procedure=procedure, code=code, valid_from__lte=day)
        .order_by("-valid_from")
        .first()
    )
    if row is None:
        raise NoLimit(_("没有规定“%(code)s”的期限，请联系系统管理员。") % {"code": code})
    return row


def started(
    *,
    matter: Matter,
    code: str,
    move: Move,
    own_date: dt.date | None = None,
    day0: dt.date | None = None,
    limits: Limits | None = None,
) -> Term:
    """A term that starts with this move, not yet saved; `own_date` for limits that are a date of their own, within the
    limit; `day0` where the event happened on another day than that of its record."""
    day0 = day0 or day_of(move.at)
    limits = limits or Limits()
    limit = limits.on(matter.procedure, code, day0)
    if own_date is not None:
        _within(own_date, day0, limit)
    term = Term(
        matter=matter,
        code=code,
        limit=limit,
        started_by=move,
        day0=day0,
        amount=limit.amount,
        unit=limit.unit,
        own_date=own_date is not None,
        due_raw=own_date,
    )
    _count(term, [], limits.calendar)
    return term


def _within(own_date: dt.date, day0: dt.date, limit: Limit) -> dt.date:
    """A date of its own, which is none before the limit began and none after its end."""
    latest = day0 + dt.timedelta(days=limit.amount)
    if not day0 <= own_date <= latest:
        told = {"first": day0, "last": latest, "basis": limit.basis}
        raise Refused(_("日期须在 %(first)s 与 %(last)s 之间（%(basis)s）。") % told)
    return own_date


def _count(term: Term, pauses: list[Pause], calendar: Calendar | None = None) -> None:
    """Count the term anew by the calendar in force and store the derivation."""
    calendar = calendar or in_force()
    if term.own_date:
        assert term.due_raw is not None
        due = counting.fixed(on=term.due_raw, calendar=calendar)
    else:
        due = counting.due(
            day0=term.day0,
            amount=term.amount,
            more=term.extended,
            unit=Unit(term.unit),
            calendar=calendar,
            pauses=pauses,
            roll=term.limit.roll,
        )
        term.due_raw = due.raw
    term.due_effective = due.effective
    term.due_at = end_of(due.effective) if due.effective else None
    term.paused_days = due.paused_days
    # A date of its own is not counted: no notice of holidays will move it.
    term.provisional = due.provisional and not term.own_date
    term.calendar_version = calendar.version
    term.derivation = _derivation(due, pauses)


def _derivation(due: Due, pauses: list[Pause]) -> dict[str, Any]:
    """What `explain` needs, frozen as it was counted: days as [date, kind, name zh, name en]."""

    def days(row: Iterable[counting.Day]) -> list[list[str]]:
        return [[d.on.isoformat(), str(d.kind), d.name_zh, d.name_en] for d in row]

    return {
        "skipped": days(due.skipped),
        "skipped_days": due.skipped_days,
        "makeup": days(due.makeup),
        "rolled": days(due.rolled_over),
        "pauses": [[p.since.isoformat(), p.until.isoformat() if p.until else None] for p in pauses],
    }


def _pauses(term: Term) -> list[Pause]:
    return [Pause(p.since, p.until) for p in TermPause.objects.filter(term=term).order_by("id")]


def _open(matter: Matter, code: str, *states: str) -> Term | None:
    # The term alone is locked: a lock on its limit as well would need the right to change limits, which the portal's
    # role has not, and every step of a resident would fail.
    return (
        Term.objects.select_for_update(of=("self",))
        .select_related("limit")
        .filter(matter=matter, code=code, state__in=states or (Term.RUNNING, Term.PAUSED))
        .first()
    )


def pause(*, matter: Matter, code: str, move: Move) -> None:
    """Pause a running term; nothing where it does not run."""
    term = _open(matter, code, Term.RUNNING)
    if term is None:
        return
    TermPause.objects.create(term=term, since=day_of(move.at), began_by=move)
    term.state, term.due_at, term.due_effective = Term.PAUSED, None, None
    # Work that was already late when it paused stays late.
    term.save(update_fields=["state", "due_at", "due_effective"])


def resume(*, matter: Matter, code: str, move: Move) -> None:
    """Let a paused term run on; its due date moves by the days it stood still."""
    term = _open(matter, code, Term.PAUSED)
    if term is None:
        return
    TermPause.objects.filter(term=term, until=None).update(until=day_of(move.at), ended_by=move)
    term.state = Term.RUNNING
    _count(term, _pauses(term))
    term.save()


def extend(*, matter: Matter, code: str, days: int) -> None:
    """Make a term longer; counted from the same day zero and rolled once. A date of its own moves by so many days, and
    stays within the limit."""
    term = _open(matter, code)
    if term is None:
        raise Refused(_("这项期限已经结束，不能延长。"))
    term.extended += days
    if term.own_date:
        assert term.due_raw is not None
        term.due_raw = _within(term.due_raw + dt.timedelta(days=days), term.day0, term.limit)
    if term.state == Term.RUNNING:
        _count(term, _pauses(term))
    term.save()


def if_extended(term: Term, days: int) -> dt.date | None:
    """The day by which a running term would end if it were made so many days longer; None of one that stands still."""
    if term.state != Term.RUNNING or term.own_date:
        return None
    due = counting.due(
        day0=term.day0,
        amount=term.amount,
        more=term.extended + days,
        unit=Unit(term.unit),
        calendar=in_force(),
        pauses=_pauses(term),
        roll=term.limit.roll,
    )
    return due.effective


def end(*, matter: Matter, code: str, move: Move, dropped: bool = False) -> None:
    """End a term: met, lapsed (late), or dropped where it no longer matters.

    A paused term is judged on the day it paused: what waits for another party counts for nobody.
    """
    term = _open(matter, code)
    if term is None:
        return
    judged = _judged_due(term)
    moment = move.at
    if term.state == Term.PAUSED:
        opened = TermPause.objects.select_related("began_by").get(term=term, until=None)
        moment = opened.began_by.at
        TermPause.objects.filter(pk=opened.pk).update(until=day_of(move.at), ended_by=move)
    late = judged is not None and moment >= end_of(judged)
    term.state = Term.DROPPED if dropped else (Term.LAPSED if late else Term.MET)
    term.late = late
    term.ended_by, term.ended_at = move, move.at
    term.due_effective = judged or term.due_effective
    term.due_at = end_of(term.due_effective) if term.due_effective else None
    term.save()


def _judged_due(term: Term) -> dt.date | None:
    """The due date by which a term is judged; for a paused one, as it stood when the pause began."""
    if term.state != Term.PAUSED:
        return term.due_effective
    if term.own_date:
        return term.due_raw
    due = counting.due(
        day0=term.day0,
        amount=term.amount,
        more=term.extended,
        unit=Unit(term.unit),
        calendar=in_force(),
        pauses=[p for p in _pauses(term) if p.until is not None],
        roll=term.limit.roll,
    )
    return due.effective


def pressing(procedure: Procedure, running: Iterable[Term]) -> Term | None:
    """Of running terms the one by which the matter is due: the earliest that somebody has to meet. One at whose end the
    system takes a step (a window that closes) makes nobody late, and counts only where no other runs."""
    dated = [term for term in running if term.due_at is not None]
    return min(dated, key=lambda t: (bool(procedure.term[t.code].lapse), t.due_at, t.pk), default=None)


def next_due(matter: Matter) -> dt.datetime | None:
    """When the matter is due."""
    running = Term.objects.filter(matter=matter, state=Term.RUNNING).defer("derivation")
    term = pressing(procedure_of(matter), running)
    return term.due_at if term else None


def time_left(
    spec: TermSpec, term: Term, at: dt.datetime, calendar: Calendar, *, public: bool = False
) -> tuple[int, int]:
    """Working days left of a running term, and the days by which somebody is late with it. Staff are warned on the raw
    date, for nobody is to rely on its moving to the next working day, and judged on the effective one; the submitter's
    own limits, and what the `public` is told, go by the effective one alone."""
    if term.due_effective is None:
        return 0, 0
    left, late = counting.remaining(today=day_of(at), due=term.due_effective, calendar=calendar)
    if term.due_raw is not None and spec.who != Role.SUBMITTER and not public:
        left = counting.remaining(today=day_of(at), due=term.due_raw, calendar=calendar)[0]
    return left, 0 if spec.lapse else late


def _touched(since: dt.date) -> QuerySet[Term]:
    """The running terms that may look at a day from `since` on."""
    return Term.objects.filter(state=Term.RUNNING, due_raw__gte=since - dt.timedelta(days=30))


def recount_matter(matter_id: UUID) -> int:
    """Count the running terms of a matter anew, in the caller's transaction. Returns how many dates changed.

    The matter is locked before its terms, as steps do, so the two cannot deadlock.
    """
    changed = 0
    matter = Matter.objects.select_for_update().get(pk=matter_id)
    for term in Term.objects.select_related("limit").filter(matter=matter, state=Term.RUNNING):
        before = (term.due_effective, term.provisional)
        _count(term, _pauses(term))
        term.save()
        changed += before != (term.due_effective, term.provisional)
    matter.due_at = next_due(matter)
    matter.save(update_fields=["due_at"])
    return changed


def recount_preview(*, since: dt.date, most: int) -> tuple[int, bool]:
    """How many dates change, of so many matters at most; and whether there are more. For a transaction that is taken
    back."""
    ids = _touched(since).order_by("matter_id").values_list("matter_id", flat=True).distinct()[: most + 1]
    found = list(ids)
    return sum(recount_matter(pk) for pk in found[:most]), len(found) > most


def recount_next(*, notice: int, at: dt.datetime) -> bool:
    """Count one more matter anew after a notice, in a transaction of its own; whether there may be more."""
    with transaction.atomic():
        row = Recount.objects.select_for_update().get(pk=notice)
        if row.finished_at is not None:
            return False
        touched = _touched(row.since)
        if row.total is None:
            row.total = touched.values("matter_id").distinct().count()
        ahead = touched.filter(matter_id__gt=row.after) if row.after else touched
        matter_id = ahead.order_by("matter_id").values_list("matter_id", flat=True).first()
        if matter_id is None:
            row.finished_at = at
        else:
            row.changed += recount_matter(matter_id)
            row.after, row.done = matter_id, row.done + 1
        row.save()
        return matter_id is not None


def recount(*, at: dt.datetime) -> None:
    """Finish what notices have left to count anew. Two at once take turns: the row is locked for each matter."""
    for notice in (
        Recount.objects.filter(finished_at__isnull=True).order_by("-pk").values_list("pk", flat=True)
    ):
        while recount_next(notice=notice, at=at):
            pass


def last_day(*, matter: Matter, code: str, at: dt.datetime) -> dt.date:
    """The day by which this limit ends: of the running term or, where none runs, of one that began now."""
    term = Term.objects.filter(matter=matter, code=code, state=Term.RUNNING).first()
    if term is not None and term.due_effective is not None:
        return term.due_effective
    limit = limit_on(matter.procedure, code, day_of(at))
    calendar, unit = in_force(), Unit(limit.unit)
    due = counting.due(
        day0=day_of(at), amount=limit.amount, unit=unit, calendar=calendar, pauses=[], roll=limit.roll
    )
    assert due.effective is not None
    return due.effective


def explain(term: Term) -> list[str]:
    """The derivation as sentences in the active language, for the resident and the officer alike."""
    lines = [_("第 0 天：%(day)s（当天不计）。") % {"day": _day(term.day0)}]
    late = (day_of(term.started_by.at) - term.day0).days
    if late > 0:
        said = {"day": _day(day_of(term.started_by.at)), "n": late}
        lines.append(
            ngettext(
                "这一步记在%(day)s，仍从第 0 天起算：其间的 %(n)d 天不另加给谁。",
                "这一步记在%(day)s，仍从第 0 天起算：其间的 %(n)d 天不另加给谁。",
                late,
            )
            % said
        )
    lines.append(_amount_of(term))
    if term.extended:
        lines.append(ngettext("延长 %(n)d 天。", "延长 %(n)d 天。", term.extended) % {"n": term.extended})
    lines += _explain_days(term.derivation)
    if term.own_date and term.derivation.get("pauses"):
        lines.append(_("暂停不改变这个日期。"))
    if term.due_effective:
        lines.append(_("到期日：%(day)s，到当天 24:00 为止。") % {"day": _day(term.due_effective)})
    elif term.state == Term.PAUSED and term.own_date and term.due_raw:
        lines.append(_("现在暂停计时；恢复后仍到这一天为止：%(day)s。") % {"day": _day(term.due_raw)})
    elif term.state == Term.PAUSED:
        lines.append(_("现在暂停计时；恢复后再算出到期日。"))
    if term.provisional:
        lines.append(_("涉及的年份还没有公布放假安排，日期为暂定，公布后会重新计算。"))
    lines.append(_("依据：%(basis)s") % {"basis": term.limit.basis})
    return lines


def _amount_of(term: Term) -> str:
    """How much is counted, in words."""
    n, months = {"n": term.amount}, term.unit == Unit.MONTHS
    if term.own_date:
        return (
            _("日期由计划确定，最长 %(n)d 个月。") if months else _("日期由计划确定，最长 %(n)d 天。")
        ) % n
    if months:
        return ngettext("计 %(n)d 个月，到对应的那一天。", "计 %(n)d 个月，到对应的那一天。", term.amount) % n
    if term.unit == Unit.WORKING_DAYS:
        return ngettext("计 %(n)d 个工作日。", "计 %(n)d 个工作日。", term.amount) % n
    return ngettext("计 %(n)d 天。", "计 %(n)d 天。", term.amount) % n


def _explain_days(derivation: dict[str, Any]) -> list[str]:
    lines = []
    named = [d for d in derivation.get("skipped", []) if d[2]]
    weekends = derivation.get("skipped_days", 0) - len(named)
    if weekends > 0:
        lines.append(ngettext("跳过 %(n)d 个周末日。", "跳过 %(n)d 个周末日。", weekends) % {"n": weekends})
    if named:
        lines.append(_("跳过节假日：%(days)s。") % {"days": _names(named)})
    if derivation.get("makeup"):
        lines.append(_("调休上班日照算：%(days)s。") % {"days": _names(derivation["makeup"])})
    for since, until in derivation.get("pauses", []):
        if until:
            lines.append(_("%(since)s 之后到 %(until)s 暂停计时。") % {"since": since, "until": until})
    if derivation.get("rolled"):
        lines.append(_("最后一天遇休息日，顺延过：%(days)s。") % {"days": _names(derivation["rolled"])})
    return lines


def _names(days: list[list[str]]) -> str:
    from yipanqi.core.labels import pick

    texts = [f"{d[0]} {pick(d[2], d[3])}".strip() for d in days[:7]]
    return _("、").join(texts) + ("…" if len(days) > 7 else "")


def _day(day: dt.date) -> str:
    from django.utils.formats import date_format

    return date_format(day, "Y-m-d D")
