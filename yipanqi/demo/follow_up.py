"""What the office of the demo city follows up beside the great conference: a smaller one with a plan that is issued and one
that units are asked about, a standing duty with its goal of the year, what a unit told of its experience, a leader's
instruction in hand, and a mechanism before which something is open.

Persons appear by post only. Days are working days (`yipanqi.demo.schedule`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from yipanqi.core import engine
from yipanqi.core.gate import Actor
from yipanqi.demo.meeting import Office
from yipanqi.demo.photos import scan
from yipanqi.demo.units import SOCIAL_WORK
from yipanqi.meetings.actions import (
    LineDraft,
    ReportFacts,
    TaskDraft,
    draft_tasks,
    hold_conference,
    keep_report,
    lay_down_lines,
)
from yipanqi.meetings.exchanges import ExchangeDraft, share_exchange
from yipanqi.meetings.instruction_actions import keep_scans, register_instruction
from yipanqi.meetings.mechanisms import MechanismDraft, draft_agenda, keep_mechanism
from yipanqi.meetings.meeting_actions import plan_meeting
from yipanqi.meetings.models import Conference, Line, Task
from yipanqi.meetings.plan_actions import draw_up_plan
from yipanqi.meetings.plan_models import Plan

TITLE = "社区夜间服务和志愿服务部署会（示例）"
PRINCIPLE = "坚持自愿，不搞摊派"
LINES = (
    LineDraft("社区服务设施晚上也要开门", "夜间服务", text_en="Keep community services open in the evening"),
    LineDraft("夜里出行要有照应", "夜间服务", text_en="See that nobody walks home in the dark alone"),
    LineDraft(
        "常年走访独居老人", "志愿服务", text_en="Visit old people who live alone, all year", standing=True
    ),
    LineDraft(PRINCIPLE, "志愿服务", principle=True, text_en="Nobody is made to volunteer"),
)
NUMBER = "示社发〔{year}〕12号"
TOLD = ExchangeDraft(
    "楼下的灯，邻居来点",
    "志愿服务",
    "我们把一百二十名志愿者按楼编成小组，谁家楼道灯不亮，当晚先借一盏应急灯，第二天报修。"
    "半年借出四十六次，没有一次超过三天。\n做法三条：灯放在小区门岗，不放在社区；借还只登记楼号；报修没有回音的，组长打电话问。\n"
    "花钱不多，可以照着做。",
)
MECHANISM = "骑手友好城区建设联席会议（示例）"
RULES = (
    "每季度一次，由召集单位提前十个工作日征集议题；只议一个单位定不了的事。\n"
    "议定事项写明牵头单位和日期，会后三个工作日内下达；能打电话说清的不上会。"
)
MEMBERS = (
    ("housing", "小区通行和物业"),
    ("police", "道路通行和停车"),
    ("city-management", "驿站和充电设施的占道"),
    ("market", "平台企业"),
    ("trade-union", "骑手权益"),
)
PROBLEM = "两个小区的业主大会不同意骑手进门，请协调属地和平台企业一起商定投放点。"
AHEAD = 9  # working days to the mechanism's meeting


def hold_earlier(office: Office) -> None:
    """The smaller conference with what came of it: entered before the great one, which the board shows as the latest."""
    conference = _conference(office)
    lines = lay_down_lines(conference=conference, lines=LINES, by=_drafter(office), at=office.at(-40, 15))
    _share(office, conference)
    _goal_of_the_year(office, lines[2])
    _issued(office, conference, lines[0])
    _in_consultation(office, conference, lines[:2])


def follow_up(office: Office) -> None:
    """What is in hand after the great conference, whose tasks there are."""
    _instruct(office)
    _coordinate(office)


def _drafter(office: Office) -> Actor:
    return Actor(office.viewers["drafter"])


def _take(office: Office, matter: UUID, step: str, who: str, day: int, hour: int, **answers: Any) -> None:
    """`who`: a login, or the unit whose handler does it."""
    viewer = office.viewers[office.handlers.get(who, who)]
    engine.take(matters=[matter], step=step, by=Actor(viewer), at=office.at(day, hour), answers=answers)


def _draft(office: Office, line: Line, day: int, hour: int, **about: Any) -> Task:
    draft = TaskDraft(**about)
    at, sender = office.at(day, hour), office.units[SOCIAL_WORK]
    return draft_tasks(line=line, drafts=[draft], sender=sender, by=_drafter(office), at=at)[0]


def _conference(office: Office) -> Conference:
    return hold_conference(
        title=TITLE,
        title_en="Evening services and volunteering (sample)",
        kind="conference",
        held_on=office.schedule.day(-40),
        form="video",
        by=_drafter(office),
        at=office.at(-40, 14),
    )


def _share(office: Office, conference: Conference) -> None:
    """What the youth league told, kept as a case that others can reuse."""
    by, speaker = _drafter(office), office.units["youth-league"].name_zh
    text = f"{TITLE}召开。会议要求，{'；'.join(line.text for line in LINES)}。{speaker}作交流发言。"
    keep_report(
        conference=conference, facts=ReportFacts(text, text, speakers=[speaker]), by=by, at=office.at(-40, 16)
    )
    share_exchange(exchange=conference.exchanges.get(), draft=TOLD, by=by, at=office.at(-38, 10))


def _goal_of_the_year(office: Office, line: Line) -> None:
    """Drafted and issued on one day, whichever year that lies in."""
    drafted = office.schedule.day(-13)
    one = _draft(
        office,
        line,
        -13,
        9,
        title=f"{drafted.year}年独居老人走访",
        goal="每户每月至少走访一次；老人不愿意的不上门，改打电话。",
        due_on=dt.date(drafted.year, 12, 31),
        unit="civil-affairs",
        co_units=["youth-league"],
        targets=[("走访独居老人", 3200, "户")],
        year=drafted.year,
    )
    _take(office, one.pk, "issue", "deputy", -13, 11)
    _take(office, one.pk, "receive", "civil-affairs", -12, 9)
    _take(
        office,
        one.pk,
        "progress",
        "civil-affairs",
        -4,
        16,
        target=1,
        amount=2740,
        text="名单按社区核过一遍。",
    )


def _draw_up(office: Office, conference: Conference, title: str, day: int) -> Plan:
    sender = office.units[SOCIAL_WORK]
    return draw_up_plan(
        conference=conference, sender=sender, title=title, by=_drafter(office), at=office.at(day, 11)
    )


def _issued(office: Office, conference: Conference, line: Line) -> None:
    """The plan of what was clear at once: consulted on, signed, approved and issued."""
    one = _draft(
        office,
        line,
        -11,
        9,
        title="社区食堂晚餐供应到七点半",
        goal="每个街道先开一家；菜价贴在门口，剩饭不倒卖。",
        due_on=office.schedule.day(30),
        unit="civil-affairs",
        co_units=["market"],
        milestones=[("首批食堂名单", office.schedule.day(6))],
    )
    pk = _draw_up(office, conference, "夜间服务任务分解方案（第一批）", -11).pk
    _take(office, pk, "consult", "drafter", -11, 14)
    _take(office, pk, "agree", "civil-affairs", -10, 9)
    _take(office, pk, "agree", "market", -10, 10)
    _take(office, pk, "circulate", "drafter", -10, 15)
    _take(office, pk, "countersign", "civil-affairs", -9, 10, signature="signs")
    _take(office, pk, "submit", "drafter", -9, 15)
    _take(office, pk, "approve", "deputy", -8, 9, remark="同意。先开起来，再求全。")
    number = NUMBER.format(year=office.schedule.day(-8).year)
    _take(office, pk, "issue", "deputy", -8, 10, document_number=number)
    _take(office, one.pk, "receive", "civil-affairs", -7, 9)


def _in_consultation(office: Office, conference: Conference, lines: list[Line]) -> None:
    """The plan that units are being asked about: one agreed, one disputes its role, one is silent."""
    _draft(
        office,
        lines[0],
        -3,
        9,
        title="社区活动室晚上开门",
        goal="每周至少三晚开到九点，有人值守；谁都可以进，不登记身份证。",
        due_on=office.schedule.day(35),
        unit="civil-affairs",
        co_units=["youth-league"],
    )
    _draft(
        office,
        lines[1],
        -3,
        10,
        title="学校和公交站周边夜间照应",
        goal="九点以后下班、下晚自习的路上有灯、有人；缺灯的一周内补上。",
        due_on=office.schedule.day(25),
        unit="city-management",
    )
    pk = _draw_up(office, conference, "夜间服务任务分解方案（第二批）", -3).pk
    _take(office, pk, "consult", "drafter", -2, 9)
    _take(office, pk, "agree", "civil-affairs", -1, 10)
    answers = {
        "task": 1,
        "reason": "活动室值守是社区的岗位，志愿者只能帮忙，不能替班。",
        "instead": "trade-union",
    }
    _take(office, pk, "dispute", "youth-league", -1, 11, **answers)


def _instruct(office: Office) -> None:
    """A leader's instruction in hand, with what was scanned of it."""
    by, sender = _drafter(office), office.units[SOCIAL_WORK]
    about = {
        "title": "关于地下车库出口积水的情况反映（示例）",
        "document": "",
        "origin": "市政协社情民意信息（示例）",
        "received_on": office.schedule.day(-7),
        "purpose": "连续三场雨，两个小区地下车库出口积水，居民自己堆沙袋。",
        "secrecy": "internal",
    }
    one = register_instruction(sender=sender, answers=about, by=by, at=office.at(-7, 10))
    assert one.matter_id is not None
    at = office.at(-7, 11)
    keep_scans(conference=one, files=[scan(at)], secrecy="internal", by=by, at=at)
    _take(
        office, one.matter_id, "propose", "drafter", -7, 15, handling="拟请市委副书记（分管社会工作）阅示。"
    )
    given = {
        "post": "市委副书记（分管社会工作）",
        "held_on": office.schedule.day(-6),
        "text": "请水务局现场看一遍，雨季前把两处出口的挡水和排水办好，结果告诉居民。",
        "due_on": office.schedule.day(15),
    }
    _take(office, one.matter_id, "instruct", "drafter", -6, 10, **given)
    [line] = lay_down_lines(
        conference=one, lines=[LineDraft("两处车库出口的挡水和排水")], by=by, at=office.at(-6, 11)
    )
    about_task: dict[str, Any] = {
        "title": "两处地下车库出口防积水",
        "goal": "挡水设施到位，排水口清开；下一场雨到现场看，结果贴在小区门口。",
        "due_on": office.schedule.day(12),
        "unit": "water",
        "co_units": ["housing"],
    }
    task = _draft(office, line, -6, 14, **about_task)
    _take(office, task.pk, "issue", "deputy", -6, 16)
    _take(office, one.matter_id, "distribute", "deputy", -6, 17)
    _take(office, task.pk, "receive", "water", -5, 9)


def _coordinate(office: Office) -> None:
    """A mechanism, a problem that was raised to its convener, and its next meeting, whose agenda begins with that."""
    by, convener, day = _drafter(office), office.units[SOCIAL_WORK], office.schedule.day
    members = [(office.units[code], does) for code, does in MEMBERS]
    draft = MechanismDraft(MECHANISM, convener, RULES, members)
    mechanism = keep_mechanism(draft=draft, by=by, at=office.at(-30, 10))
    task = Task.objects.get(title="骑手友好小区试点")
    raised = {"text": PROBLEM, "unit": SOCIAL_WORK, "until": day(8)}
    _take(office, task.pk, "raise_problem", "housing", -4, 10, **raised)
    starts = office.at(AHEAD, 15)
    about = {
        "title": MECHANISM,
        "kind": "joint",
        "form": "onsite",
        "starts_at": starts,
        "ends_at": starts + dt.timedelta(hours=1),
        "chair_post": "市委社会工作部部长",
        "purpose": "议定骑手进小区的通行办法，逐条定牵头单位和日期。",
    }
    planned = plan_meeting(sender=convener, answers=about, by=by, at=office.at(-1, 15), mechanism=mechanism)
    draft_agenda(conference=planned, by=by, at=office.at(-1, 15))
