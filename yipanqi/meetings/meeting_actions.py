"""What writes planned conferences: planning one, and the effects of the steps of its matter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from yipanqi.core import asks, search, writing
from yipanqi.core.asks import Share
from yipanqi.core.counting import SHANGHAI, day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.kinds import Taking, Words
from yipanqi.core.models import Matter
from yipanqi.meetings.mechanism_models import Mechanism
from yipanqi.meetings.meeting_procedure import MEETING
from yipanqi.meetings.models import Conference, Invitation, Receipt
from yipanqi.meetings.opening import open_by_sender
from yipanqi.meetings.papers import attach_paper, withdraw_paper
from yipanqi.meetings.preparing import MOST_INVITED, checked_link
from yipanqi.organisations.models import Part, Unit
from yipanqi.organisations.notes import note
from yipanqi.organisations.parts import ask_co_units, give_part_of, release_co_unit

LONGEST = dt.timedelta(days=5)


@transaction.atomic
def plan_meeting(
    *,
    sender: Unit,
    answers: Mapping[str, Any],
    by: Actor,
    at: dt.datetime,
    mechanism: Mechanism | None = None,
) -> Conference:
    """Plan a conference; `sender` is the unit that will convene it, of a `mechanism` where it is its meeting. What is
    asked is what the first step asks.

    Raises `NotAllowed` without `decisions.draft` over the sender, `Refused` with the fields that are wrong.
    """
    if not by.viewer.reaches("decisions.draft", sender.path):
        raise NotAllowed(_("您没有筹备会议的权限。"))
    if mechanism is not None and mechanism.unit_id != sender.pk:
        raise NotAllowed(_("这个机制的会议由它的召集单位召开。"))
    told = asks.clean(MEETING.initial, answers)
    _check_about(told, None, at)
    matter = open_by_sender(MEETING, sender, told, by=by, at=at)
    conference = Conference.objects.create(matter=matter, mechanism=mechanism, **_about(told))
    writing.insert([search.entry(_words(conference))])
    return conference


def _words(conference: Conference) -> Words:
    assert conference.matter_id is not None
    return Words(conference.matter_id, conference.number, conference.title, conference.purpose)


def _about(told: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that the plan fills; what was left empty is empty."""
    texts = ("plan_number", "chair_post")
    return {name: (value or "") if name in texts else value for name, value in told.items()}


def _check_about(told: Mapping[str, Any], own: int | None, at: dt.datetime) -> None:
    _check_times(told["starts_at"], told["ends_at"], at)
    taken = Conference.objects.filter(plan_number=told["plan_number"] or "-").exclude(pk=own or 0)
    if told["plan_number"] and taken.exists():
        why = _("年度计划里这个编号已经用了。")
        raise Refused(why, fields={"plan_number": why})


def _check_times(starts_at: dt.datetime, ends_at: dt.datetime, at: dt.datetime) -> None:
    wrong = {}
    if starts_at <= at:
        wrong["starts_at"] = _("开始时间须在现在以后。")
    if ends_at <= starts_at:
        wrong["ends_at"] = _("结束时间须在开始以后。")
    elif ends_at - starts_at > LONGEST:
        wrong["ends_at"] = _("一次会议最长 %(n)d 天。") % {"n": LONGEST.days}
    if wrong:
        raise Refused(next(iter(wrong.values())), fields=wrong)


# --- effects ---------------------------------------------------------------------------------------------------------


def _revise(taking: Taking) -> None:
    conference = taking.subject
    _check_about(taking.answers, conference.pk, taking.at)
    for name, value in _about(taking.answers).items():
        setattr(conference, name, value)
    conference.sequence += 1
    conference.save()
    search.put(words=[_words(conference)])


def _last_day(conference: Conference) -> dt.date:
    assert conference.ends_at is not None
    return conference.ends_at.astimezone(SHANGHAI).date()


