"""Accusations: sealed by forwarding, shut to the accused's side, opened by those whom the rule names (信访工作条例 30)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from tests.cases.accusation_world import WORDS, accuse, add_organ, bring
from tests.factories import City, file, make_city, submitter, take
from yipanqi.cases import accusations
from yipanqi.cases.mixed import split_accusation
from yipanqi.cases.models import Case
from yipanqi.cases.queries import viewer_of_submission
from yipanqi.cases.steps import accusation
from yipanqi.core import access_log, engine, gate
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import NOBODY, Channel
from yipanqi.core.models import Matter, Move, MovePayload, SearchEntry
from yipanqi.core.procedure import Role
from yipanqi.insight.registers import Looking, looks, looks_counted, matter_of_number
from yipanqi.notices.actions import tell
from yipanqi.notices.models import Notice
from yipanqi.organisations import barring
from yipanqi.organisations.actions import appoint, give_stand_in
from yipanqi.organisations.models import Bar, Part

MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return add_organ(make_city())


def finds(city: City, login: str, channel: Channel = Channel.DESK) -> bool:
    return Matter.objects.filter(gate.visible(city.viewer(login), channel), procedure="accusation").exists()


def view(city: City, login: str, at: dt.datetime = MONDAY) -> Any:
    matter = Matter.objects.get(procedure="accusation")
    return accusations.present(matter, city.viewer(login), Channel.DESK, at)


# --- who finds it, and what they see ---------------------------------------------------------------------------------


FINDERS = {
    "registered": {"clerk", "clerk2", "window", "petitions", "petitionhead", "deputy"},
    "forwarded": {"inspector", "warden", "petitions", "petitionhead", "deputy"},
    "handling": {"inspector", "warden", "petitions", "petitionhead", "deputy"},
    "closed": {"inspector", "warden", "petitions", "petitionhead", "deputy"},
}


@pytest.mark.parametrize("state", FINDERS)
def test_nobody_finds_one_but_whom_the_matrix_names(city: City, state: str) -> None:
    accuse(city, at=MONDAY, state=state)
    assert {login for login in city.accounts if finds(city, login)} == FINDERS[state]
    assert not any(finds(city, login, Channel.FIGURES) for login in city.accounts)


def test_intake_reads_what_it_takes_in_and_nothing_once_it_is_sealed(city: City) -> None:
    filed = accuse(city, at=MONDAY)
    assert view(city, "window").original["text"] == WORDS.text
    bring(city, filed, "forwarded", MONDAY)
    for login in ("petitions", "petitionhead", "deputy", "inspector", "warden"):
        seen = view(city, login)
        assert (seen.original, seen.text, seen.title, seen.files) == (None, None, "", [])
        assert seen.person.masked
        assert not seen.person.name
        assert seen.text_withheld


def test_what_the_organ_sends_back_stays_sealed_for_intake(city: City) -> None:
    filed = accuse(city, at=MONDAY, state="forwarded")
    take(filed.case.pk, "return_it", city.actor("inspector"), MONDAY, reason="属上级管理权限")
    assert finds(city, "window")
    assert view(city, "window").original is None
    assert not view(city, "window").person.name


def test_it_stands_in_no_index_and_no_payload_names_who_is_accused(city: City) -> None:
    filed = accuse(city, at=MONDAY, state="closed")
    assert not SearchEntry.objects.exists()
    case = Case.objects.get(pk=filed.case.pk)
    assert (case.title, case.text, case.category, case.area, case.cleared) == ("", "", None, None, False)
    said = "".join(MovePayload.objects.values_list("body", flat=True))
    market = city.units["market"]
    assert not any(word in said for word in ("market", str(market.pk), market.name_zh, "accused"))
    assert not any(
        str(market.pk).encode() in bytes(b.key) or b"market" in bytes(b.key) for b in Bar.objects.all()
    )


def test_the_page_of_whoever_filed_it_reads_like_that_of_any_request(city: City) -> None:
    filed, other = accuse(city, at=MONDAY, state="handling"), file(city, at=MONDAY)
    take(
        other.case.pk,
        "clear",
        city.actor("clerk"),
        MONDAY,
        title="灯",
        text="灯不亮",
        category="lamps",
        area="370199001",
    )
    take(other.case.pk, "route", city.actor("clerk"), MONDAY, unit="lamps")
    take(other.case.pk, "accept", city.actor("insider"), MONDAY)
    mine, plain = (
        gate.present(Matter.objects.get(pk=f.case.pk), submitter(f).viewer, Channel.PORTAL)
        for f in (filed, other)
    )
    assert mine.state == plain.state
    assert [e.label for e in mine.events] == [e.label for e in plain.events]
    assert mine.unit == ""
    dues = [*mine.dues, *(due for event in mine.events for due in event.due)]
    assert len(dues) == 2
    assert all("到期日" in " ".join(due.lines) for due in dues)
    counted = (f"{due.label} {due.basis} {' '.join(due.lines)}" for due in dues)
    said = " ".join([*(f"{e.label} {e.who} {e.text}" for e in mine.events), *counted])
    assert [word for word in ("检举", "控告", "纪检", "密封", "举报") if word in said] == [], said


# --- to whom it must not go ------------------------------------------------------------------------------------------


def test_it_does_not_go_to_the_accused_nor_below_and_the_refusal_does_not_say_why(city: City) -> None:
    filed = accuse(city, at=MONDAY)
    said = set()
    for unit in ("market", "stall", "lamps"):
        with pytest.raises(Refused) as refusal:
            bring(city, filed, "forwarded", MONDAY, unit=unit, accused=["market"])
        said.add(refusal.value.message.replace(str(city.units[unit]), "X"))
    assert len(said) == 1, "whoever has no power over it is refused in the same words"
    assert not Bar.objects.exists()


def test_it_does_not_go_where_the_accused_leader_leads_or_works(city: City) -> None:
    filed, role = accuse(city, at=MONDAY), city.accounts["warden"].postings.get().role
    second = (city.accounts["accused"], role, city.units["discipline"], "委员", "member")
    appoint(rows=[second], valid_from=dt.date(2026, 1, 1), by=None, at=MONDAY)
    with pytest.raises(Refused):
        bring(city, filed, "forwarded", MONDAY, accused=[], leaders="示例accused")


def test_a_post_that_the_accused_leader_gets_later_shuts_that_unit_too(city: City) -> None:
    accuse(city, at=MONDAY, state="registered")
    filed = file(city, at=MONDAY, kind="accusation", words=WORDS)
    bring(city, filed, "forwarded", MONDAY, accused=[], leaders="accused")
    mine = {"inspector", "warden"}
    assert all(finds(city, login) for login in mine)
    role = city.accounts["warden"].postings.get().role
    row = (city.accounts["accused"], role, city.units["discipline"], "书记", "secretary")
    appoint(rows=[row], valid_from=dt.date(2026, 1, 1), by=None, at=MONDAY)
    assert not any(finds(city, login) for login in {*mine, "accused"})


def test_whoever_is_accused_must_be_said_once(city: City) -> None:
    filed = accuse(city, at=MONDAY)
    wrong: list[dict[str, Any]] = [
        {"accused": []},
        {"accused": ["market"], "nobody": "on"},
        {"accused": [], "leaders": "无此人"},
    ]
    for said in wrong:
        with pytest.raises(Refused) as refusal:
            bring(city, filed, "forwarded", MONDAY, **said)
        assert refusal.value.fields
    bring(city, filed, "forwarded", MONDAY, accused=[], nobody="on")


def test_a_stand_in_of_the_accuseds_side_finds_nothing(city: City) -> None:
    accuse(city, at=MONDAY, state="forwarded")
    city.at = MONDAY
    give_stand_in(
        account=city.accounts["accusedhead"],
        absent=city.accounts["inspector"],
        since=MONDAY.date(),
        until=MONDAY.date(),
        basis="示例",
        by=city.viewer("secadmin"),
        at=MONDAY,
    )
    assert city.viewer("accusedhead").has("accusations.handle")
    assert not finds(city, "accusedhead")
    # And the other way round: whoever covers a post of the accused unit is of its side while they do.
    give_stand_in(
        account=city.accounts["warden"],
        absent=city.accounts["accused"],
        since=MONDAY.date(),
        until=MONDAY.date(),
        basis="示例",
        by=city.viewer("secadmin"),
        at=MONDAY,
    )
    assert not finds(city, "warden")
    assert finds(city, "inspector")


def test_the_office_that_took_it_in_is_shut_out_when_it_is_accused(city: City) -> None:
    filed = accuse(city, at=MONDAY)
    bring(city, filed, "forwarded", MONDAY, accused=["hotline"])
    assert {login for login in city.accounts if finds(city, login)} == {"inspector", "warden", "deputy"}
    with pytest.raises(NotAllowed):
        engine.take(
            matters=[filed.case.pk],
            step="ask_opening",
            by=city.actor("petitions"),
            at=MONDAY,
            answers={"purpose": "verify"},
        )


def test_a_unit_that_it_is_shut_to_is_told_nothing_of_it(city: City) -> None:
    filed = accuse(city, at=MONDAY)
    bring(city, filed, "forwarded", MONDAY, accused=["hotline"])
    take(filed.case.pk, "accept", city.actor("inspector"), MONDAY)
    tell(moves=Move.objects.values_list("pk", flat=True), at=MONDAY)
    assert {notice.unit.code for notice in Notice.objects.select_related("unit")} == {"discipline"}


def test_an_auditor_of_the_accuseds_side_reads_no_look_at_it(city: City) -> None:
    at = MONDAY
    sealed, plain = accuse(city, at=at), file(city, at=at)
    for filed in (sealed, plain):
        access_log.note(
            account=city.accounts["window"].pk, page="matter", at=at, matter=filed.case.pk, fields=[]
        )
    auditor, other = city.viewer("audadmin"), city.viewer("deputy")
    barring.bar(matter=Matter.objects.get(pk=sealed.case.pk), units=[city.units["city"]], accounts=[], at=at)
    day = dt.timedelta(days=1)
    asked = Looking(city.accounts["window"].pk, at - day, at + day, by=auditor)
    assert [look.number for look in looks(asked).rows] == [plain.reference]
    assert looks_counted(asked) == (1, False)
    assert looks_counted(replace(asked, by=NOBODY)) == (2, False)
    assert matter_of_number(sealed.reference, auditor) is None
    assert matter_of_number(sealed.reference, NOBODY) == sealed.case.pk
    assert not Matter.objects.filter(gate.visible(other, Channel.DESK), pk=sealed.case.pk).exists()


def test_a_superior_organs_is_registered_without_its_content(city: City) -> None:
    filed = accuse(city, at=MONDAY)
    said = {"organ": "示例省级机关", "envelope": "密0001", "sent_on": "2026-11-23"}
    take(filed.case.pk, "send_out", city.actor("window"), MONDAY, accused=["city"], **said)
    assert not any(finds(city, login) for login in city.accounts), "all are below the city's own leader"
    assert not Part.objects.filter(matter=filed.case.pk, role=Part.LEAD).exists()
    assert Matter.objects.get(pk=filed.case.pk).state == "closed"


# --- opening the seal ------------------------------------------------------------------------------------------------


def ask(city: City, login: str, at: dt.datetime = MONDAY, **more: Any) -> None:
    step(city, "ask_opening", login, at, purpose="verify", **more)


def step(city: City, name: str, login: str, at: dt.datetime = MONDAY, **answers: Any) -> None:
    take(Matter.objects.get(procedure="accusation").pk, name, city.actor(login), at, **answers)


def test_the_organs_officer_opens_it_once_its_head_agrees_and_for_an_hour(city: City) -> None:
    filed = accuse(city, at=MONDAY, state="handling")
    with pytest.raises(Refused):
        step(city, "open_seal", "inspector", purpose="verify")
    ask(city, "inspector")
    with pytest.raises(NotAllowed):
        step(city, "agree_opening", "inspector")
    step(city, "agree_opening", "warden")
    with pytest.raises(Refused, match="用途"):
        step(city, "open_seal", "inspector", purpose="supervise")
    with pytest.raises(Refused):
        step(city, "open_seal", "warden", purpose="verify")
    step(city, "open_seal", "inspector", purpose="verify")
    minute = dt.timedelta(minutes=1)
    assert view(city, "inspector", MONDAY + 59 * minute).original["text"] == WORDS.text
    assert view(city, "inspector", MONDAY + 60 * minute).original is None
    assert view(city, "warden").original is None
    assert not view(city, "inspector").person.name
    with pytest.raises(Refused):
        step(city, "open_seal", "inspector", purpose="verify")
    seen = gate.present(Matter.objects.get(pk=filed.case.pk), submitter(filed).viewer, Channel.PORTAL)
    assert "open_seal" not in [event.step for event in seen.events]
    step(city, "conclude", "inspector", outcome="in_hands")
    seen = gate.present(Matter.objects.get(pk=filed.case.pk), submitter(filed).viewer, Channel.PORTAL)
    (event,) = [event for event in seen.events if event.step == "open_seal"]
    assert (event.who, event.text) == ("负责单位", "核实情况")


def test_opening_is_offered_once_it_was_granted_and_until_it_was_used(city: City) -> None:
    accuse(city, at=MONDAY, state="handling")

    def offered() -> bool:
        return "open_seal" in [one.name for one in view(city, "inspector").steps]

    assert not offered()
    ask(city, "inspector")
    assert not offered()
    step(city, "agree_opening", "warden")
    assert offered()
    step(city, "open_seal", "inspector", purpose="verify")
    assert not offered()


@pytest.mark.parametrize("person", [False, True])
def test_who_decides_is_told_whether_the_person_is_to_be_seen_as_well(city: City, person: bool) -> None:
    accuse(city, at=MONDAY, state="handling")
    ask(city, "inspector", MONDAY, **({"person": "on"} if person else {}))
    assert view(city, "warden").request == {"purpose": "verify", "person": person}
    assert view(city, "inspector").request == {}


def test_the_petition_office_opens_it_when_both_heads_agree_and_the_person_sees_unit_post_and_purpose(
    city: City,
) -> None:
    filed = accuse(city, at=MONDAY, state="forwarded")
    ask(city, "petitions", person="on")
    step(city, "agree_opening", "warden")
    with pytest.raises(Refused):
        step(city, "open_seal", "petitions", purpose="verify")
    with pytest.raises(Refused):
        step(city, "agree_second", "warden")
    step(city, "agree_second", "petitionhead")
    step(city, "open_seal", "petitions", purpose="verify")
    seen = view(city, "petitions")
    assert (seen.original["text"], seen.person.name) == (WORDS.text, "甲某")
    told = gate.present(Matter.objects.get(pk=filed.case.pk), submitter(filed).viewer, Channel.PORTAL)
    (event,) = [event for event in told.events if event.step == "open_seal"]
    assert (event.who, event.text) == ("示例热线 petitions岗", "核实情况")


def test_of_a_hidden_person_an_opening_shows_the_words_alone(city: City) -> None:
    accuse(city, at=MONDAY, state="handling", anonymity="hidden")
    ask(city, "inspector", person="on")
    step(city, "agree_opening", "warden")
    step(city, "open_seal", "inspector", purpose="verify")
    seen = view(city, "inspector")
    assert (seen.original["text"], seen.person.name, seen.person.phone) == (WORDS.text, "", "")


def test_who_asks_does_not_approve_and_a_refusal_is_a_refusal(city: City) -> None:
    accuse(city, at=MONDAY, state="handling")
    ask(city, "warden")
    with pytest.raises(Refused, match="不能自己批准"):
        step(city, "agree_opening", "warden")
    step(city, "refuse_opening", "petitionhead", reason="用途不明")
    with pytest.raises(Refused):
        step(city, "open_seal", "warden", purpose="verify")


def test_an_approval_lasts_three_days(city: City) -> None:
    accuse(city, at=MONDAY, state="handling")
    ask(city, "inspector")
    step(city, "agree_opening", "warden")
    with pytest.raises(Refused, match="过期"):
        step(city, "open_seal", "inspector", MONDAY + dt.timedelta(days=3), purpose="verify")


@pytest.mark.parametrize("rules", [(), tuple(replace(rule, approvers=()) for rule in accusation.RULES)])
def test_where_no_rule_says_who_approves_nobody_opens_it(
    city: City, rules: tuple[accusation.OpeningRule, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    accuse(city, at=MONDAY, state="handling")
    monkeypatch.setattr(accusation, "RULES", rules)
    with pytest.raises(Refused, match="不能打开"):
        ask(city, "inspector")


def test_where_nobody_can_approve_nobody_opens_it(city: City) -> None:
    accuse(city, at=MONDAY, state="handling")
    city.accounts["petitionhead"].postings.update(valid_to=dt.date(2026, 11, 1))
    with pytest.raises(Refused, match="不能打开"):
        ask(city, "petitions")
    ask(city, "inspector")


def test_rules_are_dated_and_any_of_several_alternatives_is_enough() -> None:
    old, _other = accusation.RULES
    either = (frozenset({Role.LEAD}), frozenset({Role.SENDER}))
    new = replace(old, approvers=either, valid_from=dt.date(2027, 1, 1))
    rules = (replace(old, valid_to=dt.date(2027, 1, 1)), new)
    assert accusation.rule_for(Role.LEAD, dt.date(2026, 12, 31), rules) == rules[0]
    assert accusation.rule_for(Role.LEAD, dt.date(2027, 1, 1), rules) == new
    assert accusation.rule_for(Role.SENDER, dt.date(2027, 1, 1), rules) is None


# --- mixed letters ---------------------------------------------------------------------------------------------------


def mixed(city: City) -> tuple[Any, Case]:
    """A claim with an accusation in it, taken out at intake."""
    filed = file(city, at=MONDAY, kind="claim", words=WORDS)
    return filed, split_accusation(case=filed.case, by=city.actor("window"), at=MONDAY)


def test_the_accusation_of_a_mixed_letter_goes_its_way_and_the_claim_leaves_no_trace_of_it(
    city: City,
) -> None:
    filed, taken_out = mixed(city)
    pk = taken_out.pk
    take(pk, "route", city.actor("window"), MONDAY, accused=["market"], unit="discipline")
    with pytest.raises(Refused):
        take(filed.case.pk, "route", city.actor("clerk"), MONDAY, unit="market")
    said = {"title": "补贴", "text": "少发一月", "category": "lamps", "area": city.area.pk}
    take(filed.case.pk, "clear", city.actor("clerk"), MONDAY, **said)
    take(filed.case.pk, "route", city.actor("clerk"), MONDAY, unit="market")
    claim = Matter.objects.get(pk=filed.case.pk)
    assert [move.step for move in claim.moves.order_by("number")] == ["register", "clear", "route"]
    for login in ("accused", "accusedhead", "clerk"):
        seen = gate.present(claim, city.viewer(login), Channel.DESK)
        assert seen.trail.ties == []
        assert taken_out.number not in str(seen)
    assert gate.find(pk, city.viewer("accused"), Channel.DESK) is None
    assert {pk, filed.case.pk} <= viewer_of(filed).proved
    seen = accusations.present(taken_out.matter, city.viewer("petitions"), Channel.DESK, MONDAY)
    assert [tie.number for tie in seen.trail.ties] in ([], [filed.case.number])


def viewer_of(filed: Any) -> Any:
    """Whoever filed it, as their reference and secret show them."""
    secret = filed.submission.secrets.get(revoked_at__isnull=True)
    return viewer_of_submission(filed.submission, secret)


def test_the_text_that_was_cleared_with_it_is_cleared_again(city: City) -> None:
    filed = file(city, at=MONDAY, kind="claim", words=WORDS)
    said = {"title": "补贴和收费", "text": "某人收费", "category": "lamps", "area": city.area.pk}
    take(filed.case.pk, "clear", city.actor("clerk"), MONDAY, **said)
    split_accusation(case=filed.case, by=city.actor("window"), at=MONDAY)
    with pytest.raises(Refused, match="清理"):
        take(filed.case.pk, "route", city.actor("clerk"), MONDAY, unit="lamps")


def test_its_limit_counts_from_receipt(city: City) -> None:
    filed = file(city, at=MONDAY, kind="order", words=WORDS)
    later = MONDAY + dt.timedelta(days=3)
    taken_out = split_accusation(case=filed.case, by=city.actor("window"), at=later)
    assert taken_out.matter.terms.get(code="route").day0 == MONDAY.date()


def test_nothing_is_taken_out_twice_nor_of_what_another_unit_had(city: City) -> None:
    filed, taken_out = mixed(city)
    for case, login, refusal in (
        (filed.case, "window", Refused),
        (taken_out, "window", NotAllowed),
        (filed.case, "accused", NotAllowed),
    ):
        with pytest.raises(refusal):
            split_accusation(case=case, by=city.actor(login), at=MONDAY)
    sent = file(city, at=MONDAY)
    said = {"title": "灯", "text": "灯不亮", "category": "lamps", "area": city.area.pk}
    take(sent.case.pk, "clear", city.actor("clerk"), MONDAY, **said)
    take(sent.case.pk, "route", city.actor("clerk"), MONDAY, unit="lamps")
    with pytest.raises(Refused, match="已经转出去"):
        split_accusation(case=sent.case, by=city.actor("window"), at=MONDAY)
