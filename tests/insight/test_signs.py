"""Signs for supervision (信访工作条例 40) and reports to check: found by rule, settled by a person alone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.ladder_world import served
from tests.cases.test_claim import at, claim
from tests.cases.test_oversight import NOTICE, assigned
from tests.factories import City, add_head, make_city, take
from yipanqi.cases.actions import Filed
from yipanqi.core.models import Move
from yipanqi.insight import signs

pytestmark = pytest.mark.django_db
OBJECTION = {"reason": "不归我们", "duty": "三定方案 3"}
REPORT = {"points": "1. 退\n2. 有", "report": "已办结"}


def found(city: City, day: str, login: str = "deputy") -> list[str]:
    return [one.rule for one in signs.signs(city.viewer(login), at(day)).signs]


def test_what_is_late_without_a_reason_is_a_sign_and_nothing_follows_by_itself() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    assert found(city, "2026-08-18") == []
    (one,) = signs.signs(city.viewer("deputy"), at("2026-08-20")).signs
    assert (one.rule, one.row.id, one.row.title) == ("late", filed.case.pk, None)
    assert "告知受理" in one.why
    assert "2 天" in one.why
    assert not Move.objects.filter(step="supervise").exists()
    for login in ("clerk", "insider", "colleague", "stranger"):
        assert found(city, "2026-08-20", login) == []


def test_whoever_asked_for_more_time_and_got_it_has_said_why() -> None:
    city = add_head(make_city())
    filed = claim(city, "2026-08-03", "handling")
    take(filed.case.pk, "request_extension", city.actor("insider"), at("2026-08-10"), reason="复杂", days=3)
    take(filed.case.pk, "approve_extension", city.actor("head"), at("2026-08-10"), notice="复杂")
    assert found(city, "2026-12-01") == []


def late_acceptance(city: City) -> Filed:
    filed = claim(city, "2026-08-03")
    take(filed.case.pk, "accept", city.actor("insider"), at("2026-08-25"), notice="受理")
    return filed


def refused_objection(city: City) -> Filed:
    filed = claim(city, "2026-08-03")
    take(filed.case.pk, "request_return", city.actor("insider"), at("2026-08-04"), **OBJECTION)
    take(filed.case.pk, "refuse_return", city.actor("clerk"), at("2026-08-05"), reason="归你们")
    take(filed.case.pk, "accept", city.actor("insider"), at("2026-08-05"), notice="受理")
    return filed


def two_gave_it_back(city: City) -> Filed:
    filed = claim(city, "2026-08-03")
    for login, unit in (("insider", "roads"), ("colleague", "schools")):
        take(filed.case.pk, "request_return", city.actor(login), at("2026-08-04"), **OBJECTION)
        take(filed.case.pk, "agree_return", city.actor("clerk"), at("2026-08-04"))
        take(filed.case.pk, "route", city.actor("clerk"), at("2026-08-04"), unit=unit)
    take(filed.case.pk, "accept", city.actor("stranger"), at("2026-08-04"), notice="受理")
    return filed


def no_report(city: City) -> Filed:
    filed = assigned(city, report_on="2026-08-20")
    take(filed.case.pk, "accept", city.actor("insider"), at("2026-08-04"), notice="受理")
    return filed


def no_answer_to_a_notice(city: City) -> Filed:
    filed = claim(city, "2026-08-03", "handling")
    given = NOTICE | {"rectify_on": "2026-08-20"}
    take(filed.case.pk, "supervise", city.actor("deputy"), at("2026-08-10"), **given)
    return filed


def nothing_carried_out(city: City) -> Filed:
    return served(city, "2026-07-01", outcome="supported")


WAYS = {
    "accepted_late": late_acceptance,
    "objected": refused_objection,
    "passed_around": two_gave_it_back,
    "not_reported": no_report,
    "not_rectified": no_answer_to_a_notice,
    "not_executed": nothing_carried_out,
}


@pytest.mark.parametrize("rule", WAYS)
def test_each_rule_finds_its_breach_until_a_person_settles_it(rule: str) -> None:
    city = make_city()
    filed = WAYS[rule](city)
    assert found(city, "2026-08-26") == [rule]
    take(
        filed.case.pk, "dismiss_candidate", city.actor("deputy"), at("2026-08-26"), rule=rule, reason="已核实"
    )
    assert found(city, "2026-08-27") == []


def test_a_sign_that_was_confirmed_is_gone_and_another_rules_stays() -> None:
    city = make_city()
    filed = late_acceptance(city)
    no_report(city)
    assert found(city, "2026-08-26") == ["not_reported", "accepted_late"]
    given = NOTICE | {"rule": "accepted_late", "rectify_on": "2026-09-10"}
    take(filed.case.pk, "supervise", city.actor("deputy"), at("2026-08-26"), **given)
    assert found(city, "2026-08-27") == ["not_reported"]


def test_a_dismissal_of_the_past_does_not_settle_what_comes_later() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    early = {"rule": "late", "reason": "还没有超期"}
    take(filed.case.pk, "dismiss_candidate", city.actor("deputy"), at("2026-08-10"), **early)
    assert found(city, "2026-08-20") == ["late"]


def test_a_dismissal_is_for_who_sends_claims_on_and_the_handler_reads_nothing_of_it() -> None:
    from yipanqi.cases.access import present
    from yipanqi.core.gate import Channel
    from yipanqi.core.models import Matter

    city = make_city()
    filed = claim(city, "2026-08-03")
    given = {"rule": "late", "reason": "已电话核实"}
    take(filed.case.pk, "dismiss_candidate", city.actor("deputy"), at("2026-08-20"), **given)
    matter = Matter.objects.get(pk=filed.case.pk)
    seen = {
        login: [
            event.step for event in present(matter, city.viewer(login), Channel.DESK, at("2026-08-21")).events
        ]
        for login in ("clerk", "insider")
    }
    assert "dismiss_candidate" in seen["clerk"]
    assert "dismiss_candidate" not in seen["insider"]


def test_a_report_waits_for_who_sends_claims_on_and_for_nobody_else() -> None:
    city = make_city()
    filed = assigned(city)
    assert signs.reports(city.viewer("clerk"), at("2026-08-20")) == []
    take(filed.case.pk, "report_back", city.actor("insider"), at("2026-08-20"), **REPORT)
    (row,) = signs.reports(city.viewer("clerk"), at("2026-08-20"))
    assert row.id == filed.case.pk
    for login in ("insider", "colleague", "stranger", "callback"):
        assert signs.reports(city.viewer(login), at("2026-08-20")) == []
    take(filed.case.pk, "accept_report", city.actor("clerk"), at("2026-08-21"))
    assert signs.reports(city.viewer("clerk"), at("2026-08-21")) == []


def test_as_many_statements_for_many_as_for_one() -> None:
    city = make_city()
    late_acceptance(city)
    counts = []
    for _more in range(2):
        viewer = city.viewer("deputy")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            signs.signs(viewer, at("2026-08-26"))
        counts.append(len(queries))
        for _again in range(3):
            late_acceptance(city)
    assert counts[0] == counts[1]


def test_there_is_an_end_to_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    city = make_city()
    for _one in range(3):
        late_acceptance(city)
    monkeypatch.setattr(signs, "MOST", 2)
    page = signs.signs(city.viewer("deputy"), at("2026-08-26"))
    assert len(page.signs) == 2


def test_what_is_older_than_a_year_is_no_sign() -> None:
    city = make_city()
    claim(city, "2026-01-05")
    assert found(city, "2026-03-01") == ["late"]
    assert signs.signs(city.viewer("deputy"), at("2026-03-01") + dt.timedelta(days=400)).signs == []
