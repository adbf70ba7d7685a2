"""Effects of giving claims out and watching over them: demands and reports, notices of supervision, disputes, grave news."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.cases.models import Case
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.kinds import Effect, Taking
from yipanqi.core.models import Matter, MovePayload
from yipanqi.core.terms import Limits
from yipanqi.organisations.models import Part, Unit
from yipanqi.organisations.parts import leave_part, set_part

MOST_DEMANDS = 20
CONFERENCE = "joint_conference"  # the kind of the unit that coordinates where there is no common superior
# Whose notices follow a law of their own (信访工作条例 23¶4): courts, prosecutors, police and justice, and discipline.
EXEMPT_KINDS = frozenset({"political_legal", "discipline"})
_NUMBERED = re.compile(r"^\s*(\d{1,2})\s*[.．、:：)）]\s*(.*)$")


def numbered(text: str) -> list[str]:
    """The demands of a text, one a line, without the numbers that somebody typed."""
    lines = [match[2] if (match := _NUMBERED.match(line)) else line for line in text.splitlines()]
    return [line.strip() for line in lines if line.strip()]


def with_numbers(lines: list[str]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


def answers_by_number(text: str) -> dict[int, str]:
    """What was said to each demand, by its number; a line without one goes on with the line before it."""
    found: dict[int, str] = {}
    last = 0
    for line in text.splitlines():
        match = _NUMBERED.match(line)
        last, said = (int(match[1]), match[2]) if match else (last, line)
        if last and said.strip():
            found[last] = f"{found.get(last, '')}\n{said.strip()}".strip()
    return found


def assigned(matter: Matter) -> list[str]:
    """The demands of the last assignment."""
    body = (
        MovePayload.objects.filter(move__matter=matter, move__step="assign")
        .order_by("-move__number")
        .values_list("body", flat=True)
        .first()
    )
    return numbered(str(json.loads(body).get("demands", ""))) if body else []


def assign(route: Effect) -> Effect:
    """An assignment is a forwarding that asks for a report by a day of its own; those that go with another report with it."""

    def effect(taking: Taking) -> None:
        demands = numbered(taking.answers["demands"])
        if not demands or len(demands) > MOST_DEMANDS:
            _no("demands", _("请写一到 %(n)d 条要求，一行一条。") % {"n": MOST_DEMANDS})
        _in_future(taking, "report_on")
        taking.answers["demands"] = with_numbers(demands)
        taking.own_dates["report"] = taking.answers["report_on"]
        if taking.subject.joined_to_id is not None:
            taking.skips.add("report")
        route(taking)

    return effect


def _no(field: str, why: str) -> None:
    raise Refused(why, fields={field: why})


def _in_future(taking: Taking, field: str) -> None:
    if taking.answers[field] <= day_of(taking.at):
        _no(field, _("须在今天之后。"))


def report_back(taking: Taking) -> None:
    """Each demand has its answer: a report that leaves one out is not a report yet."""
    said = answers_by_number(taking.answers["points"])
    missing = [n for n in range(1, len(assigned(taking.matter)) + 1) if n not in said]
    if missing:
        numbers = _("、").join(map(str, missing))
        _no("points", _("还有没回答的要求：第 %(numbers)s 条。每条以编号开头。") % {"numbers": numbers})


def return_report(taking: Taking) -> None:
    """The demands that are not answered are some of those that were made."""
    known = len(assigned(taking.matter))
    named = [int(number) for number in re.findall(r"\d+", taking.answers["unanswered"])]
    if not named or not all(1 <= number <= known for number in named):
        _no("unanswered", _("要求编到第 %(n)d 条，请写其中的编号。") % {"n": known})
    taking.answers["unanswered"] = _("、").join(str(number) for number in sorted(set(named)))


def supervise(taking: Taking) -> None:
    _in_future(taking, "rectify_on")
    taking.answers["points"] = with_numbers(numbered(taking.answers["points"]))
    taking.own_dates["rectify"] = taking.answers["rectify_on"]


# --- notices ---------------------------------------------------------------------------------------------------------


def notice_owed(case: Case) -> bool:
    """Whether the handler owes the person a notice of acceptance in writing: not where name or address is unclear, and not
    where a law of its own says how it tells (信访工作条例 23)."""
    submission = case.submission
    if submission.anonymity == "anonymous" or not submission.has_contact:
        return False
    lead = Part.objects.filter(matter=case.pk, role=Part.LEAD, until__isnull=True)
    return not lead.filter(unit__kind__in=EXEMPT_KINDS).exists()


def check_notice(taking: Taking) -> None:
    if not taking.answers["notice"] and notice_owed(taking.subject):
        _no("notice", _("请填写。"))


# --- disputes --------------------------------------------------------------------------------------------------------


def living(unit: Unit) -> Unit:
    """The unit, or of one that was merged or abolished whoever came after it."""
    seen: set[UUID] = set()
    while unit.valid_to is not None and unit.successor is not None and unit.pk not in seen:
        seen.add(unit.pk)
        unit = unit.successor
    return unit


def common_superior(units: list[Unit]) -> Unit | None:
    """The nearest unit above all of these in the managing order that is none of them; None where there is none."""
    above = [unit.path.strip("/").split("/")[:-1] for unit in units]
    shared: list[str] = []
    for steps in zip(*above, strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    if not shared:
        return None
    path = "/" + "/".join(shared) + "/"
    return Unit.objects.filter(path=path, valid_to__isnull=True).exclude(pk__in=[u.pk for u in units]).first()


def who_decides(units: list[Unit]) -> Unit:
    """The common superior of these or, where they have none, the joint conference. Raises `Refused` without either."""
    found = common_superior(units)
    if found is None:
        found = Unit.objects.filter(kind=CONFERENCE, valid_to__isnull=True).order_by("path").first()
    if found is None:
        raise Refused(_("这些单位没有共同的上一级机关，也没有登记信访工作联席会议；请系统管理员登记后再提。"))
    return found


def raise_dispute(taking: Taking) -> None:
    matter, wanted = taking.matter, living(taking.answers["unit"])
    lead = Part.objects.select_related("unit").get(matter=matter, role=Part.LEAD, until__isnull=True).unit
    if wanted.pk == lead.pk:
        _no("unit", _("它就是现在的主办单位。"))
    taking.answers["unit"] = wanted
    decider = who_decides([lead, wanted])
    set_part(matter=matter, unit=decider, role=Part.SUPERIOR, at=taking.at)
    case = taking.subject
    case.request = {
        "unit": str(wanted),
        "unit_id": str(wanted.pk),
        "basis": taking.answers["basis"],
        "reason": taking.answers["reason"],
    }
    case.save(update_fields=["request"])


def _settled(taking: Taking) -> None:
    leave_part(matter=taking.matter, roles=(Part.SUPERIOR,), at=taking.at, because=_("已作出决定"))
    taking.subject.request = {}
    taking.subject.save(update_fields=["request"])


def approve_dispute(ask_co_units: Callable[[Taking, UUID | None], None]) -> Effect:
    """The unit that was named leads from now on, and the former lead is one of the former holders."""

    def effect(taking: Taking) -> None:
        because = str(taking.subject.request.get("reason", ""))
        unit = living(Unit.objects.get(pk=UUID(taking.subject.request["unit_id"])))
        leave_part(matter=taking.matter, roles=(Part.LEAD, Part.CO), at=taking.at, because=because)
        set_part(matter=taking.matter, unit=unit, role=Part.LEAD, at=taking.at)
        ask_co_units(taking, unit.pk)
        _settled(taking)

    return effect


def refuse_dispute(taking: Taking) -> None:
    _settled(taking)


def mark_simple(taking: Taking) -> None:
    """It counts from acceptance, like the limit of the law that runs beside it."""
    own = taking.matter.terms.get(code="answer", ended_at__isnull=True).day0
    taking.day0s["simple"] = own
    if not Limits().is_on(taking.matter.procedure, "simple", own):
        raise Refused(_("这一件受理时，简易办理的期限还没有启用。"))
