"""Who an account is at the gate: its capabilities with the units they reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When
from django.utils import timezone

from yipanqi.core.counting import day_of
from yipanqi.core.gate import NOBODY, Cover, Live, Viewer
from yipanqi.core.held import DATE_SLOT, Held
from yipanqi.core.prepared import id_slot
from yipanqi.organisations.models import Part, Posting, StandIn, Unit
from yipanqi.people.access import PasswordBackend
from yipanqi.people.models import Account


def living_postings(at: dt.datetime) -> QuerySet[Posting]:
    """The posts that are held on the day."""
    return _living(day_of(at))


def _living(today: dt.date) -> QuerySet[Posting]:
    return (
        Posting.objects.filter(valid_from__lte=today)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
        .select_related("role", "unit")
        .order_by("id")
    )


def _held() -> QuerySet[Posting]:
    account, today = id_slot(0), DATE_SLOT
    covers = StandIn.objects.filter(
        account=account, since__lte=today, until__gte=today, revoked_at__isnull=True
    )
    posts = _living(today).select_related("account", "role", "unit")
    return posts.filter(Q(account=account) | Q(pk__in=covers.values("posting")))


_HELD = Held(_held)


def held(account: UUID, at: dt.datetime) -> list[Posting]:
    """The posts of the account and those that it covers on the day, in one statement. A post that ends is covered no
    longer, and one who is away does not pass on what they cover themselves."""
    return _HELD.read({id_slot(0): account, DATE_SLOT: day_of(at)})


class SignInBackend(PasswordBackend):
    """Brings an account together with the posts that it holds and covers: every page asks for both."""

    def get_user(self, user_id: UUID) -> Account | None:
        posts = held(user_id, timezone.now())
        account = next((post.account for post in posts if post.account_id == user_id), None)
        if account is None:
            return super().get_user(user_id)
        account.posts = posts
        return account if account.is_active else None


def viewer_of(account: Account, at: dt.datetime, postings: Iterable[Posting] | None = None) -> Viewer:
    """The account as a viewer, read anew at each request so that a change bites at the next one (S4). `postings`: what it
    holds and covers now (`held`), where that has just been read."""
    if not account.is_active:
        return NOBODY
    all_held = held(account.pk, at) if postings is None else list(postings)
    mine = [posting for posting in all_held if posting.account_id == account.pk]
    covered = [posting for posting in all_held if posting.account_id != account.pk]
    covers = tuple(Cover(p.pk, p.unit_id, p.unit.path, frozenset(p.role.capabilities)) for p in covered)
    return Viewer(
        account=account.pk,
        unit=mine[0].unit_id if mine else None,
        capabilities=_scopes([*mine, *covered]),
        covers=covers,
        own=_scopes(mine) if covers else {},
        seats=tuple(sorted({posting.unit.path for posting in all_held})),
    )


def _scopes(postings: list[Posting]) -> dict[str, tuple[str, ...]]:
    """By capability: the paths that it reaches."""
    scopes: dict[str, list[str]] = {}
    for posting in postings:
        for capability in posting.role.capabilities:
            scopes.setdefault(capability, []).append(posting.unit.path)
    return {name: tuple(paths) for name, paths in scopes.items()}


def reach(viewer: Viewer, *capabilities: str) -> tuple[str, ...]:
    """The paths of the units over which the viewer has one of the capabilities, in order: the highest stand for what
    lies below them."""
    highest: list[str] = []
    for path in sorted({path for each in capabilities for path in viewer.capabilities.get(each, ())}):
        if not (highest and path.startswith(highest[-1])):
            highest.append(path)
    return tuple(highest)


def _under(paths: Iterable[str], path: str) -> Q:
    return reduce(or_, (Q(**{f"{path}__startswith": each}) for each in paths), Q(pk__in=[]))


def units_below(paths: Iterable[str]) -> QuerySet[Unit]:
    """The units of these paths, and those below them."""
    return Unit.objects.filter(_under(paths, "path"))


def units_reached(viewer: Viewer, *capabilities: str) -> QuerySet[Unit]:
    """The units over which the viewer has one of the capabilities."""
    return units_below(reach(viewer, *capabilities))


def parts_of_viewer(
    viewer: Viewer, *capabilities: str, roles: tuple[str, ...] = (Part.SENDER, Part.LEAD, Part.CO)
) -> Q:
    """The clause over `Part`: one of these parts of a unit over which the viewer has one of the capabilities."""
    return over_units(viewer, *capabilities) & Q(role__in=roles)


def over_units(viewer: Viewer, *capabilities: str) -> Q:
    """The clause over anything of a `unit`: one over which the viewer has one of the capabilities."""
    return _under(reach(viewer, *capabilities), "unit__path")


def matters_with(parts: Q, *, live: Live) -> Q:
    """The clause over `Matter`: it has one of these parts, which lives; `live`: and is open itself.

    One EXISTS: a single matter is found by its own parts, and a list may begin at a unit's open ones.
    """
    living = Part.objects.filter(parts, until__isnull=True)
    if live == Live.WALKED:
        # Of "no less and no more" the planner can make no hash, and out of a CASE it takes no join. It takes each unit
        # for one of average size, and would gather the hundred thousand parts of the hotline to show fifty.
        # Whether it is open is asked of the matter, so that its parts are found by it and not through all units' open ones.
        one = living.filter(matter_id__gte=OuterRef("pk"), matter_id__lte=OuterRef("pk"))
        return Q(Case(When(Exists(one), then=True), default=False, output_field=BooleanField()), open=True)
    living = living.filter(matter=OuterRef("pk"))
    return Q(Exists(living.filter(open=True) if live else living))


def answered_by(viewer: Viewer, *capabilities: str, live: Live) -> Q:
    """The clause over `Matter`: the unit that answers for it now is one of these: its lead or, before it has one, its
    sender. Figures count by this, so that each matter is counted at exactly one unit."""
    lead, sender = (
        parts_of_viewer(viewer, *capabilities, roles=(role,)) for role in (Part.LEAD, Part.SENDER)
    )
    return matters_with(lead, live=live) | (
        ~matters_with(Q(role=Part.LEAD), live=live) & matters_with(sender, live=live)
    )


def in_any_part(parts: Iterable[Part], viewer: Viewer, capability: str, *roles: str) -> bool:
    """Whether the viewer's capability reaches a unit that plays one of these roles now, of the parts in a matter."""
    return any(
        viewer.reaches(capability, part.unit.path)
        for part in parts
        if part.role in roles and part.until is None
    )


def stand_in_reach(viewer: Viewer, at: dt.datetime) -> tuple[QuerySet[Posting], bool]:
    """The posts for which the viewer may give a stand-in; and whether they may as the head of a unit, which reaches no
    further than the business of that unit and those below. What somebody covers does not let them give it on."""
    posts = living_postings(at)
    scopes = (viewer.own if viewer.covers else viewer.capabilities).get("accounts.manage", ())
    if scopes:
        return posts.filter(_under(scopes, "unit__path")), False
    headed = posts.filter(account=viewer.account, in_charge=True, duty="business")
    paths = tuple(headed.values_list("unit__path", flat=True)) if viewer.account else ()
    return posts.filter(_under(paths, "unit__path"), duty="business"), True
