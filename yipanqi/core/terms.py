"""Terms: start, pause, resume, extend, end; each stores its derivation so that its date can explain itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _, ngettext

from yipanqi.core import counting
from yipanqi.core.calendar import in_force
from yipanqi.core.counting import Due, Pause, Unit, day_of, end_of
from yipanqi.core.errors import Refused
from yipanqi.core.models import Limit, Matter, Move, Term, TermPause


class NoLimit(Refused):
    """No dated row says how long a term is."""


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


def start(
    *, matter: Matter, code: str, move: Move, own_date: dt.date | None = None, day0: dt.date | None = None
) -> Term:
    """Start a term with this move; `own_date` for limits that are a date of their own, within the limit; `day0` where
    the event happened on another day than that of its record."""
    day0 = day0 or day_of(move.at)
    limit = limit_on(matter.procedure, code, day0)
    if own_date is not None:
        latest = day0 + dt.timedelta(days=limit.amount)
        if not day0 <= own_date <= latest:
            raise Refused(
                _("日期须在 %(first)s 与 %(last)s 之间（%(basis)s）。")
                % {"first": day0, "last": latest, "basis": limit.basis}
            )
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
    _count(term, [])
    term.save(force_insert=True)
    return term


def _count(term: Term, pauses: list[Pause]) -> None:
    """Count the term anew by the calendar in force and store the derivation."""
    calendar = in_force()
    if term.own_date:
        assert term.due_raw is not None
        due = counting.fixed(on=term.due_raw, calendar=calendar)
    else:
        due = counting.due(
            day0=term.day0,
            amount=term.amount + term.extended,
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
    """Make a term longer; counted from the same day zero and rolled once."""
    term = _open(matter, code)
    if term is None:
        raise Refused(_("这项期限已经结束，不能延长。"))
    term.extended += days
    if term.state == Term.RUNNING:
        _count(term, _pauses(term))
    term.save()


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
        amount=term.amount + term.extended,
        unit=Unit(term.unit),
        calendar=in_force(),
        pauses=[p for p in _pauses(term) if p.until is not None],
        roll=term.limit.roll,
    )
    return due.effective


def next_due(matter: Matter) -> dt.datetime | None:
    """When the earliest running limit of the matter ends."""
    return (
        Term.objects.filter(matter=matter, state=Term.RUNNING)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )


def recompute_open_terms(*, since: dt.date) -> int:
    """Count anew every running term that may look at a day from `since` on. Returns how many dates changed.

    Terms are locked matter by matter in the order of their ids, as steps do, so the two cannot deadlock.
    """
    changed = 0
    open_terms = Term.objects.filter(state=Term.RUNNING, due_raw__gte=since - dt.timedelta(days=30))
    for matter_id in open_terms.order_by("matter_id").values_list("matter_id", flat=True).distinct():
        matter = Matter.objects.select_for_update().get(pk=matter_id)
        for term in Term.objects.select_related("limit").filter(matter=matter, state=Term.RUNNING):
            before = (term.due_effective, term.provisional)
            _count(term, _pauses(term))
            term.save()
            changed += before != (term.due_effective, term.provisional)
        matter.due_at = next_due(matter)
        matter.save(update_fields=["due_at"])
    return changed


def explain(term: Term) -> list[str]:
    """The derivation as sentences in the active language, for the resident and the officer alike."""
    lines = [_("第 0 天：%(day)s（当天不计）。") % {"day": _day(term.day0)}]
    if term.own_date:
        lines.append(_("日期由计划确定，最长 %(n)d 天。") % {"n": term.amount})
    elif term.unit == Unit.WORKING_DAYS:
        text = ngettext("计 %(n)d 个工作日。", "计 %(n)d 个工作日。", term.amount)
        lines.append(text % {"n": term.amount})
    else:
        lines.append(ngettext("计 %(n)d 天。", "计 %(n)d 天。", term.amount) % {"n": term.amount})
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