def _check_reply_by(conference: Conference, by: dt.date, at: dt.datetime) -> None:
    assert conference.starts_at is not None
    if conference.starts_at <= at:
        raise Refused(_("开会时间已过：请先改时间。"))
    if not day_of(at) <= by <= conference.starts_at.astimezone(SHANGHAI).date():
        why = _("须在今天与开会那天之间。")
        raise Refused(why, fields={"reply_by": why})


def _convene(taking: Taking) -> None:
    """Each invited unit becomes a co-unit that owes its reply by a day before the meeting begins."""
    conference, by = taking.subject, taking.answers["reply_by"]
    _check_reply_by(conference, by, taking.at)
    taking.own_dates["meeting"] = _last_day(conference)
    units = Unit.objects.filter(pk__in=conference.invitations.values("unit")).order_by("path")
    shares = [Share(unit, _("答复参会安排"), by) for unit in units]
    ask_co_units(matter=taking.matter, shares=shares, lead=None, last=by, at=taking.at)


def _invite_also(taking: Taking) -> None:
    """A post that was forgotten; its unit is asked, and told, as those before it were."""
    conference, told = taking.subject, taking.answers
    unit, post = told["unit"], told["post"]
    _check_reply_by(conference, told["reply_by"], taking.at)
    invited = conference.invitations
    if invited.filter(unit=unit, post=post).exists():
        why = _("“%(unit)s”的这个岗位已经在名单上。") % {"unit": str(unit)}
        raise Refused(why, fields={"post": why})
    if invited.count() >= MOST_INVITED:
        raise Refused(_("名单最多 %(n)d 个岗位，请把规则写窄一些。") % {"n": MOST_INVITED})
    number = (invited.aggregate(n=Max("number"))["n"] or 0) + 1
    invited.create(number=number, unit=unit, post=post, seat=told["seat"])
    share = Share(unit, _("答复参会安排"), told["reply_by"])
    ask_co_units(matter=taking.matter, shares=[share], lead=None, last=told["reply_by"], at=taking.at)
    told["mention"] = [unit, *(other for other in told["mention"] if other.pk != unit.pk)]


def _uninvite(taking: Taking) -> None:
    """Units that need not come after all. They find the meeting no more; what calendars hold is taken back by a higher
    sequence."""
    conference, units = taking.subject, taking.answers["units"]
    chosen, why = {unit.pk for unit in units}, ""
    of_units = conference.invitations.filter(unit__in=chosen)
    invited = set(conference.invitations.values_list("unit_id", flat=True))
    if chosen - invited:
        why = _("勾选的单位里有没有受邀的。")
    elif chosen == invited:
        why = _("名单上至少要留一个单位；会议不开了，请取消会议。")
    elif of_units.filter(arrived_at__isnull=False).exists():
        why = _("勾选的单位里有已经签到的。")
    if why:
        raise Refused(why, fields={"units": why})
    for unit in units:
        release_co_unit(matter=taking.matter, unit=unit, at=taking.at, because=taking.answers["reason"])
    of_units.delete()
    conference.sequence += 1
    conference.save(update_fields=["sequence"])


def _change(taking: Taking) -> None:
    """Another time or room. What calendars hold already is changed by a higher sequence under the same name."""
    conference, told = taking.subject, taking.answers
    _check_times(told["starts_at"], told["ends_at"], taking.at)
    conference.starts_at, conference.ends_at = told["starts_at"], told["ends_at"]
    conference.sequence += 1
    conference.save(update_fields=["starts_at", "ends_at", "sequence"])
    conference.venues.filter(main=True).exclude(room=told["room"]).update(room=told["room"], tested_at=None)
    taking.own_dates["meeting"] = _last_day(conference)


def _cancel(taking: Taking) -> None:
    taking.subject.sequence += 1
    taking.subject.save(update_fields=["sequence"])


