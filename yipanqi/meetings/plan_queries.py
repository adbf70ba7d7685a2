"""Reading decomposition plans: what the engine locks, what is searched, and the plans of a conference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from yipanqi.core.gate import Channel, Viewer, visible
from yipanqi.core.kinds import Words
from yipanqi.core.models import Matter
from yipanqi.meetings.models import Conference
from yipanqi.meetings.plan_models import Plan


def subjects(ids: Iterable[UUID]) -> Mapping[UUID, Plan]:
    """The plans of matters, locked after their matters (which the engine has locked in the order of their ids)."""
    found = Plan.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk")
    return {plan.pk: plan for plan in found}


def searched(ids: Iterable[UUID]) -> list[Words]:
    """What of plans is searched: their two numbers and the title."""
    rows = Plan.objects.filter(pk__in=list(ids)).values_list("pk", "number", "title", "document_number")
    return [Words(*row) for row in rows]


def plans_of(conference: Conference, viewer: Viewer) -> list[Plan]:
    """The plans of a conference that the viewer may find, the newest first: at most one a sender is open."""
    matters = Matter.objects.filter(visible(viewer, Channel.DESK, procedures=("plan",)))
    found = Plan.objects.filter(conference=conference, matter__in=matters).select_related("matter")
    return list(found.order_by("-pk")[:20])
