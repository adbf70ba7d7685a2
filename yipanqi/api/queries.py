"""Reading what requests name and what tracking shows."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from yipanqi.cases.access import CaseView, present
from yipanqi.cases.queries import prove, viewer_of_submission
from yipanqi.core import gate
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter
from yipanqi.organisations.models import Area, Category


def place_named(*, category: str | None, area: str | None) -> tuple[Category | None, Area | None]:
    """The living category and the area with these codes. Raises `Refused` with the members that name nothing."""
    found = Category.objects.filter(pk=category, valid_to__isnull=True).first() if category else None
    where = Area.objects.filter(pk=area).first() if area else None
    wrong = {}
    if category and found is None:
        wrong["category"] = _("没有这个类别。")
    if area and where is None:
        wrong["area"] = _("没有这个区域。")
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)
    return found, where


def track(*, reference: str, secret: str, network: str, at: dt.datetime) -> list[CaseView]:
    """The cases that reference and secret open, as their submitter sees them. Raises `NotProved`, `TooMany`."""
    submission, row = prove(reference=reference, secret=secret, network=network, at=at)
    viewer = viewer_of_submission(submission, row)
    matters = Matter.objects.filter(gate.visible(viewer, Channel.API)).order_by("pk")
    return [present(matter, viewer, Channel.API, at) for matter in matters]
