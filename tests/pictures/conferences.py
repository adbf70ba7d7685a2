"""The planned conferences and the instructions of the pictures, made by the product's own actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from yipanqi.core import engine
from yipanqi.core.gate import Actor
from yipanqi.core.models import Matter
from yipanqi.meetings.actions import LineDraft, TaskDraft, draft_tasks, lay_down_lines
from yipanqi.meetings.exchange_models import Exchange
from yipanqi.meetings.exchanges import ExchangeDraft, share_exchange
from yipanqi.meetings.instruction_actions import register_instruction
from yipanqi.meetings.mechanism_models import Mechanism
from yipanqi.meetings.mechanisms import MechanismDraft, keep_mechanism
from yipanqi.meetings.meeting_actions import plan_meeting
from yipanqi.meetings.models import Conference
from yipanqi.meetings.plan_actions import draw_up_plan
from yipanqi.meetings.plan_models import Plan
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
from yipanqi.organisations.access import viewer_of
from yipanqi.organisations.models import Unit
from yipanqi.people.models import Account

AGENDA = [
    ItemDraft("传达学习上级会议精神", 15, "市委社会工作部"),
    ItemDraft("交流发言：新就业群体服务", 10, "历下区人民政府"),
    ItemDraft("讲话", 70, "分管副书记", main=True),
]


def plan_two() -> dict[str, Conference]:
    """One that is being prepared, and one that was convened and to which one unit has replied."""
    return {"next": _plan("基层治理工作推进会", 40), "convened": _convened()}


def _actor(login: str) -> Actor:
    return Actor(viewer_of(Account.objects.get(login=login), timezone.now()))


def _plan(title: str, ahead: int) -> Conference:
    day, by, now = timezone.localdate() + dt.timedelta(days=ahead), _actor("drafter"), timezone.now()
    sender, handling = (Unit.objects.get(code=code) for code in ("social-work", "city-management"))
    about = {
        "title": title,
        "kind": "conference",
        "form": "video",
        "plan_number": f"{day.year}-{ahead:02d}",
        "starts_at": f"{day}T09:00",
        "ends_at": f"{day}T11:30",
        "chair_post": "市委副秘书长",
        "purpose": "部署下一年社会工作，交流新就业群体服务的做法。",
    }
    one = plan_meeting(sender=sender, answers=about, by=by, at=now)
    acting = {"conference": one, "by": by, "at": now}
    set_agenda(items=AGENDA, **acting)  # type: ignore[arg-type]
    for draft in (
        VenueDraft(sender, "市级机关会议中心一楼", keeper="会务岗", heads=60, main=True),
        VenueDraft(handling, "三楼视频会议室", "https://video.example/rooms/7001", "综合科会务岗", 20),
    ):
        lay_out_venue(draft=draft, **acting)  # type: ignore[arg-type]
    for rule in (
        Rule("分管负责同志", "attend", kind="district"),
        Rule("主要负责同志", "attend", kind="party_department", under=sender),
        Rule("主要负责同志", "observe", named=[handling]),
    ):
        invite(rule=rule, **acting)  # type: ignore[arg-type]
    add_paper(title="关于加强新就业群体服务的意见", characters=6200, secrecy="internal", **acting)  # type: ignore[arg-type]
    return one


def _convened() -> Conference:
    one, now = _plan("全市社会工作会议", 20), timezone.now()
    note_test_call(conference=one, venue=2, by=_actor("drafter"), at=now)
    reply_by = timezone.localdate() + dt.timedelta(days=10)
    assert one.matter_id is not None
    engine.take(
        matters=[one.matter_id], step="convene", by=_actor("deputy"), at=now, answers={"reply_by": reply_by, "checked": True}
    )  # fmt: skip
    return one


def decompose(conference: Conference) -> Plan:
    """A plan of some drafted tasks; one lead disputes its role, the others are silent yet."""
    by, now = _actor("drafter"), timezone.now()
    sender = Unit.objects.get(code="social-work")
    due_on = timezone.localdate() + dt.timedelta(days=60)
    lines = conference.lines.filter(principle=False).order_by("number")[:3]
    for line, title, lead, helps in zip(
        lines,
        ("建立楼道照明巡查机制", "梳理基层事项准入清单", "新就业群体服务站点全覆盖"),
        ("city-management", "civil-affairs", "city-management"),
        (["civil-affairs"], ["city-management", "housing"], []),
        strict=False,
    ):
        draft = TaskDraft(title, "按季度完成，年底全覆盖。", due_on, lead, helps)
        draft_tasks(line=line, drafts=[draft], sender=sender, by=by, at=now)
    plan = draw_up_plan(
        conference=conference, sender=sender, title="全市社会工作会议任务分解方案", by=by, at=now
    )
    engine.take(matters=[plan.pk], step="consult", by=by, at=now)
    told = {"task": "1", "reason": "楼道照明属于物业管理，不在我局职责之内。", "instead": "social-work"}
    engine.take(matters=[plan.pk], step="dispute", by=_actor("handler"), at=now, answers=told)
    return plan


def instruct() -> Conference:
    """A leader's instruction with a requirement and its task, given and not distributed; and one registered before it."""
    by, now, today = _actor("drafter"), timezone.now(), timezone.localdate()
    sender = Unit.objects.get(code="social-work")
    about = {
        "document": "示例发〔2026〕12号",
        "origin": "示例区人民政府",
        "received_on": str(today),
        "purpose": "请示在快递网点集中的三条街增设歇脚点，所需场地由沿街单位提供。",
        "secrecy": "internal",
    }
    for title in ("关于路口盲道的报告", "关于增设歇脚点的请示"):
        one = register_instruction(sender=sender, answers=about | {"title": title}, by=by, at=now)
    given: dict[str, object] = {
        "post": "市委副书记",
        "held_on": str(today),
        "text": "请城管局牵头，年底前在三条街各建一处。请社会工作部跟踪落实。",
        "due_on": str(today + dt.timedelta(days=30)),
    }
    steps: list[tuple[str, Mapping[str, object]]] = [
        ("propose", {"handling": "拟请市委副书记阅示，请城管局、社会工作部会办。"}),
        ("instruct", given),
    ]
    assert one.matter_id is not None
    for step, answers in steps:
        engine.take(matters=[one.matter_id], step=step, by=by, at=now, answers=answers)
    asked = ("年底前在三条街各建一处", "请社会工作部跟踪落实")
    lines = lay_down_lines(conference=one, lines=[LineDraft(each) for each in asked], by=by, at=now)
    due, lead = today + dt.timedelta(days=25), Unit.objects.get(code="city-management")
    draft = TaskDraft("建三处歇脚点", "三条街各一处，有座椅、饮水和充电。", due, lead)
    draft_tasks(line=lines[0], drafts=[draft], sender=sender, by=by, at=now)
    return one


