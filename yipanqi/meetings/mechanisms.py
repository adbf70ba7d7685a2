"""Coordination mechanisms (协调机制): setting one up, what is open before it, and the agenda that comes of that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor, Channel, Viewer, visible
from yipanqi.core.models import Change, Matter
from yipanqi.meetings.mechanism_models import Mechanism, Member
from yipanqi.meetings.meeting_queries import found_by
from yipanqi.meetings.models import Conference, Invitation, Task
from yipanqi.meetings.preparing import ItemDraft, Rule, invite, set_agenda
from yipanqi.meetings.queries import leads_of
from yipanqi.organisations.models import Part, Unit

MOST_MEMBERS, MOST_SHOWN = 100, 50
MINUTES_EACH = 10


@dataclass(frozen=True)
class MechanismDraft:
    """A mechanism as it is entered: `members` are units, each with what it does in it."""

    name: str
    unit: Unit
    rules: str
    members: Sequence[tuple[Unit, str]]
    ended: bool = False


def may_keep(unit: Unit, by: Actor) -> bool:
    """Whether this actor keeps the mechanisms that a unit convenes."""
    return by.viewer.reaches("decisions.draft", unit.path)


@transaction.atomic
def keep_mechanism(
    *, draft: MechanismDraft, by: Actor, at: dt.datetime, mechanism: Mechanism | None = None
) -> Mechanism:
    """Set up a mechanism, or write what is kept of one anew; ended, it stays with its meetings and convenes none.

    Raises `NotAllowed` without `decisions.draft` over the unit that convenes it, `Refused` with the fields that are wrong.
    """
    if mechanism is not None:
        mechanism = (
            Mechanism.objects.select_for_update(of=("self",)).select_related("unit").get(pk=mechanism.pk)
        )
    units = {draft.unit, *([mechanism.unit] if mechanism else [])}
    if not all(may_keep(unit, by) for unit in units):
        raise NotAllowed(_("您没有登记协调机制的权限。"))
    _check(draft, mechanism)
    one = mechanism or Mechanism(valid_from=day_of(at))
    one.name, one.unit, one.rules = draft.name.strip(), draft.unit, draft.rules.strip()
    one.valid_to = (one.valid_to or day_of(at)) if draft.ended else None
    one.save()
    one.memberships.all().delete()
    Member.objects.bulk_create(
        Member(mechanism=one, unit=unit, does=does.strip()) for unit, does in draft.members
    )
    after = {"name": one.name, "members": [unit.code for unit, _does in draft.members], "ended": draft.ended}
    Change.objects.create(
        at=at, account=by.viewer.account, what="mechanism", object_id=str(one.pk), after=after
    )
    return one


def _check(draft: MechanismDraft, own: Mechanism | None) -> None:
    wrong = {}
    for field, text, longest in (("name", draft.name, 80), ("rules", draft.rules, 5000)):
        if not text.strip():
            wrong[field] = _("请填写。")
        elif len(text.strip()) > longest:
            wrong[field] = _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": longest, "m": len(text.strip())}
    same = Mechanism.objects.filter(name=draft.name.strip(), valid_to__isnull=True)
    if not draft.ended and same.exclude(pk=own.pk if own else 0).exists():
        wrong["name"] = _("已经有叫这个名字的机制。")
    units = [unit.pk for unit, _does in draft.members]
    if not units:
        wrong["members"] = _("请至少写一个成员单位。")
    elif len(set(units)) < len(units) or draft.unit.pk in units:
        wrong["members"] = _("每个单位只写一次，召集单位不用再写。")
    elif len(units) > MOST_MEMBERS:
        wrong["members"] = _("最多 %(n)d 个单位。") % {"n": MOST_MEMBERS}
    if any(len(does) > 120 for _unit, does in draft.members):
        wrong["members"] = _("一个单位的职责最多 %(n)d 字。") % {"n": 120}
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)


def mechanisms() -> QuerySet[Mechanism]:
    """Those that are there, by name; those that ended after them. There are tens of them in a city."""
    return Mechanism.objects.select_related("unit").order_by(F("valid_to").desc(nulls_first=True), "name")


def members_of(mechanism: Mechanism) -> list[Member]:
    """The members in the published order of units."""
    return list(mechanism.memberships.select_related("unit").order_by("unit__path"))


def meetings_of(mechanism: Mechanism, viewer: Viewer) -> list[Conference]:
    """Its meetings that the viewer finds, the newest first."""
    return list(found_by(viewer).filter(mechanism=mechanism).order_by("-starts_at", "-pk")[:MOST_SHOWN])


@dataclass(frozen=True)
class Problem:
    """A problem of a task that waits for the unit that convenes a mechanism."""

    task: Task
    lead: str
    part: Part


def problems_before(mechanism: Mechanism, viewer: Viewer) -> list[Problem]:
    """What was raised to the convener and is not solved, of the tasks that the viewer finds; whose day comes first."""
    tasks = Matter.objects.filter(visible(viewer, Channel.DESK, procedures=("task",)), procedure="task")
    owed = Q(unit=mechanism.unit_id, problem=True, open=True, until__isnull=True, done_at__isnull=True)
    parts = list(
        Part.objects.filter(owed, matter__in=tasks.values("pk")).order_by("due_at", "pk")[:MOST_SHOWN]
    )
    found = Task.objects.select_related("matter").in_bulk([part.matter_id for part in parts])
    leads = leads_of(found.values())
    return [
        Problem(found[p.matter_id], str(leads[p.matter_id].unit) if p.matter_id in leads else "", p)
        for p in parts
    ]


def draft_agenda(*, conference: Conference, by: Actor, at: dt.datetime) -> int:
    """Begin the agenda of a mechanism's meeting with what is open before it, and the list with its members, as far as a
    person has written neither. Returns how many problems are on the agenda."""
    mechanism = conference.mechanism
    assert mechanism is not None
    problems = problems_before(mechanism, by.viewer)[:20]
    items = [
        ItemDraft(_("研究：%(what)s") % {"what": one.part.asked[:80]}, MINUTES_EACH, one.lead[:60])
        for one in problems
    ]
    if items and not conference.agenda.exists():
        set_agenda(conference=conference, items=items, by=by, at=at)
    named = [member.unit for member in members_of(mechanism) if member.unit.valid_to is None]
    if named and not conference.invitations.exists():
        rule = Rule(_("分管负责同志"), Invitation.ATTEND, named=named)
        invite(conference=conference, rule=rule, by=by, at=at)
    return len(items)
