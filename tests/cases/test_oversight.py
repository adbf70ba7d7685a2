"""Giving a claim out and watching over it (信访工作条例 19, 22 to 25, 38, 40): assigned, reported, supervised, disputed, urgent."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from tests.cases.test_claim import at, claim, dates, term
from tests.factories import DAY, City, bring_to, file, make_city, submitter, take
from yipanqi.cases.access import present
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Case
from yipanqi.core.errors import Conflict, NotAllowed, Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Limit, Matter, Term
from yipanqi.insight import approvals
from yipanqi.notices import queries as notices
from yipanqi.notices.actions import tell
from yipanqi.notices.models import Message
from yipanqi.organisations.actions import UnitRow, add_units
from yipanqi.organisations.models import Part, Unit
from yipanqi.organisations.timeline import documents, history_of

pytestmark = pytest.mark.django_db

DEMANDS = "退还了多少\n2. 以后怎样避免"


def assigned(city: City, day: str = "2026-08-03", **more: object) -> Filed:
    filed = file(city, at=at(day), kind="claim")
    bring_to(city, filed, "registered", at(day))
    asked = {"unit": "lamps", "co_units": ["roads"], "demands": DEMANDS, "report_on": "2026-09-15"} | more
    take(filed.case.pk, "assign", city.actor("clerk"), at(day), **asked)
    return filed


def refused(filed: Filed, step: str, city: City, login: str, day: str, **answers: object) -> set[str]:
    """The fields for which the step is refused; nothing has happened."""
    with pytest.raises(Refused) as refusal, transaction.atomic():
        take(filed.case.pk, step, city.actor(login), at(day), **answers)
    return set(refusal.value.fields)


def named(filed: Filed, kind: str, *, public: bool = False) -> list[str]:
    found = documents(history_of(Matter.objects.get(pk=filed.case.pk)), public=public)
    return [d.text for d in found if d.kind == kind]


# --- assigned with a report back -------------------------------------------------------------------------------------


def test_an_assignment_has_a_date_of_its_own_beside_the_limits_of_the_law() -> None:
    filed = assigned(make_city())
    assert dates(filed, "report") == ("2026-09-15", "2026-09-15")
    assert dates(filed, "accept")[0] == "2026-08-18"
    assert dates(filed, "object")[1] == "2026-08-10"
    (letter,) = named(filed, "assign")
    assert "1. 退还了多少\n2. 以后怎样避免" in letter
    assert "2026年9月15日" in letter


def test_forwarding_wants_no_report() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    assert not Term.objects.filter(matter=filed.case.pk, code="report").exists()
    with pytest.raises(Refused, match="没有要反馈"), transaction.atomic():
        take(
            filed.case.pk, "report_back", city.actor("insider"), at("2026-08-04"), points="1. 有", report="完"
        )


@pytest.mark.parametrize(
    ("field", "value"),
    [("demands", " \n1. "), ("report_on", "2026-08-03"), ("demands", "\n".join("甲" * 21))],
)
def test_an_assignment_says_what_is_wanted_and_by_a_day_to_come(field: str, value: str) -> None:
    city = make_city()
    filed = claim(city, "2026-08-03", "registered")
    asked = {"unit": "lamps", "demands": DEMANDS, "report_on": "2026-09-15"} | {field: value}
    assert refused(filed, "assign", city, "clerk", "2026-08-03", **asked) == {field}


def test_a_report_answers_each_demand_and_is_returned_with_points_until_it_does() -> None:
    city = make_city()
    filed = assigned(city)
    take(filed.case.pk, "accept", city.actor("insider"), at("2026-08-05"), notice="已受理")
    report = {"points": "1. 退还五十元", "report": "已办结"}
    assert refused(filed, "report_back", city, "insider", "2026-09-01", **report) == {"points"}
    report["points"] += "\n2、建立核对制度\n并公示"
    take(filed.case.pk, "report_back", city.actor("insider"), at("2026-09-01"), **report)
    assert term(filed, "report").state == Term.PAUSED
    assert term(filed, "answer").state == Term.RUNNING
    wrong = {"unanswered": "3", "points": "没写金额"}
    assert refused(filed, "return_report", city, "clerk", "2026-09-02", **wrong) == {"unanswered"}
    take(
        filed.case.pk,
        "return_report",
        city.actor("clerk"),
        at("2026-09-02"),
        unanswered="第2条",
        points="写制度",
    )
    assert dates(filed, "report")[1] == "2026-09-15"
    assert term(filed, "report").state == Term.RUNNING
    take(filed.case.pk, "report_back", city.actor("insider"), at("2026-09-14"), **report)
    take(filed.case.pk, "accept_report", city.actor("clerk"), at("2026-09-20"))
    # Judged by the day on which it was reported, not by the day on which somebody looked at it.
    assert (term(filed, "report").state, term(filed, "report").late) == (Term.MET, False)


def test_a_report_that_comes_late_is_late() -> None:
    city = make_city()
    filed = assigned(city)
    report = {"points": "1. 退\n2. 有", "report": "已办结"}
    take(filed.case.pk, "report_back", city.actor("insider"), at("2026-09-16"), **report)
    take(filed.case.pk, "accept_report", city.actor("clerk"), at("2026-09-17"))
    assert term(filed, "report").late


def test_what_units_write_to_each_other_is_no_document_of_the_submitters() -> None:
    city = make_city()
    filed = assigned(city)
    report = {"points": "1. 退\n2. 有", "report": "内部办结报告"}
    take(filed.case.pk, "report_back", city.actor("insider"), at("2026-09-01"), **report)
    matter = Matter.objects.get(pk=filed.case.pk)
    mine = present(matter, submitter(filed).viewer, Channel.PORTAL, at("2026-09-02"))
    assert mine.documents == []
    assert all("退还了多少" not in event.text and "内部" not in event.text for event in mine.events)
    theirs = present(matter, city.viewer("insider"), Channel.DESK, at("2026-09-02"))
    assert {d.kind for d in theirs.documents} == {"assign", "report_back"}


def test_an_agreed_objection_ends_the_assignment_too() -> None:
    city = make_city()
    filed = assigned(city)
    give = {"reason": "不归我们", "duty": "三定方案 3"}
    take(filed.case.pk, "request_return", city.actor("insider"), at("2026-08-05"), **give)
    take(filed.case.pk, "agree_return", city.actor("clerk"), at("2026-08-06"))
    assert term(filed, "report").state == Term.DROPPED


# --- the objection and its clause ------------------------------------------------------------------------------------


def test_an_objection_names_the_clause_on_duties() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    assert refused(filed, "request_return", city, "insider", "2026-08-04", reason="不归我们") == {"duty"}
    take(
        filed.case.pk,
        "request_return",
        city.actor("insider"),
        at("2026-08-04"),
        reason="不归我们",
        duty="三定方案第三条",
    )
    (letter,) = named(filed, "request_return")
    assert "不归我们" in letter
    assert "三定方案第三条" in letter
    assert named(filed, "request_return", public=True) == []


def test_a_bounced_case_shows_all_former_holders() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    give = {"reason": "不归我们", "duty": "三定方案 3"}
    take(filed.case.pk, "request_return", city.actor("insider"), at("2026-08-04"), **give)
    take(filed.case.pk, "agree_return", city.actor("clerk"), at("2026-08-04"))
    take(filed.case.pk, "route", city.actor("clerk"), at("2026-08-05"), unit="roads")
    take(filed.case.pk, "request_return", city.actor("colleague"), at("2026-08-06"), **give)
    take(filed.case.pk, "agree_return", city.actor("clerk"), at("2026-08-06"))
    take(filed.case.pk, "route", city.actor("clerk"), at("2026-08-07"), unit="schools")
    view = present(Matter.objects.get(pk=filed.case.pk), city.viewer("clerk"), Channel.DESK, at("2026-08-07"))
    former = [(p.unit, p.left_because) for p in view.parts if p.role == "lead" and p.until is not None]
    assert former == [("示例路灯处", "不归我们"), ("示例道路处", "不归我们")]


# --- to whom a notice is owed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["accept", "accept_duty"])
def test_a_notice_of_acceptance_is_owed_to_whoever_can_be_told(step: str) -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    assert refused(filed, step, city, "insider", "2026-08-04") == {"notice"}


def test_an_anonymous_claim_is_registered_and_no_notice_is_owed_nor_written() -> None:
    city = make_city()
    filed = file(city, at=at("2026-08-03"), kind="claim", anonymity="anonymous")
    assert filed.reference
    bring_to(city, filed, "forwarded", at("2026-08-03"))
    told = {"whose": "own", "notice": "已接收"}
    assert refused(filed, "tell_receipt", city, "clerk", "2026-08-03", **told) == set()
    take(filed.case.pk, "accept", city.actor("insider"), at("2026-08-04"))
    assert named(filed, "accept") == []
    assert not Message.objects.exists()
    assert term(filed, "answer").state == Term.RUNNING


@pytest.mark.parametrize("kind", ["political_legal", "discipline"])
def test_a_unit_whose_notices_follow_a_law_of_its_own_owes_none(kind: str) -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    Unit.objects.filter(code="lamps").update(kind=kind)
    take(filed.case.pk, "accept", city.actor("insider"), at("2026-08-04"))
    assert named(filed, "accept") == []


def test_where_it_goes_is_told_in_writing() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03", "filed")
    told = {"whose": "below", "notice": "已转路灯处"}
    take(filed.case.pk, "tell_receipt", city.actor("clerk"), at("2026-08-03"), **told)
    (letter,) = named(filed, "tell_receipt", public=True)
    assert "已转路灯处" in letter
    assert "下级" in letter


NO = {
    "ground": "duplicate",
    "reason": "同一事项路灯处在办",
    "law": "条例第十九条",
    "where": "路灯处，凭查询号可查",
}


def test_what_the_law_does_not_let_us_accept_ends_with_reason_law_and_where_to_go() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03", "registered")
    for missing in NO:
        rest = {name: value for name, value in NO.items() if name != missing}
        assert refused(filed, "refuse_accept", city, "clerk", "2026-08-04", **rest) == {missing}
    matter = take(filed.case.pk, "refuse_accept", city.actor("clerk"), at("2026-08-04"), **NO)
    assert (matter.state, matter.open) == ("declined", False)
    (letter,) = named(filed, "refuse_accept", public=True)
    assert all(NO[name] in letter for name in ("reason", "law", "where"))
    assert term(filed, "route").state == Term.MET


# --- supervised ------------------------------------------------------------------------------------------------------

NOTICE = {"breach": "delay", "points": "没有按期告知\n没有说明原因", "rectify_on": "2026-08-31"}


def test_supervision_is_a_notice_with_points_and_a_day_answered_in_writing() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    with pytest.raises(NotAllowed), transaction.atomic():
        take(filed.case.pk, "supervise", city.actor("clerk"), at("2026-08-20"), **NOTICE)
    past = NOTICE | {"rectify_on": "2026-08-20"}
    assert refused(filed, "supervise", city, "deputy", "2026-08-20", **past) == {"rectify_on"}
    take(filed.case.pk, "supervise", city.actor("deputy"), at("2026-08-20"), **NOTICE)
    assert dates(filed, "rectify")[1] == "2026-08-31"
    assert "1. 没有按期告知" in named(filed, "supervise")[0]
    with pytest.raises(Refused, match="还没有反馈"), transaction.atomic():
        take(filed.case.pk, "supervise", city.actor("deputy"), at("2026-08-21"), **NOTICE)
    take(filed.case.pk, "rectify", city.actor("insider"), at("2026-08-31"), text="已告知并说明")
    assert (term(filed, "rectify").state, term(filed, "rectify").late) == (Term.MET, False)
    take(
        filed.case.pk,
        "supervise",
        city.actor("deputy"),
        at("2026-09-01"),
        **NOTICE | {"rectify_on": "2026-09-10"},
    )


@pytest.mark.parametrize("kind", ["work", "policy", "liability"])
def test_a_proposal_is_answered_in_writing_whether_it_is_adopted(kind: str) -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    take(filed.case.pk, "propose", city.actor("deputy"), at("2026-08-20"), proposal=kind, text="公开收费依据")
    assert dates(filed, "feedback")[0] == "2026-09-19"
    assert term(filed, "feedback").limit.practice
    assert refused(filed, "answer_proposal", city, "insider", "2026-08-21", adopted="not_adopted") == {"text"}
    said = {"adopted": "not_adopted", "text": "已有公示"}
    take(filed.case.pk, "answer_proposal", city.actor("insider"), at("2026-08-21"), **said)
    (letter,) = named(filed, "answer_proposal")
    assert "不采纳" in letter
    assert "已有公示" in letter


# --- disputes --------------------------------------------------------------------------------------------------------

DISPUTE = {"unit": "roads", "basis": "三定方案第三条", "reason": "路面归道路处，已协商"}


def test_a_dispute_is_decided_by_the_common_superior_and_the_new_leads_limit_begins_that_day() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    matter = take(filed.case.pk, "raise_dispute", city.actor("insider"), at("2026-08-05"), **DISPUTE)
    assert (matter.pending, matter.holder) == ("dispute", city.units["city"].pk)
    waiting = approvals.page(city.viewer("deputy"), at("2026-08-05")).waiting
    assert [[s.name for s in one.steps] for one in waiting] == [["approve_dispute", "refuse_dispute"]]
    assert waiting[0].asked["reason"] == DISPUTE["reason"]
    decided = {"co_units": ["lamps"], "basis": "三定方案", "notice": "路面养护归道路处"}
    for login in ("clerk", "insider", "colleague"):
        with pytest.raises(NotAllowed), transaction.atomic():
            take(filed.case.pk, "approve_dispute", city.actor(login), at("2026-08-10"), **decided)
    take(filed.case.pk, "approve_dispute", city.actor("deputy"), at("2026-08-10"), **decided)
    living = Part.objects.filter(matter=filed.case.pk, until=None).exclude(role="sender")
    assert {(p.role, p.unit.code) for p in living} == {("lead", "roads"), ("co", "lamps")}
    former = Part.objects.get(matter=filed.case.pk, role="lead", until__isnull=False)
    assert (former.unit.code, former.left_because) == ("lamps", DISPUTE["reason"])
    assert dates(filed, "accept")[0] == "2026-08-25"
    assert term(filed, "object").state == Term.DROPPED
    give = {"reason": "不", "duty": "三定"}
    with pytest.raises(Refused), transaction.atomic():
        take(filed.case.pk, "request_return", city.actor("colleague"), at("2026-08-11"), **give)
    assert Case.objects.get(pk=filed.case.pk).request == {}


def test_a_dispute_stops_no_clock_and_what_stays_keeps_its_date() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    take(filed.case.pk, "raise_dispute", city.actor("colleague"), at("2026-08-05"), **DISPUTE)
    with pytest.raises(Conflict), transaction.atomic():
        take(filed.case.pk, "accept", city.actor("insider"), at("2026-08-06"), notice="受理")
    decided = {"basis": "三定方案", "reason": "归路灯处"}
    take(filed.case.pk, "refuse_dispute", city.actor("deputy"), at("2026-08-06"), **decided)
    assert dates(filed, "accept")[0] == "2026-08-18"
    assert Matter.objects.get(pk=filed.case.pk).holder == city.units["lamps"].pk
    assert not Part.objects.filter(matter=filed.case.pk, role="superior", until=None).exists()


def test_nobody_disputes_for_the_unit_that_leads() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    given = DISPUTE | {"unit": "lamps"}
    assert refused(filed, "raise_dispute", city, "insider", "2026-08-05", **given) == {"unit"}


def outside(kind: str, code: str) -> Unit:
    """A unit that nobody here manages."""
    row = UnitRow(code, "示例" + code, code.title(), kind, "3701", None, None, None, DAY, "0531-00000000")
    return add_units(rows=[row], by=None, at=at("2026-08-01"))[0]


def test_without_a_common_superior_the_joint_conference_decides_and_without_it_nobody_can() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    outside("department", "customs")
    given = DISPUTE | {"unit": "customs"}
    with pytest.raises(Refused, match="联席会议"), transaction.atomic():
        take(filed.case.pk, "raise_dispute", city.actor("insider"), at("2026-08-05"), **given)
    conference = outside("joint_conference", "conference")
    matter = take(filed.case.pk, "raise_dispute", city.actor("insider"), at("2026-08-05"), **given)
    assert matter.holder == conference.pk


def test_a_unit_that_was_merged_is_stood_for_by_its_successor() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    take(filed.case.pk, "raise_dispute", city.actor("insider"), at("2026-08-05"), **DISPUTE)
    # Merged between the dispute and its decision.
    Unit.objects.filter(code="roads").update(valid_to=dt.date(2026, 8, 6), successor=city.units["schools"])
    decided = {"basis": "三定方案", "notice": "归道路处"}
    take(filed.case.pk, "approve_dispute", city.actor("deputy"), at("2026-08-07"), **decided)
    lead = Part.objects.get(matter=filed.case.pk, role="lead", until=None)
    assert lead.unit.code == "schools"


# --- urgent, and what is off ------------------------------------------------------------------------------------------


def test_what_is_grave_and_urgent_is_reported_at_once_with_no_number_of_days() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    before = set(Term.objects.filter(matter=filed.case.pk).values_list("pk", flat=True))
    told: dict[str, object] = {"what": "有人聚集", "done": "已到现场", "also_to": "省信访局"}
    assert refused(filed, "mark_urgent", city, "insider", "2026-08-03", **told) == {"reported_to"}
    told |= {"reported_to": ["city", "socialwork"]}
    take(filed.case.pk, "mark_urgent", city.actor("insider"), at("2026-08-03"), **told)
    assert set(Term.objects.filter(matter=filed.case.pk).values_list("pk", flat=True)) == before
    (paper,) = named(filed, "mark_urgent")
    assert "有人聚集" in paper
    assert named(filed, "mark_urgent", public=True) == []
    take(filed.case.pk, "mark_urgent", city.actor("clerk"), at("2026-08-03"), **told)


def test_who_a_grave_matter_is_reported_to_is_told_where_they_may_find_it() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    told = {"what": "有人聚集", "done": "已到现场", "reported_to": ["city", "schools"]}
    take(filed.case.pk, "mark_urgent", city.actor("insider"), at("2026-08-03"), **told)
    tell(
        moves=filed.case.matter.moves.filter(step="mark_urgent").values_list("pk", flat=True),
        at=at("2026-08-03"),
    )

    def news(login: str, unit: str) -> list[list[str]]:
        page = notices.page(city.viewer(login), [city.units[unit].pk], everything=True)
        return [one.labels for one in page.news]

    assert news("deputy", "city") == [["重大、紧急，立即报告"]]
    assert news("stranger", "schools") == []  # the report goes to them by the way the office has


def test_a_limit_that_no_law_sets_does_not_run_until_it_is_turned_on() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03", "handling")
    with pytest.raises(Refused, match="没有启用"), transaction.atomic():
        take(filed.case.pk, "mark_simple", city.actor("insider"), at("2026-08-04"))
    row = Limit.objects.get(procedure="claim", code="simple")
    assert row.off
    assert row.practice
    row.pk, row.valid_from, row.off = None, dt.date(2026, 9, 1), False
    row.save(force_insert=True)
    with pytest.raises(Refused, match="还没有启用"), transaction.atomic():
        take(filed.case.pk, "mark_simple", city.actor("insider"), at("2026-09-02"))
    later = claim(city, "2026-09-01", "handling")
    take(later.case.pk, "mark_simple", city.actor("insider"), at("2026-09-03"))
    assert dates(later, "simple")[1] == "2026-09-15"
    assert dates(later, "answer")[0] == "2026-10-31"