def _reply(taking: Taking) -> None:
    """What one invited post of a unit replies; the unit has replied when all of its posts have."""
    told = taking.answers
    invitation = _own_invitation(taking)
    _check_reply(told)
    comes = told["reply"] != Invitation.LEAVE
    invitation.reply = told["reply"]
    # Where the post itself comes nothing else is kept: what was typed for another answer says nothing.
    if told["reply"] == Invitation.COMES:
        told["who"] = told["reason"] = told["leader"] = None
    invitation.who = (told["who"] or invitation.post) if comes else ""
    invitation.reason, invitation.leader = told["reason"] or "", "" if comes else told["leader"]
    invitation.replied_at = taking.at
    invitation.save(update_fields=["reply", "who", "reason", "leader", "replied_at"])
    # The ledger keeps the post as it was called, readable without this table.
    told["invitation"] = f"{invitation.unit.name_zh} {invitation.post}"
    of_unit = Invitation.objects.filter(conference=taking.subject, unit=invitation.unit)
    if not of_unit.filter(reply="").exists():
        give_part_of(matter=taking.matter, unit=invitation.unit_id, at=taking.at)


def _own_invitation(taking: Taking) -> Invitation:
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(conference=taking.subject, number=taking.answers["invitation"])
        .first()
    )
    if invitation is None or not taking.by.viewer.reaches("decisions.work", invitation.unit.path):
        why = _("本单位没有受邀的这个岗位。")
        raise Refused(why, fields={"invitation": why})
    return invitation


def _check_reply(told: Mapping[str, Any]) -> None:
    needed = {Invitation.STAND_IN: ("who", "reason"), Invitation.LEAVE: ("reason", "leader")}
    wrong = {name: _("请填写。") for name in needed.get(told["reply"], ()) if not told[name]}
    if wrong:
        raise Refused(_("换人来要写岗位和理由，请假要写理由和向谁请的假。"), fields=wrong)


def _receive_papers(taking: Taking) -> None:
    """One receipt a unit: the viewer's own, or for one who acts for several the first that has not yet."""
    had = set(Receipt.objects.filter(conference=taking.subject).values_list("unit_id", flat=True))
    parts = taking.matter.parts.filter(role=Part.CO, until__isnull=True).select_related("unit")
    mine = [p.unit for p in parts if taking.by.viewer.reaches("decisions.work", p.unit.path)]
    left = sorted(
        (unit for unit in mine if unit.pk not in had), key=lambda u: (u.pk != taking.by.viewer.unit, u.path)
    )
    if not left:
        raise Refused(_("本单位已经回过收到，不用再回。"))
    Receipt.objects.create(conference=taking.subject, unit=left[0], at=taking.at)


def urge(taking: Taking) -> None:
    """Only who still owes a reply is told; nobody ticked means all of them."""
    owing = _owing(taking.matter)
    asked = [unit.pk for unit in taking.answers["mention"]]
    if set(asked) - set(owing):
        why = _("勾选的单位里有已经答复的。")
        raise Refused(why, fields={"mention": why})
    if not owing:
        raise Refused(_("各单位都已答复，不用催。"))
    taking.answers["mention"] = list(Unit.objects.filter(pk__in=asked or owing).order_by("path"))


def _owing(matter: Matter) -> list[UUID]:
    owed = matter.parts.filter(role=Part.CO, until__isnull=True, done_at__isnull=True)
    return list(owed.values_list("unit_id", flat=True))


def _hold(taking: Taking) -> None:
    held_on = taking.answers["held_on"]
    if held_on > day_of(taking.at):
        why = _("会议日期不能晚于今天。")
        raise Refused(why, fields={"held_on": why})
    taking.subject.held_on = held_on
    taking.subject.recording = checked_link(taking.answers["recording"] or "", "recording")
    taking.subject.save(update_fields=["held_on", "recording"])


def _draft_minutes(taking: Taking) -> None:
    taking.subject.minutes = taking.answers["text"]
    taking.subject.save(update_fields=["minutes"])


MEETING_EFFECTS = {
    "revise": _revise,
    "convene": _convene,
    "invite_also": _invite_also,
    "uninvite": _uninvite,
    "change": _change,
    "cancel": _cancel,
    "reply": _reply,
    "receive_papers": _receive_papers,
    "urge": urge,
    "note": note,
    "attach_paper": attach_paper,
    "withdraw_paper": withdraw_paper,
    "hold": _hold,
    "draft_minutes": _draft_minutes,
}
