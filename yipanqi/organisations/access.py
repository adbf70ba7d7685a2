"""Who an account is at the gate: its capabilities with the units they reach."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from yipanqi.core.counting import day_of
from yipanqi.core.gate import NOBODY, Viewer
from yipanqi.core.models import Matter
from yipanqi.organisations.models import Part, Posting, Unit
from yipanqi.people.models import Account


def postings_of(account: Account, at: dt.datetime) -> QuerySet[Posting]:
    """The posts an account holds on the day, of living units."""
    today = day_of(at)
    return (
        Posting.objects.filter(account=account, valid_from__lte=today)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
        .select_related("role", "unit")
        .order_by("id")
    )


def viewer_of(account: Account, at: dt.datetime) -> Viewer:
    """The account as a viewer, read anew at each request so that a change bites at the next one (S4)."""
    if not account.is_active:
        return NOBODY
    scopes: dict[str, list[str]] = {}
    unit = None
    for posting in postings_of(account, at):
        unit = unit or posting.unit_id
        for capability in posting.role.capabilities:
            scopes.setdefault(capability, []).append(posting.unit.path)
    return Viewer(
        account=account.pk, unit=unit, capabilities={name: tuple(paths) for name, paths in scopes.items()}
    )


def units_reached(viewer: Viewer, *capabilities: str) -> QuerySet[Unit]:
    """The units over which the viewer has one of the capabilities."""
    clause = Q(pk__in=[])
    for capability in capabilities:
        for path in viewer.capabilities.get(capability, ()):
            clause |= Q(path__startswith=path)
    return Unit.objects.filter(clause)


def parts_of_viewer(
    viewer: Viewer, *capabilities: str, roles: tuple[str, ...] = (Part.SENDER, Part.LEAD, Part.CO)
) -> Q:
    """The clause over `Part`: one of these parts of a unit over which the viewer has one of the capabilities."""
    paths = {path for capability in capabilities for path in viewer.capabilities.get(capability, ())}
    reached = Q(pk__in=[])
    for path in sorted(paths):
        reached |= Q(unit__path__startswith=path)
    return reached & Q(role__in=roles)


def matters_with(parts: Q, *, live: bool) -> Q:
    """The clause over `Matter`: it has one of these parts, which lives; `live`: and is open itself.

    One EXISTS: a single matter is found by its own parts, and a list may begin at a unit's open ones.
    """
    living = Part.objects.filter(parts, matter=OuterRef("pk"), until__isnull=True)
    return Q(Exists(living.filter(open=True) if live else living))


def answered_by(viewer: Viewer, *capabilities: str, live: bool) -> Q:
    """The clause over `Matter`: the unit that answers for it now is one of these: its lead or, before it has one, its
    sender. Figures count by this, so that each matter is counted at exactly one unit."""
    lead, sender = (
        parts_of_viewer(viewer, *capabilities, roles=(role,)) for role in (Part.LEAD, Part.SENDER)
    )
    return matters_with(lead, live=live) | (
        ~matters_with(Q(role=Part.LEAD), live=live) & matters_with(sender, live=live)
    )


def in_any_part(matter: Matter, viewer: Viewer, capability: str, *roles: str) -> bool:
    """Whether the viewer's capability reaches a unit that plays one of the parts in the matter."""
    paths = Part.objects.filter(matter=matter, role__in=roles, until__isnull=True).values_list(
        "unit__path", flat=True
    )
    return any(viewer.reaches(capability, path) for path in paths)
