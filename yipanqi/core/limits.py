"""Changing limits: a new dated row; rows in force are never changed, for terms point at them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import all_kinds
from yipanqi.core.models import Change, Limit

MOST_DAYS, MOST_MONTHS = 365, 12
LONGEST_BASIS = 200


@transaction.atomic
def set_limit(
    *,
    procedure: str,
    code: str,
    valid_from: dt.date,
    amount: int,
    unit: str,
    practice: bool,
    basis_zh: str,
    basis_en: str,
    by: Viewer,
    at: dt.datetime,
    off: bool = False,
) -> Limit:
    """Add the row that says how long a term is from a day on, or that one which no law sets is `off` from then. Terms
    that run keep the row they began with.

    The day lies in the future: one day is counted by one row. Raises `NotAllowed` without `limits.manage`, `Refused`
    with the fields that are wrong.
    """
    if not by.has("limits.manage"):
        raise NotAllowed(_("您没有维护期限的权限。"))
    wrong = _wrong(procedure, code, valid_from, amount, unit, basis_zh, basis_en, today=day_of(at))
    if off and not _optional(procedure, code):
        wrong["off"] = _("法律规定的和办理离不了的期限不能停用。")
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)
    # Locked so that two administrators do not both find the day free; the constraint would refuse the second.
    rows = Limit.objects.select_for_update().filter(procedure=procedure, code=code)
    if any(row.valid_from == valid_from for row in rows):
        raise Refused(_("这一天已有一行。"), fields={"valid_from": _("这一天已有一行。")})
    earlier = max(
        (row for row in rows if row.valid_from < valid_from), key=lambda r: r.valid_from, default=None
    )
    limit = Limit.objects.create(
        procedure=procedure,
        code=code,
        valid_from=valid_from,
        amount=amount,
        unit=unit,
        roll=earlier.roll if earlier else True,
        practice=practice or off,
        off=off,
        basis_zh=basis_zh.strip(),
        basis_en=basis_en.strip(),
    )
    Change.objects.create(
        at=at,
        account=by.account,
        what="limit",
        object_id=f"{procedure}:{code}",
        before=_plain(earlier) if earlier else None,
        after=_plain(limit),
    )
    return limit


def _optional(procedure: str, code: str) -> bool:
    """Whether a limit may be off."""
    kinds = [kind.procedure for kind in all_kinds() if kind.procedure.code == procedure]
    return any(code in value.term and value.term[code].optional for value in kinds)


def _wrong(
    procedure: str,
    code: str,
    valid_from: dt.date,
    amount: int,
    unit: str,
    basis_zh: str,
    basis_en: str,
    *,
    today: dt.date,
) -> dict[str, str]:
    wrong = wrong_row(valid_from, basis_zh, basis_en, today=today)
    known = {(kind.procedure.code, term.code) for kind in all_kinds() for term in kind.procedure.terms}
    if (procedure, code) not in known:
        wrong["code"] = _("没有这项期限。")
    most = MOST_MONTHS if unit == Limit.MONTHS else MOST_DAYS
    if not 1 <= amount <= most:
        wrong["amount"] = _("请填写 %(least)s 到 %(most)s 之间的整数。") % {"least": 1, "most": most}
    if unit not in Limit.UNITS:
        wrong["unit"] = _("请从所列选项中选择。")
    return wrong


def wrong_row(valid_from: dt.date, basis_zh: str, basis_en: str, *, today: dt.date) -> dict[str, str]:
    """What is wrong with a new row of anything that is in force from a day on: it begins in the future and says on what
    it rests, in both languages."""
    wrong: dict[str, str] = {}
    if valid_from <= today:
        wrong["valid_from"] = _("须从明天或以后起：今天已经按现行的一行算过。")
    for name, text in (("basis_zh", basis_zh), ("basis_en", basis_en)):
        if not text.strip():
            wrong[name] = _("请写明依据；没有条文的写“工作惯例”。")
        elif len(text) > LONGEST_BASIS or "\x00" in text:
            wrong[name] = _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": LONGEST_BASIS, "m": len(text)}
    return wrong


def _plain(limit: Limit) -> dict[str, object]:
    return {
        "valid_from": limit.valid_from.isoformat(),
        "amount": limit.amount,
        "unit": limit.unit,
        "practice": limit.practice,
        "off": limit.off,
        "basis": limit.basis_zh,
    }
