"""A claim by the law it stands on (信访工作条例 22, 23, 31 to 34): its dates, its objection, its extension, its opinion."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from tests.factories import OPINION, City, add_head, bring_to, file, make_city, submitter, take
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Case, StatutoryPath, Submission
from yipanqi.cases.paths import PathRow, choices, keep_paths
from yipanqi.cases.procedure import CLAIM
from yipanqi.cases.references import new_references
from yipanqi.core import engine, sealing
from yipanqi.core.errors import Refused
from yipanqi.core.models import Matter, Term, new_id
from yipanqi.core.terms import explain
from yipanqi.organisations.models import Part
from yipanqi.organisations.timeline import documents, history_of

pytestmark = pytest.mark.django_db


def at(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(day + "T10:00+08:00")


def term(filed: Filed, code: str) -> Term:
    return Term.objects.filter(matter=filed.case.pk, code=code).latest("day0")


def dates(filed: Filed, code: str) -> tuple[str, str]:
    found = term(filed, code)
    return str(found.due_raw), str(found.due_effective)


def claim(city: City, day: str, state: str = "forwarded") -> Filed:
    filed = file(city, at=at(day), kind="claim")
    if state != "filed":
        bring_to(city, filed, state, at(day))
    return filed


@pytest.mark.parametrize(
    ("received", "forward", "object_by"),
    [
        ("2026-09-17", ("2026-10-02", "2026-10-08"), "2026-09-23"),
        ("2026-02-11", ("2026-02-26", "2026-02-26"), "2026-02-25"),
        ("2026-09-28", ("2026-10-13", "2026-10-13"), "2026-10-10"),
    ],
)
def test_forwarding_acceptance_and_objection_are_due_when_the_law_says(
    received: str, forward: tuple[str, str], object_by: str
) -> None:
    filed = claim(make_city(), received)
    assert dates(filed, "route") == dates(filed, "accept") == forward
    assert dates(filed, "object")[1] == object_by
    # The window to object makes nobody late: the case is due when its acceptance is.
    assert Matter.objects.get(pk=filed.case.pk).due_at == term(filed, "accept").due_at


def test_the_opinion_is_due_sixty_days_after_acceptance_and_thirty_more_are_counted_as_ninety() -> None:
    city = add_head(make_city())
    filed = claim(city, "2026-08-03", "handling")
    assert dates(filed, "answer") == ("2026-10-02", "2026-10-08")
    take(filed.case.pk, "request_extension", city.actor("insider"), at("2026-09-20"), reason="复杂", days=30)
    take(filed.case.pk, "approve_extension", city.actor("head"), at("2026-09-21"), notice="情况复杂")
    assert dates(filed, "answer") == ("2026-11-01", "2026-11-02")


@pytest.mark.parametrize(
    ("accepted", "day0"),
    [("2026-09-10", "2026-09-10"), ("2026-09-16", "2026-09-16"), ("2026-09-30", "2026-09-16")],
)
def test_nothing_is_gained_by_accepting_late(accepted: str, day0: str) -> None:
    city = make_city()
    filed = claim(city, "2026-09-01")
    assert dates(filed, "accept")[1] == "2026-09-16"
    take(filed.case.pk, "accept", city.actor("insider"), at(accepted), notice="已受理")
    assert str(term(filed, "answer").day0) == day0
    assert term(filed, "accept").late == (accepted > "2026-09-16")
    # The page says what late acceptance did not gain.
    told = [line for line in explain(term(filed, "answer")) if "不另加" in line]
    assert len(told) == (accepted > "2026-09-16")
    assert not told or "14 天" in told[0]


def test_the_limit_for_the_opinion_never_stands_still() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03", "handling")
    take(filed.case.pk, "ask", city.actor("insider"), at("2026-08-10"), question="哪一天？")
    assert term(filed, "answer").state == Term.RUNNING
    take(filed.case.pk, "reply", submitter(filed), at("2026-08-12"), text="三日")
    take(filed.case.pk, "answer", city.actor("insider"), at("2026-08-20"), **OPINION)
    assert term(filed, "answer").state == Term.RUNNING
    assert dates(filed, "answer") == ("2026-10-02", "2026-10-08")
    take(filed.case.pk, "take_back", city.actor("insider"), at("2026-08-21"), reason="补充依据")
    take(filed.case.pk, "answer", city.actor("insider"), at("2026-10-09"), **OPINION)
    take(filed.case.pk, "serve", city.actor("insider"), at("2026-10-09"), method="in_person", proof="签收")
    assert (term(filed, "answer").state, term(filed, "answer").late) == (Term.LAPSED, True)


# --- the objection ---------------------------------------------------------------------------------------------------


def test_an_objection_comes_within_five_working_days_or_not_at_all() -> None:
    city = make_city()
    filed = claim(city, "2026-09-17")
    engine.lapse_due(at=at("2026-09-23"))
    assert term(filed, "object").state == Term.RUNNING
    with pytest.raises(Refused, match="期限已过"), transaction.atomic():
        take(
            filed.case.pk,
            "request_return",
            city.actor("insider"),
            at("2026-09-24"),
            reason="不归我们",
            duty="三定方案 3",
        )
    engine.lapse_due(at=at("2026-09-24"))
    assert term(filed, "object").state == Term.DROPPED
    matter = Matter.objects.get(pk=filed.case.pk)
    assert (matter.state, matter.due_at) == ("forwarded", term(filed, "accept").due_at)
    take(filed.case.pk, "accept", city.actor("insider"), at("2026-09-25"), notice="已受理")


def test_the_senders_silence_is_no_consent_and_stops_no_clock() -> None:
    city = make_city()
    filed = claim(city, "2026-09-17")
    matter = take(
        filed.case.pk,
        "request_return",
        city.actor("insider"),
        at("2026-09-18"),
        reason="不归我们",
        duty="三定方案 3",
    )
    assert matter.holder == city.units["hotline"].pk
    engine.lapse_due(at=at("2026-10-09"))
    matter = Matter.objects.get(pk=filed.case.pk)
    assert (matter.state, matter.pending) == ("forwarded", "return")
    assert term(filed, "accept").state == Term.RUNNING
    take(filed.case.pk, "refuse_return", city.actor("clerk"), at("2026-10-09"), reason="归你们")
    with pytest.raises(Refused, match="期限已过"), transaction.atomic():
        take(
            filed.case.pk,
            "request_return",
            city.actor("insider"),
            at("2026-10-09"),
            reason="再提一次",
            duty="三定方案 3",
        )
    assert dates(filed, "accept")[1] == "2026-10-08"


def test_after_an_agreed_objection_the_next_units_limits_begin_at_its_own_receipt() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03")
    take(
        filed.case.pk,
        "request_return",
        city.actor("insider"),
        at("2026-08-05"),
        reason="不归我们",
        duty="三定方案 3",
    )
    take(filed.case.pk, "agree_return", city.actor("clerk"), at("2026-08-06"))
    assert dates(filed, "route")[0] == "2026-08-21"
    take(filed.case.pk, "route", city.actor("clerk"), at("2026-08-10"), unit="roads")
    assert dates(filed, "accept")[0] == "2026-08-25"
    assert dates(filed, "object")[1] == "2026-08-17"


# --- the extension ---------------------------------------------------------------------------------------------------


def test_an_extension_is_the_heads_to_grant_and_nobody_grants_their_own() -> None:
    city = add_head(make_city())
    filed = claim(city, "2026-08-03", "handling")
    take(filed.case.pk, "request_extension", city.actor("head"), at("2026-08-10"), reason="复杂", days=10)
    for step, answers in (("approve_extension", {"notice": "复杂"}), ("refuse_extension", {"reason": "不"})):
        with pytest.raises(Refused, match="不能自己决定"), transaction.atomic():
            take(filed.case.pk, step, city.actor("head"), at("2026-08-10"), **answers)
    assert Matter.objects.get(pk=filed.case.pk).holder == city.units["lamps"].pk


def test_an_extension_is_given_once_and_for_thirty_days_at_most() -> None:
    city = add_head(make_city())
    filed = claim(city, "2026-08-03", "handling")
    insider, head = city.actor("insider"), city.actor("head")
    with pytest.raises(Refused), transaction.atomic():
        take(filed.case.pk, "request_extension", insider, at("2026-08-10"), reason="复杂", days=31)
    take(filed.case.pk, "request_extension", insider, at("2026-08-10"), reason="复杂", days=1)
    take(filed.case.pk, "refuse_extension", head, at("2026-08-10"), reason="还早")
    take(filed.case.pk, "request_extension", insider, at("2026-09-10"), reason="复杂", days=1)
    take(filed.case.pk, "approve_extension", head, at("2026-09-10"), notice="情况复杂")
    with pytest.raises(Refused, match="只有一次"), transaction.atomic():
        take(filed.case.pk, "request_extension", insider, at("2026-09-11"), reason="更复杂", days=1)
    told = [d for d in documents(history_of(filed.case.matter)) if d.kind == "approve_extension"]
    assert [d.text for d in told] == ["情况复杂"]


# --- what is written -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", sorted(OPINION))
def test_an_opinion_lacks_none_of_its_parts(missing: str) -> None:
    city = make_city()
    filed = claim(city, "2026-08-03", "handling")
    answers = {name: value for name, value in OPINION.items() if name != missing}
    with pytest.raises(Refused) as refusal, transaction.atomic():
        take(filed.case.pk, "answer", city.actor("insider"), at("2026-08-10"), **answers)
    assert set(refusal.value.fields) == {missing}


def test_the_served_opinion_has_every_part_and_its_result() -> None:
    filed = claim(make_city(), "2026-08-03", "served")
    (opinion,) = [d for d in documents(history_of(filed.case.matter)) if d.kind == "serve"]
    for name, text in OPINION.items():
        assert (text if name != "outcome" else "解释说明") in opinion.text, name
    assert Case.objects.get(pk=filed.case.pk).outcome == "explained"


LETTER = {
    "path": "court",
    "where": "示例法院",
    "how": "递交起诉状",
    "by_when": "六个月内",
    "call_on": "2026-08-20",
}


@pytest.mark.parametrize(
    ("step", "login", "state"), [("redirect", "clerk", "registered"), ("guide", "insider", "forwarded")]
)
def test_guidance_says_where_how_and_by_when(step: str, login: str, state: str) -> None:
    city = make_city()
    filed = claim(city, "2026-08-03", state)
    for missing in LETTER:
        answers = {name: value for name, value in LETTER.items() if name != missing}
        with pytest.raises(Refused) as refusal, transaction.atomic():
            take(filed.case.pk, step, city.actor(login), at("2026-08-04"), **answers)
        assert set(refusal.value.fields) == {missing}
    take(filed.case.pk, step, city.actor(login), at("2026-08-04"), **LETTER)
    (written,) = documents(history_of(filed.case.matter))
    assert all(LETTER[name] in written.text for name in ("where", "how", "by_when"))
    assert "2026年8月20日" in written.text
    assert not Term.objects.filter(matter=filed.case.pk, code="answer").exists()
    one = Term.objects.get(matter=filed.case.pk, state=Term.RUNNING)
    assert (one.code, one.due_effective) == ("guidance", dt.date(2026, 8, 20))
    assert Case.objects.get(pk=filed.case.pk).route == "court"


@pytest.mark.parametrize("day", ["2026-08-04", "2026-08-03"])
def test_whoever_is_guided_is_called_back_on_a_day_to_come(day: str) -> None:
    city = make_city()
    filed = claim(city, "2026-08-03", "registered")
    with pytest.raises(Refused) as refusal:
        take(filed.case.pk, "redirect", city.actor("clerk"), at("2026-08-04"), **LETTER | {"call_on": day})
    assert set(refusal.value.fields) == {"call_on"}


def test_a_line_of_the_departments_list_fills_what_is_left_empty() -> None:
    city = make_city()
    row = PathRow("L1", "lamps", "review", "对罚款不服", "复议窗口", "填申请书", "六十日内", "行政复议法 20")
    assert keep_paths(rows=[row], by=None, at=at("2026-08-01")) == [True]
    assert keep_paths(rows=[row], by=None, at=at("2026-08-01")) == [False]
    filed = claim(city, "2026-08-03", "registered")
    ((line, text),) = choices(Case.objects.get(pk=filed.case.pk))
    assert text == f"对罚款不服：行政复议、裁决、确认、许可、处罚（{city.units['lamps']}）"
    given = {"listed": line, "how": "网上提交", "call_on": "2026-08-20"}
    take(filed.case.pk, "redirect", city.actor("clerk"), at("2026-08-04"), **given)
    (written,) = documents(history_of(filed.case.matter))
    assert all(said in written.text for said in ("复议窗口", "网上提交", "六十日内"))
    assert "填申请书" not in written.text
    assert Case.objects.get(pk=filed.case.pk).route == "review"


def test_a_line_is_never_rewritten_and_one_that_ended_is_offered_no_more() -> None:
    city = make_city()
    row = PathRow("L1", "lamps", "review", "对罚款不服", "复议窗口", "填申请书", "六十日内", "行政复议法 20")
    keep_paths(rows=[row], by=None, at=at("2026-08-01"))
    keep_paths(rows=[replace(row, where="新窗口")], by=None, at=at("2026-08-02"))
    lines = StatutoryPath.objects.order_by("valid_from").values_list("where", "valid_from", "valid_to")
    first, second = dt.date(2026, 8, 1), dt.date(2026, 8, 2)
    assert list(lines) == [("复议窗口", first, second), ("新窗口", second, None)]
    keep_paths(rows=[replace(row, valid_to=dt.date(2026, 8, 3))], by=None, at=at("2026-08-03"))
    filed = claim(city, "2026-08-04", "registered")
    assert choices(Case.objects.get(pk=filed.case.pk)) == []
    ended = StatutoryPath.objects.latest("pk").pk
    with pytest.raises(Refused) as refusal:
        take(
            filed.case.pk,
            "redirect",
            city.actor("clerk"),
            at("2026-08-05"),
            listed=ended,
            call_on="2026-08-20",
        )
    assert set(refusal.value.fields) == {"listed"}


def test_whoever_was_turned_away_elsewhere_comes_back_and_the_limit_for_forwarding_is_counted_anew() -> None:
    city = make_city()
    filed = claim(city, "2026-08-03", "forwarded")
    take(filed.case.pk, "guide", city.actor("insider"), at("2026-08-04"), **LETTER)
    take(filed.case.pk, "come_back", submitter(filed), at("2026-08-10"), reason="法院说不归它管")
    one = Term.objects.get(matter=filed.case.pk, state=Term.RUNNING)
    assert (one.code, one.day0) == ("route", dt.date(2026, 8, 10))
    assert Case.objects.get(pk=filed.case.pk).route == ""
    assert not Part.objects.filter(matter=filed.case.pk, role="lead", until=None).exists()


def test_a_duty_is_due_two_months_after_the_unit_got_the_request_whenever_it_accepts() -> None:
    """行政诉讼法 47: two months from receipt; the submitter is told that the court is open after that."""
    city = make_city()
    filed = claim(city, "2026-08-03", "forwarded")
    take(filed.case.pk, "accept_duty", city.actor("insider"), at("2026-08-14"), notice="告知")
    one = Term.objects.get(matter=filed.case.pk, state=Term.RUNNING)
    assert (one.code, one.day0, one.due_raw) == ("duty", dt.date(2026, 8, 3), dt.date(2026, 10, 3))
    assert one.due_effective == dt.date(2026, 10, 8)
    assert not Term.objects.filter(matter=filed.case.pk, code="answer").exists()
    told = CLAIM.state["acting"].plain
    assert "向法院起诉" in told.zh
    assert "court" in told.en
    assert "计 2 个月，到对应的那一天。" in explain(one)


# --- how one can be known --------------------------------------------------------------------------------------------


def test_what_can_be_promised_is_the_databases_to_keep() -> None:
    city = make_city()
    kept = {"claim": "hidden", "order": "handler_only", "suggestion": "handler_only"}
    for kind, wrong in kept.items():
        right = "handler_only" if kind == "claim" else "hidden"
        filed = file(city, at=at("2026-08-03"), kind=kind, anonymity=right)
        with pytest.raises(Refused) as refusal:
            file(city, at=at("2026-08-03"), kind=kind, anonymity=wrong)
        assert set(refusal.value.fields) == {"anonymity"}
        row = Submission.objects.get(pk=filed.submission.pk)
        row.pk, row.seal, row.anonymity = new_id(), sealing.seal({}), wrong
        row.reference_id = new_references(1)[0]
        with pytest.raises(IntegrityError, match="handler_only_stands_for_hidden"), transaction.atomic():
            row.save(force_insert=True)
