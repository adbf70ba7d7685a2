"""Changing the bounds of the rules on meetings: a new dated row; what was in force stays as it was."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.limits import wrong_row
from yipanqi.core.models import Change
from yipanqi.meetings.burden import BOUND
from yipanqi.meetings.models import BurdenRule

MOST = 100_000


@transaction.atomic
def set_burden_rule(
    *,
    code: str,
    valid_from: dt.date,
    amount: int,
    practice: bool,
    basis_zh: str,
    basis_en: str,
    by: Viewer,
    at: dt.datetime,
) -> BurdenRule:
    """Add the row that says what a rule allows from a future day on. Raises `NotAllowed` without `limits.manage`,
    `Refused` with the fields that are wrong."""
    if not by.has("limits.manage"):
        raise NotAllowed(_("您没有维护减负规定的权限。"))
    wrong = wrong_row(valid_from, basis_zh, basis_en, today=day_of(at))
    if code not in BOUND:
        wrong["code"] = _("没有这条规定。")
    if not 1 <= amount <= MOST:
        wrong["amount"] = _("请填写 %(least)s 到 %(most)s 之间的整数。") % {"least": 1, "most": MOST}
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)
    before = BurdenRule.objects.filter(code=code, valid_from__lt=valid_from).order_by("-valid_from").first()
    row = BurdenRule(
        code=code,
        valid_from=valid_from,
        amount=amount,
        practice=practice,
        basis_zh=basis_zh.strip(),
        basis_en=basis_en.strip(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # No row is ever locked: the application cannot change one.
        why = _("这一天已有一行。")
        raise Refused(why, fields={"valid_from": why}) from None
    Change.objects.create(
        at=at,
        account=by.account,
        what="burden_rule",
        object_id=code,
        before=_plain(before) if before else None,
        after=_plain(row),
    )
    return row


def _plain(row: BurdenRule) -> dict[str, object]:
    return {
        "valid_from": row.valid_from.isoformat(),
        "amount": row.amount,
        "practice": row.practice,
        "basis": row.basis_zh,
    }
