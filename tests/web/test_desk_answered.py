"""A step that answers what others said shows it above its form: on a phone the timeline is screens away."""

from __future__ import annotations

import pytest

from tests.factories import City, add_head, bring_to, file, make_city, submitter, take
from tests.web.desk_helpers import NOW, page_of
from yipanqi.cases.actions import Filed

pytestmark = pytest.mark.django_db


@pytest.fixture
def assigned() -> tuple[City, Filed]:
    city = add_head(make_city())
    filed = file(city, at=NOW, kind="claim")
    bring_to(city, filed, "registered", NOW)
    asked = {"unit": "lamps", "demands": "退还了多少\n2. 以后怎样避免", "report_on": "2026-12-15"}
    take(filed.case.pk, "assign", city.actor("clerk"), NOW, **asked)
    take(filed.case.pk, "accept", city.actor("insider"), NOW, notice="已受理。")
    return city, filed


def card(city: City, filed: Filed, login: str, step: str) -> str:
    page = page_of(city, login, filed.case.pk)
    return page.split(f'id="step-{step}"')[1].split("<form", maxsplit=1)[0]


def test_the_demands_stand_above_the_report_and_the_report_above_its_check(
    assigned: tuple[City, Filed],
) -> None:
    city, filed = assigned
    assert "以后怎样避免" in card(city, filed, "insider", "report_back")
    report = {"points": "1. 退还三百元。\n2. 张贴收费表。", "report": "已全部办结。"}
    take(filed.case.pk, "report_back", city.actor("insider"), NOW, **report)
    for step in ("accept_report", "return_report"):
        shown = card(city, filed, "clerk", step)
        assert "以后怎样避免" in shown
        assert "张贴收费表" in shown
    take(filed.case.pk, "return_report", city.actor("clerk"), NOW, unanswered="2", points="何时张贴")
    again = card(city, filed, "insider", "report_back")
    assert "何时张贴" in again
    assert "张贴收费表" not in again, "what one said oneself is not said again"


def test_a_request_for_recusal_stands_above_its_decision(assigned: tuple[City, Filed]) -> None:
    city, filed = assigned
    take(filed.case.pk, "ask_recusal", submitter(filed), NOW, reason="经办人是对方的亲戚")
    assert "经办人是对方的亲戚" in card(city, filed, "head", "grant_recusal")


def test_a_step_of_the_work_itself_repeats_nothing(assigned: tuple[City, Filed]) -> None:
    city, filed = assigned
    assert "以后怎样避免" not in card(city, filed, "insider", "answer")


def test_what_units_say_among_themselves_offers_no_look_at_what_the_submitter_reads(
    assigned: tuple[City, Filed],
) -> None:
    city, filed = assigned
    forms = page_of(city, "insider", filed.case.pk).split('<details class="step')
    offered = {form.split('id="step-')[1].split('"')[0]: "看本人会看到的样子" in form for form in forms[1:]}
    assert offered["answer"]
    assert not offered["report_back"]
    assert not offered["mark_urgent"]
