"""Lights of tasks, day by day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from yipanqi.core.counting import end_of
from yipanqi.core.models import Matter
from yipanqi.meetings.lights import light_of
from yipanqi.meetings.models import Milestone, Task
from yipanqi.organisations.models import Part, Unit

BEGUN, DUE = dt.date(2026, 11, 2), dt.date(2026, 12, 2)


def light(
    today: str,
    *,
    state: str = "working",
    due: dt.date | None = DUE,
    nodes: tuple[tuple[str, bool], ...] = (),
    deferred: bool = False,
    problem: bool = False,
) -> tuple[str, str]:
    """The light on a day; `nodes` are (due, done) of the milestones."""
    is_open = state not in ("closed", "dropped")
    matter = Matter(state=state, open=is_open, due_at=end_of(due) if due and is_open else None)
    moment = dt.datetime.fromisoformat(f"{today}T09:00+08:00")
    milestones = [
        Milestone(title=f"节点{n}", due_on=dt.date.fromisoformat(day), done_at=moment if done else None)
        for n, (day, done) in enumerate(nodes, start=1)
    ]
    task = Task(due_on=DUE, issued_on=BEGUN, deferred_from=BEGUN if deferred else None)
    part = Part(unit=Unit(name_zh="示例道路处", name_en="Roads"), role="co") if problem else None
    found = light_of(task, matter, milestones, moment, part)
    return found.colour, found.why


@pytest.mark.parametrize(
    ("today", "given", "colour", "why"),
    [
        pytest.param("2026-11-10", {}, "green", "正常推进", id="on track"),
        pytest.param("2026-11-24", {}, "green", "正常推进", id="eight days off"),
        pytest.param("2026-11-25", {}, "yellow", "还有 7 天到期，进度偏慢", id="seven days off and nothing tells how far"),
        pytest.param("2026-11-25", {"nodes": (("2026-11-20", True), ("2026-12-01", False))}, "yellow", "还有 7 天到期，进度偏慢", id="half done after three quarters of the time"),
        pytest.param("2026-11-25", {"nodes": (("2026-11-20", True),)}, "green", "正常推进", id="all done"),
        pytest.param("2026-11-10", {"nodes": (("2026-11-09", False),)}, "yellow", "节点“节点1”已过期", id="a late node long before the date"),
        pytest.param("2026-11-10", {"nodes": (("2026-11-10", False),)}, "green", "正常推进", id="a node due today is not late"),
        pytest.param("2026-12-02", {}, "yellow", "今天到期，还没有申请办结", id="the last day"),
        pytest.param("2026-12-03", {}, "red", "超期 1 天", id="the day after"),
        pytest.param("2026-12-05", {"nodes": (("2026-11-09", False),)}, "red", "超期 3 天", id="late outweighs a late node"),
        pytest.param("2026-11-06", {"state": "issued", "due": dt.date(2026, 11, 4)}, "red", "超期 2 天未签收", id="late receipt"),
        pytest.param("2026-11-03", {"state": "issued", "due": dt.date(2026, 11, 4)}, "green", "等待签收", id="waits for receipt"),
        pytest.param("2026-12-04", {"state": "closing", "due": dt.date(2026, 12, 9)}, "green", "已申请办结，等待核查", id="the check does not make it late"),
        pytest.param("2026-12-10", {"state": "closing", "due": dt.date(2026, 12, 9)}, "red", "核查超期 1 天", id="the check itself is late"),
        pytest.param("2026-12-10", {"state": "drafted", "due": None}, "grey", "还没有下达", id="drafted"),
        pytest.param("2026-12-10", {"state": "dropped"}, "grey", "已撤销", id="dropped"),
        pytest.param("2026-11-10", {"deferred": True}, "grey", "已批准延期", id="put off"),
        pytest.param("2026-12-03", {"deferred": True}, "red", "超期 1 天", id="put off and late all the same"),
        pytest.param("2026-11-25", {"deferred": True}, "yellow", "还有 7 天到期，进度偏慢", id="put off and slow"),
        pytest.param("2026-11-10", {"deferred": True, "state": "closing"}, "green", "已申请办结，等待核查", id="put off and applied for"),
        pytest.param("2026-11-10", {"problem": True}, "yellow", "需协调：示例道路处", id="held up by a problem"),
        pytest.param("2026-11-10", {"problem": True, "deferred": True}, "yellow", "需协调：示例道路处", id="put off and held up"),
        pytest.param("2026-11-10", {"problem": True, "nodes": (("2026-11-09", False),)}, "yellow", "节点“节点1”已过期", id="a late node outweighs a problem"),
        pytest.param("2026-12-03", {"problem": True}, "red", "超期 1 天", id="late outweighs a problem"),
        pytest.param("2026-12-10", {"state": "closed"}, "blue", "已销号", id="closed"),
    ],
)  # fmt: skip
def test_a_light_says_what_the_day_says(today: str, given: dict[str, object], colour: str, why: str) -> None:
    assert light(today, **given) == (colour, why)  # type: ignore[arg-type]


def test_a_light_gives_its_reason_in_english_too() -> None:
    with translation.override("en"):
        assert light("2026-12-03") == ("red", "1 day late")
        assert light("2026-12-04") == ("red", "2 days late")
        assert light("2026-11-10", nodes=(("2026-11-09", False),))[1] == 'Milestone "节点1" is late'
