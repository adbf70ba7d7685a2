"""The meeting that the demo city is preparing: told to those invited, some of whom have replied.

Nobody is named; posts only. Days are working days (`yipanqi.demo.schedule`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from yipanqi.core import engine
from yipanqi.core.gate import Actor, Viewer
from yipanqi.demo.schedule import SHANGHAI, Schedule
from yipanqi.demo.units import SOCIAL_WORK
from yipanqi.meetings.meeting_actions import plan_meeting
from yipanqi.meetings.models import Conference, Invitation
from yipanqi.meetings.preparing import (
    ItemDraft,
    Rule,
    VenueDraft,
    add_paper,
    invite,
    lay_out_venue,
    note_test_call,
    set_agenda,
)
from yipanqi.organisations.models import Unit

AHEAD = 6  # working days to the meeting
OBSERVERS = ("housing", "police", "city-management", "market", "trade-union")
BRANCHES = ("district-370102", "district-370103")
AGENDA = (
    ItemDraft("通报上次会议议定事项落实情况", 10, "市委社会工作部", main=True),
    ItemDraft("小区通行办法试点交流", 8, "历下区人民政府"),
    ItemDraft("研究超期事项", 25),
    ItemDraft("部署下月工作", 15, "市委副书记（分管社会工作）", main=True),
)
REPLIES = (
    ("housing", "comes", "", "", ""),
    ("city-management", "stand_in", "照明与设施科科长", "负责人当天参加省里的会", ""),
    ("trade-union", "comes", "", "", ""),
    ("market", "leave", "", "当天有专项检查", "分管副市长"),
)


@dataclass(frozen=True)
class Office:
    """What an office that prepares meetings and follows them up needs of the city."""

    units: Mapping[str, Unit]
    viewers: Mapping[str, Viewer]
    handlers: Mapping[str, str]
    schedule: Schedule

    def at(self, day: int, hour: int) -> dt.datetime:
        return dt.datetime.combine(self.schedule.day(day), dt.time(hour), SHANGHAI)


def convene(meeting: Office) -> Conference:
    """Plan, prepare and convene it, and let some of those invited reply."""
    drafter, deputy = (Actor(meeting.viewers[login]) for login in ("drafter", "deputy"))
    starts = meeting.at(AHEAD, 9)
    about = {
        "title": "社会工作月度调度会（示例）",
        "kind": "joint",
        "form": "both",
        "plan_number": f"{starts.year}-{starts.month:02}",
        "starts_at": starts,
        "ends_at": starts + dt.timedelta(minutes=60),
        "chair_post": "市委社会工作部部长",
        "purpose": "逐项过超期和跨部门的事，当场定牵头单位和日期；能打电话说清的不上会。",
        "comprehensive": False,
    }
    convener = meeting.units[SOCIAL_WORK]
    planned = plan_meeting(sender=convener, answers=about, by=drafter, at=meeting.at(-7, 9))
    _prepare(meeting, planned, drafter, meeting.at(-7, 10))
    answers = {"reply_by": meeting.schedule.day(AHEAD - 2), "checked": True}
    assert planned.matter_id is not None
    engine.take(matters=[planned.matter_id], step="convene", by=deputy, at=meeting.at(-6, 9), answers=answers)
    for unit, reply, who, reason, leader in REPLIES:
        invitation = Invitation.objects.get(conference=planned, unit=meeting.units[unit])
        told = {
            "invitation": invitation.number,
            "reply": reply,
            "who": who,
            "reason": reason,
            "leader": leader,
        }
        by = Actor(meeting.viewers[meeting.handlers[unit]])
        engine.take(matters=[planned.matter_id], step="reply", by=by, at=meeting.at(-3, 10), answers=told)
    return planned


def _prepare(meeting: Office, planned: Conference, by: Actor, at: dt.datetime) -> None:
    set_agenda(conference=planned, items=AGENDA, by=by, at=at)
    main = VenueDraft(meeting.units[SOCIAL_WORK], "市级机关会议中心第二会议室", heads=24, main=True)
    lay_out_venue(conference=planned, draft=main, by=by, at=at)
    for code in BRANCHES:
        branch = VenueDraft(
            meeting.units[code], "区机关视频会议室", "https://meet.example.org/shegong", "区委办值班岗", 8
        )
        venue = lay_out_venue(conference=planned, draft=branch, by=by, at=at)
    note_test_call(conference=planned, venue=venue.number, by=by, at=at)
    # The social work departments of districts and zones: the department guides them.
    heads = Rule("部长", Invitation.ATTEND, kind="party_department", under=meeting.units[SOCIAL_WORK])
    others = Rule("分管负责人", Invitation.OBSERVE, named=[meeting.units[code] for code in OBSERVERS])
    for rule in (heads, others):
        invite(conference=planned, rule=rule, by=by, at=at)
    add_paper(
        conference=planned,
        title="全市社会工作推进会议议定事项进展（示例）",
        characters=1800,
        secrecy="internal",
        by=by,
        at=at,
    )
