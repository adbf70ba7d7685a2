"""What a verdict keeps, and what an exclusion from evaluation rests on."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.cases import reasons
from yipanqi.cases.models import Case, Verdict
from yipanqi.cases.steps.evaluation import ASKING
from yipanqi.core.errors import Refused
from yipanqi.core.kinds import Taking


def keep_verdict(case: Case, answers: dict[str, Any], *, at: dt.datetime, by: UUID | None) -> None:
    """Keep what was said of this round, of each that was graded. What the submitter said with their own secret stands against
    a call-back, so that nobody who knows the desk can put words in their place. That they were pressed stays said: it
    could be taken back under the eyes of whoever presses."""
    before = {one.of: one for one in Verdict.objects.filter(case=case, round=case.round)}
    handler = before.get(Verdict.HANDLER)
    pressed = answers["pressed"] or (handler is not None and handler.pressed)
    said = {
        Verdict.HANDLER: {
            "grade": answers["grade"],
            "why": reasons.fitting(answers.get("why"), "why"),
            "solved": answers["solved"] == "yes" if "solved" in answers else None,
            "pressed": pressed,
        }
    }
    why = reasons.fitting(answers.get("office_why"), "office_why")
    if answers.get("office"):
        said[Verdict.OFFICE] = {"grade": answers["office"], "why": why}
    elif why is not None:
        text = _("先评信访部门，再选理由。")
        raise Refused(text, fields={"office": text})
    for of, fields in said.items():
        own = before.get(of)
        if own is not None and own.taken_by is None and by is not None:
            Verdict.objects.filter(pk=own.pk).update(pressed=fields.get("pressed", False))
            continue
        Verdict.objects.update_or_create(
            case=case, round=case.round, of=of, defaults={**fields, "at": at, "taken_by": by}
        )


def ask_exclusion(taking: Taking) -> None:
    """The reason as it reads now stands in the move, before what it rests on."""
    row = reasons.fitting(taking.answers["code"], "code")
    taking.answers["reason"] = _("%(code)s：%(reason)s") % {"code": row, "reason": taking.answers["reason"]}


def decide_exclusion(taking: Taking) -> None:
    """Who asked does not decide."""
    asked = taking.matter.moves.filter(step=ASKING).order_by("-number").first()
    if asked is not None and asked.actor_account == taking.by.viewer.account:
        raise Refused(_("剔除评价由另一人审核，申请的人不能自己决定。"))
