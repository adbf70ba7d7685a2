"""Service of what was written: what each method needs, and the day on which it counts as received."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.cases.steps.service import BY_CODE, LEFT, PUBLIC, Method
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.kinds import Taking
from yipanqi.core.labels import field_says


def settle(taking: Taking) -> None:
    """Every limit that service starts runs from actual receipt: not before the answer was written, and not in the future.
    Raises `Refused` with the fields that the method needs and were left empty."""
    answers, today = taking.answers, day_of(taking.at)
    lawful = BY_CODE.get(answers["method"]) if "witness" in answers else None
    if lawful is not None:
        _check(lawful, taking)
    elif answers["method"] == "post" and not answers["served_on"]:
        _refuse("served_on", _("邮寄的要填签收日期。"))
    last = taking.matter.moves.filter(step="answer").order_by("-number").first()
    since = day_of(last.at) if last is not None else dt.date.min
    served_on = _announced(lawful, answers, since) or answers["served_on"] or today
    if served_on > today or served_on < since:
        raise Refused(
            _("送达日期须在答复之后、今天之前。"), fields={"served_on": _("须在答复之后，不晚于今天。")}
        )
    answers["served_on"] = served_on
    taking.day0s |= dict.fromkeys(taking.step.starts, served_on)


def _check(method: Method, taking: Taking) -> None:
    answers = taking.answers
    if answers["refusal"] and method.code != LEFT:
        _refuse("method", _("拒收的，请选留置送达。"))
    missing = [name for name in method.needs if not answers[name]]
    if missing:
        why = _("“%(method)s”要填这一项。") % {"method": str(method.label)}
        first = next(ask for ask in taking.step.asks if ask.name in missing)
        raise Refused(field_says(first.label, why), fields=dict.fromkeys(missing, why))
    if answers["announced_on"] and method.code != PUBLIC:
        _refuse("announced_on", _("只有公告送达才填公告日期。"))


def _announced(method: Method | None, answers: dict[str, Any], since: dt.date) -> dt.date | None:
    """When a notice to the public counts as service; nothing for another method."""
    if method is None or not method.days:
        return None
    if answers["announced_on"] < since:
        _refuse("announced_on", _("须在答复之后，不晚于今天。"))
    day: dt.date = answers["announced_on"] + dt.timedelta(days=method.days)
    if answers["served_on"] and answers["served_on"] != day:
        _refuse(
            "served_on",
            _("公告满 %(days)d 日才视为送达，是 %(day)s；可以不填。")
            % {"days": method.days, "day": day.isoformat()},
        )
    return day


def _refuse(name: str, why: str) -> None:
    raise Refused(why, fields={name: why})
