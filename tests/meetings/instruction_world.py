"""What the tests of leaders' instructions begin with: one of the small city, registered by the social work department."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.factories import City, take
from tests.meetings.world import MONDAY, bring, task
from yipanqi.core.models import Matter
from yipanqi.meetings.actions import LineDraft, lay_down_lines
from yipanqi.meetings.instruction_actions import register_instruction
from yipanqi.meetings.models import Conference, Task

ABOUT: dict[str, Any] = {
    "title": "关于路灯的示例请示",
    "document": "示例发〔2026〕3号",
    "origin": "示例局",
    "received_on": "2026-11-20",
    "purpose": "请示更换三百盏老旧路灯。",
    "secrecy": "internal",
}
GIVEN: dict[str, Any] = {
    "post": "示例副书记",
    "held_on": "2026-11-22",
    "text": "请城管局牵头，年底前更换老旧路灯。",
    "due_on": "2026-12-25",
}
WAY: list[tuple[str, str, dict[str, Any]]] = [
    ("proposed", "propose", {"handling": "拟请示例副书记阅示。"}),
    ("instructed", "instruct", GIVEN),
    ("distributed", "distribute", {}),
    ("reported", "report_back", {"answer": "已更换三百盏。"}),
    ("read", "submit_for_reading", {"read_on": "2026-11-23"}),
]


def instruction(city: City, **change: Any) -> Conference:
    """A registered document that goes to a leader."""
    at = change.pop("at", MONDAY)
    return register_instruction(
        sender=city.units["socialwork"], answers=ABOUT | change, by=city.actor("deputy"), at=at
    )


def hand_out(city: City, one: Conference, at: dt.datetime = MONDAY) -> Task:
    """One requirement of an instruction, with a task that is issued."""
    [line] = lay_down_lines(conference=one, lines=[LineDraft("更换老旧路灯")], by=city.actor("deputy"), at=at)
    given = task(city, line, at=at)
    bring(city, given, "issued", at)
    return given


def advance_instruction(city: City, one: Conference, state: str, at: dt.datetime = MONDAY) -> Matter:
    """Bring a registered instruction to a state of the usual way; or voided."""
    deputy = city.actor("deputy")
    assert one.matter_id is not None
    matter = Matter.objects.get(pk=one.matter_id)
    if state == "voided":
        return take(matter.pk, "void", deputy, at, reason="登记错了")
    for target, step, answers in WAY:
        if matter.state == state:
            break
        if target == "distributed":
            hand_out(city, one, at)
        matter = take(matter.pk, step, deputy, at, **answers)
        assert matter.state == target
    return matter