def coordinate(task: Matter) -> Mechanism:
    """A coordination mechanism; the lead of a task that is worked on has raised a problem to its convener."""
    now, units = timezone.now(), Unit.objects.filter(valid_to__isnull=True)
    convener, lead = units.get(code="social-work"), task.parts.get(role="lead", until__isnull=True).unit
    draft = MechanismDraft(
        "新就业群体服务联席会议",
        convener,
        "每季度开一次，由召集单位主持；议定的事写进纪要，各成员单位照办。",
        [
            (lead, "歇脚点用地"),
            (units.exclude(pk__in=[convener.pk, lead.pk]).filter(kind="district").first() or lead, ""),
        ],
    )
    one = keep_mechanism(draft=draft, by=_actor("drafter"), at=now)
    worker = _actor("handler") if lead.code == "city-management" else None
    if worker is not None:
        until = str(timezone.localdate() + dt.timedelta(days=1))
        asked = {"text": "沿街单位不让用地，请协调。", "unit": convener.code, "until": until}
        engine.take(matters=[task.pk], step="raise_problem", by=worker, at=now, answers=asked)
    return one


def share(conference: Conference) -> Exchange:
    """What a unit told at a conference, cleared for sharing."""
    told = conference.exchanges.order_by("number").first()
    told = told or conference.exchanges.create(number=1, speaker="示例街道")
    text = "把歇脚点建在网点旁边：街道出场地，企业出设备，骑手自己管。\n三个月建了五处，每处每天有近百人次。"
    draft = ExchangeDraft("歇脚点怎样建得快、管得住", "新就业群体", text)
    return share_exchange(exchange=told, draft=draft, by=_actor("drafter"), at=timezone.now())
