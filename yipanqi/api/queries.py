"""Reading what requests name and what tracking shows."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yipanqi.cases.access import CaseView, present
from yipanqi.cases.queries import prove, viewer_of_submission
from yipanqi.core import gate
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter
from yipanqi.organisations.models import Area, Category

Named = TypeVar("Named", Area, Category)


def place_named(*, category: str | None, area: str | None) -> tuple[Category | None, Area | None]:
    """The living category and the area with these codes or names. Raises `Refused` with the members that name nothing,
    or several."""
    wrong: dict[str, str] = {}
    found = _one(Category.objects.filter(valid_to__isnull=True), category, "category", wrong)
    where = _one(Area.objects.all(), area, "area", wrong)
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)
    return found, where


def _one(rows: QuerySet[Named], text: str | None, member: str, wrong: dict[str, str]) -> Named | None:
    """The row with this code, else the only one with this name in either language: a partner's system knows names."""
    if not text:
        return None
    found = list(rows.filter(pk=text)) or list(rows.filter(Q(name_zh=text) | Q(name_en=text))[:2])
    if len(found) == 1:
        return found[0]
    nothing = {"category": _("没有这个类别。"), "area": _("没有这个区域。")}[member]
    wrong[member] = _("有几个同名，请填代码。") if found else nothing
    return None


def track(*, reference: str, secret: str, network: str, at: dt.datetime) -> list[CaseView]:
    """The cases that reference and secret open, as their submitter sees them. Raises `NotProved`, `TooMany`."""
    submission, row = prove(reference=reference, secret=secret, network=network, at=at)
    viewer = viewer_of_submission(submission, row)
    matters = Matter.objects.filter(gate.visible(viewer, Channel.API)).order_by("pk")
    return [present(matter, viewer, Channel.API, at) for matter in matters]
