"""One task from the requirement to its closing, and what can go wrong on the way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from tests.factories import make_city, take
from tests.meetings.world import DUE, MONDAY, bring, days, lines, task
from yipanqi.core import terms
from yipanqi.core.errors import Conflict, NotAllowed, Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter, Term
from yipanqi.meetings.access import present
from yipanqi.meetings.actions import LineDraft, TaskDraft, draft_tasks, lay_down_lines
from yipanqi.meetings.models import Line, Milestone, Task
from yipanqi.organisations.models import Part
from yipanqi.organisations.parts import set_part

pytestmark = pytest.mark.django_db


def term(one: Task, code: str) -> Term:
    return Term.objects.filter(matter=one.pk, code=code).latest("id")


def test_a_task_goes_from_the_requirement_to_closed() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    insider, deputy = city.actor("insider"), city.actor("deputy")
    drafted = Matter.objects.get(pk=one.pk)
    assert (drafted.state, drafted.holder, drafted.due_at) == ("drafted", city.units["socialwork"].pk, None)

    issued = take(one.pk, "issue", deputy, MONDAY)
    assert (issued.state, issued.holder) == ("issued", city.units["lamps"].pk)
    assert (term(one, "receipt").due_effective, term(one, "work").due_effective) == (
        dt.date(2026, 11, 25),
        DUE,
    )

    received = take(one.pk, "receive", insider, MONDAY + days(1))
    assert term(one, "receipt").state == Term.MET
    assert received.due_at == term(one, "work").due_at

    take(one.pk, "progress", insider, MONDAY + days(10), milestone="1")
    take(one.pk, "contribute", city.actor("colleague"), MONDAY + days(11), text="已协调占道。")
    closing = take(one.pk, "apply_to_close", insider, MONDAY + days(20), text="已更换。")
    assert (closing.holder, term(one, "work").state) == (city.units["socialwork"].pk, Term.PAUSED)
    assert closing.due_at == term(one, "check").due_at

    closed = take(one.pk, "close", deputy, MONDAY + days(21), text="现场看过。")
    assert (closed.state, closed.open, closed.holder) == ("closed", False, None)
    assert {t.code: t.state for t in Term.objects.filter(matter=one.pk)} == {
        "receipt": "met", "work": "met", "check": "met"
    }  # fmt: skip
    assert list(Milestone.objects.filter(task=one).order_by("number").values_list("number", "done_at")) == [
        (1, MONDAY + days(10)),
        (2, None),
    ]


def test_what_everyone_sees_of_a_task_stands_on_one_page() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    bring(city, one, "working", MONDAY)
    matter = take(
        one.pk, "progress", city.actor("insider"), MONDAY + days(1), milestone=1, text="摸清三百零二盏。"
    )
    view = present(matter, city.viewer("insider"), Channel.DESK, MONDAY + days(1))
    assert (view.number, view.unit, view.progress) == (
        "H" + str(one.line.conference_id) + "-01-01",
        "示例路灯处",
        (1, 2),
    )
    assert [step.name for step in view.steps] == [
        "progress", "apply_to_close", "raise_problem", "release_co_unit", "request_extension", "note"
    ]  # fmt: skip
    assert [e.step for e in view.events] == ["draft", "issue", "receive", "progress"]
    assert ("牵头单位", "示例路灯处") in view.events[0].facts
    # The ledger keeps the node by the name it had, so it can be read without the table of milestones.
    assert view.events[-1].facts == [("完成的节点", "1. 摸底"), ("进展", "摸清三百零二盏。")]
    assert [due.label for due in view.dues] == ["完成"]
    assert {(p.role, p.unit) for p in view.parts} == {
        ("sender", "示例社会工作部"), ("lead", "示例路灯处"), ("co", "示例道路处")
    }  # fmt: skip
    with translation.override("en"):
        english = present(matter, city.viewer("insider"), Channel.DESK, MONDAY + days(1))
    assert english.state == "being worked on"
    assert english.events[-1].facts[0][0] == "Milestone done"


def test_a_closing_that_is_sent_back_goes_on_to_the_same_date() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    bring(city, one, "closing", MONDAY + days(7))
    back = take(one.pk, "send_back", city.actor("deputy"), MONDAY + days(9), reason="还差二十盏。")
    work = term(one, "work")
    assert (back.state, work.state, work.due_effective, work.due_at) == (
        "working",
        Term.RUNNING,
        DUE,
        back.due_at,
    )
    assert term(one, "check").state == Term.MET
    assert any("暂停不改变这个日期" in line for line in terms.explain(work))
    take(one.pk, "apply_to_close", city.actor("insider"), MONDAY + days(12), text="补齐了。")
    take(one.pk, "close", city.actor("deputy"), MONDAY + days(13))
    assert term(one, "work").state == Term.MET


def test_the_check_is_nobodys_time_but_the_date_stays() -> None:
    """Applied for on the last day and closed a week later: in time. Applied for a day late: late, whoever checks."""
    city = make_city()
    line = lines(city)[0]
    last_day = dt.datetime(2026, 12, 18, 10, tzinfo=dt.UTC)
    punctual, late = task(city, line), task(city, line)
    for one, moment in ((punctual, last_day), (late, last_day + days(1))):
        bring(city, one, "working", MONDAY)
        take(one.pk, "apply_to_close", city.actor("insider"), moment, text="完成。")
        assert term(one, "work").due_effective is None
        assert "现在暂停计时；恢复后仍到这一天为止" in "".join(terms.explain(term(one, "work")))
        take(one.pk, "close", city.actor("deputy"), last_day + days(7))
    assert (term(punctual, "work").state, term(punctual, "work").late) == (Term.MET, False)
    assert (term(late, "work").state, term(late, "work").late) == (Term.LAPSED, True)


def test_a_date_of_its_own_is_never_provisional() -> None:
    """2027 has no notice yet; the date of a task was laid down and no notice will move it."""
    city = make_city()
    one = task(city, lines(city)[0], due_on=dt.date(2027, 3, 1), milestones=[])
    bring(city, one, "issued", MONDAY)
    work = term(one, "work")
    assert (work.due_effective, work.provisional) == (dt.date(2027, 3, 1), False)


def test_receipt_that_is_late_stays_late_and_moves_no_other_date() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    bring(city, one, "issued", MONDAY)
    take(one.pk, "receive", city.actor("insider"), MONDAY + days(3))
    assert (term(one, "receipt").state, term(one, "receipt").late) == (Term.LAPSED, True)
    assert term(one, "work").due_effective == DUE


def test_a_task_has_one_lead_unit() -> None:
    city = make_city()
    one = task(city, lines(city)[0], co_units=["roads", "lamps", "roads"])
    assert sorted(Part.objects.filter(matter=one.pk).values_list("role", "unit__code")) == [
        ("co", "roads"), ("lead", "lamps"), ("sender", "socialwork")
    ]  # fmt: skip
    with pytest.raises(IntegrityError, match="one_lead_unit_and_one_sender"), transaction.atomic():
        set_part(matter=one.matter, unit=city.units["roads"], role="lead", at=MONDAY)


def test_a_principle_takes_no_task() -> None:
    city = make_city()
    principle, requirement = lines(city, "*牢固树立全局观念", "改进路灯维修")
    with pytest.raises(Refused, match="原则性要求"):
        task(city, principle)
    assert not Task.objects.exists()
    one = task(city, requirement)
    # Nor may a requirement with tasks become one, nor a task move under one: the database refuses both.
    with pytest.raises(IntegrityError, match="a_task_stands_under_no_principle"), transaction.atomic():
        Line.objects.filter(pk=requirement.pk).update(principle=True)
    with pytest.raises(IntegrityError, match="a_task_stands_under_no_principle"), transaction.atomic():
        Task.objects.filter(pk=one.pk).update(line=principle)
    with pytest.raises(IntegrityError, match="a_principle_takes_no_task"), transaction.atomic():
        Task.objects.filter(pk=one.pk).update(line=principle, principle=True)


def test_progress_is_a_milestone_or_a_sentence_and_never_a_percentage() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    bring(city, one, "working", MONDAY)
    insider = city.actor("insider")
    with pytest.raises(Refused) as nothing:
        take(one.pk, "progress", insider, MONDAY)
    assert set(nothing.value.fields) == {"text"}
    with pytest.raises(Refused, match="不需要"):
        take(one.pk, "progress", insider, MONDAY, percent="60", text="六成")
    for wrong in ("3", "0", "-1", "x", "²"):
        with pytest.raises(Refused) as unknown:
            take(one.pk, "progress", insider, MONDAY, milestone=wrong)
        assert set(unknown.value.fields) == {"milestone"}
    take(one.pk, "progress", insider, MONDAY, milestone="2")
    with pytest.raises(Refused, match="已经完成"):
        take(one.pk, "progress", insider, MONDAY, milestone="2")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"goal": " "}, "goal"),
        ({"unit": "nobody"}, "unit"),
        ({"co_units": ["nobody"]}, "co_units"),
        ({"due_on": "soon"}, "due_on"),
        ({"due_on": dt.date(2026, 11, 22)}, "due_on"),
        ({"milestones": [("太晚", dt.date(2026, 12, 19))]}, "milestones"),
        ({"milestones": [("", dt.date(2026, 12, 1))]}, "milestones"),
        ({"milestones": [("节点", dt.date(2026, 12, 1))] * 31}, "milestones"),
    ],
)
def test_a_draft_says_which_answer_is_wrong(change: dict[str, Any], field: str) -> None:
    city = make_city()
    with pytest.raises(Refused) as refused:
        task(city, lines(city)[0], **change)
    assert set(refused.value.fields) == {field}
    assert not Matter.objects.exists()


def test_a_batch_of_drafts_is_all_or_none() -> None:
    city = make_city()
    line = lines(city)[0]
    good = TaskDraft("甲", "目标", DUE, "lamps")
    bad = TaskDraft("乙", "目标", DUE, "nobody")
    sender, deputy = city.units["socialwork"], city.actor("deputy")
    with pytest.raises(Refused):
        draft_tasks(line=line, drafts=[good, bad], sender=sender, by=deputy, at=MONDAY)
    assert not Task.objects.exists()
    drafted = draft_tasks(line=line, drafts=[good, good], sender=sender, by=deputy, at=MONDAY)
    assert [one.number[-5:] for one in drafted] == ["01-01", "01-02"]


def test_nobody_drafts_for_a_unit_that_is_not_theirs() -> None:
    city = make_city()
    line = lines(city)[0]
    draft = TaskDraft("甲", "目标", DUE, "lamps")
    for login in ("insider", "clerk", "sysadmin"):
        with pytest.raises(NotAllowed):
            draft_tasks(
                line=line, drafts=[draft], sender=city.units["socialwork"], by=city.actor(login), at=MONDAY
            )
        with pytest.raises(NotAllowed):
            lay_down_lines(
                conference=line.conference, lines=[LineDraft("甲")], by=city.actor(login), at=MONDAY
            )


def test_a_draft_that_outlived_its_date_is_not_issued() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    with pytest.raises(Refused, match="完成日期已过"):
        take(one.pk, "issue", city.actor("deputy"), MONDAY + days(40))
    assert take(one.pk, "drop", city.actor("deputy"), MONDAY + days(40), reason="已过期。").state == "dropped"


def test_a_task_in_one_state_takes_no_step_of_another() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    with pytest.raises(Conflict):
        take(one.pk, "close", city.actor("deputy"), MONDAY)
    bring(city, one, "closed", MONDAY)
    with pytest.raises(Conflict):
        take(one.pk, "drop", city.actor("deputy"), MONDAY, reason="不要了")
    with pytest.raises(Conflict):
        take(one.pk, "progress", city.actor("insider"), MONDAY, text="还在做")
