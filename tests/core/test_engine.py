"""The engine: what it refuses, what it writes, and who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from tests.factories import bring_to, file, make_city, submitter, take
from yipanqi.core import engine
from yipanqi.core.errors import Conflict, NotAllowed, Refused
from yipanqi.core.models import Matter, Move, MovePayload, Term, Unsequenced
from yipanqi.organisations.models import Part

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)


def test_a_stranger_is_told_that_there_is_no_such_matter() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "forwarded", MONDAY)
    with pytest.raises(NotAllowed):
        take(filed.case.pk, "accept", city.actor("stranger"), MONDAY)
    assert Matter.objects.get(pk=filed.case.pk).state == "forwarded"


def test_a_co_unit_contributes_and_does_not_answer() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "handling", MONDAY)
    take(filed.case.pk, "contribute", city.actor("colleague"), MONDAY, text="路面已查。")
    with pytest.raises(NotAllowed):
        take(filed.case.pk, "answer", city.actor("colleague"), MONDAY, text="好了", outcome="solved")


def test_two_leads_are_impossible() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    matter = bring_to(city, filed, "handling", MONDAY)
    with pytest.raises(IntegrityError, match="one_lead_unit"), transaction.atomic():
        Part.objects.create(matter=matter, unit=city.units["schools"], role="lead", since=MONDAY)


def test_a_step_seen_on_an_old_page_is_a_conflict() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    matter = bring_to(city, filed, "forwarded", MONDAY)
    take(matter.pk, "withdraw", submitter(filed), MONDAY)
    with pytest.raises(Conflict):
        engine.take(
            matters=[matter.pk], step="accept", by=city.actor("insider"), at=MONDAY, seen=matter.moves_count
        )


def test_a_return_takes_effect_only_when_the_sender_agrees() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    matter = bring_to(city, filed, "forwarded", MONDAY)
    matter = take(matter.pk, "request_return", city.actor("insider"), MONDAY, reason="不是我们的灯")
    assert (matter.state, matter.pending, matter.holder) == ("forwarded", "return", city.units["hotline"].pk)
    with pytest.raises(Conflict):
        take(matter.pk, "accept", city.actor("insider"), MONDAY)
    matter = take(matter.pk, "agree_return", city.actor("clerk"), MONDAY)
    assert (matter.state, matter.pending) == ("registered", "")
    former = Part.objects.get(matter=matter, role="lead")
    assert former.until == MONDAY
    assert former.left_because == "不是我们的灯"
    # The next unit's limits run from its own forwarding.
    tuesday = MONDAY + dt.timedelta(days=1)
    matter = take(matter.pk, "route", city.actor("clerk"), tuesday, unit="roads")
    answer = Term.objects.get(matter=matter, code="answer", state="running")
    assert answer.day0 == dt.date(2026, 11, 24)


def test_late_acceptance_gains_nothing() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    matter = bring_to(city, filed, "forwarded", MONDAY)
    due = Term.objects.get(matter=matter, code="answer").due_effective
    later = MONDAY + dt.timedelta(days=3)
    take(matter.pk, "accept", city.actor("insider"), later)
    assert Term.objects.get(matter=matter, code="answer").due_effective == due == dt.date(2026, 11, 30)
    accept = Term.objects.get(matter=matter, code="accept")
    assert accept.late
    assert accept.state == "lapsed"


def test_a_question_stops_the_clock_and_the_audit_is_nobodys_time() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    matter = bring_to(city, filed, "handling", MONDAY)
    take(matter.pk, "ask", city.actor("insider"), MONDAY + dt.timedelta(days=1), question="哪根杆？")
    asked = Term.objects.get(matter=matter, code="answer")
    assert (asked.state, asked.due_at) == ("paused", None)
    take(matter.pk, "reply", submitter(filed), MONDAY + dt.timedelta(days=3), text="三号杆")
    assert Term.objects.get(matter=matter, code="answer").due_effective == dt.date(2026, 12, 2)
    take(
        matter.pk,
        "answer",
        city.actor("insider"),
        MONDAY + dt.timedelta(days=9),
        text="好了",
        outcome="solved",
    )
    take(
        matter.pk,
        "serve",
        city.actor("auditor"),
        MONDAY + dt.timedelta(days=20),
        method="phone",
        proof="通话",
    )
    answer = Term.objects.get(matter=matter, code="answer")
    assert (answer.state, answer.late) == ("met", False)


def test_an_extension_is_what_was_asked_for_and_told() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    matter = bring_to(city, filed, "handling", MONDAY)
    take(matter.pk, "request_extension", city.actor("insider"), MONDAY, reason="等材料", days="3")
    with pytest.raises(Refused):
        take(matter.pk, "approve_extension", city.actor("clerk"), MONDAY)
    take(matter.pk, "approve_extension", city.actor("clerk"), MONDAY, notice="灯具到货要三天")
    term = Term.objects.get(matter=matter, code="answer")
    assert (term.extended, term.due_effective) == (3, dt.date(2026, 12, 3))


def test_a_hold_ends_by_itself_on_its_review_date() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    matter = bring_to(city, filed, "handling", MONDAY)
    with pytest.raises(Refused):
        take(
            matter.pk, "request_hold", city.actor("insider"), MONDAY, plan="明年改造", review_on="2026-11-23"
        )
    take(matter.pk, "request_hold", city.actor("insider"), MONDAY, plan="明年改造", review_on="2027-03-01")
    take(matter.pk, "approve_hold", city.actor("clerk"), MONDAY, notice="三月再看")
    assert engine.lapse_due(at=dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)) == 0
    assert engine.lapse_due(at=dt.datetime(2027, 3, 1, 16, tzinfo=dt.UTC)) == 1
    matter = Matter.objects.get(pk=matter.pk)
    assert (matter.state, matter.holder) == ("handling", city.units["lamps"].pk)


def test_a_hold_longer_than_the_limit_is_refused() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    matter = bring_to(city, filed, "handling", MONDAY)
    take(matter.pk, "request_hold", city.actor("insider"), MONDAY, plan="以后", review_on="2027-12-01")
    with pytest.raises(Refused, match="180"):
        take(matter.pk, "approve_hold", city.actor("clerk"), MONDAY, notice="以后")


def test_second_handling_comes_once_by_itself() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    matter = bring_to(city, filed, "served", MONDAY)
    take(matter.pk, "evaluate", submitter(filed), MONDAY, grade="basically", solved="no")
    over = dt.datetime(2026, 12, 9, 1, tzinfo=dt.UTC)
    assert engine.lapse_due(at=over) == 1
    matter = Matter.objects.get(pk=matter.pk)
    assert matter.state == "handling"
    take(matter.pk, "answer", city.actor("insider"), over, text="再修", outcome="partly")
    take(matter.pk, "serve", city.actor("auditor"), over, method="phone", proof="通话")
    take(matter.pk, "evaluate", submitter(filed), over, grade="not_satisfied", solved="no")
    with pytest.raises(Refused):
        take(matter.pk, "second_handling", submitter(filed), over, understood="on")
    engine.lapse_due(at=over + dt.timedelta(days=17))
    assert Matter.objects.get(pk=matter.pk).state == "closed"


def test_a_clerk_who_handed_out_the_secret_cannot_judge_with_it() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "served", MONDAY)
    from yipanqi.cases.actions import reissue_secret
    from yipanqi.cases.queries import prove, viewer_of_submission
    from yipanqi.core.gate import Actor

    secret = reissue_secret(case=filed.case, checked="counter", by=city.actor("clerk2"), at=MONDAY)
    found = prove(reference=filed.reference, secret=secret, network="x", at=MONDAY)
    with pytest.raises(Refused, match="工作人员给出"):
        take(
            filed.case.pk,
            "evaluate",
            Actor(viewer_of_submission(*found)),
            MONDAY,
            grade="satisfied",
            solved="yes",
        )
    with pytest.raises(NotAllowed):
        take(filed.case.pk, "record_verdict", city.actor("clerk2"), MONDAY, grade="satisfied", solved="yes")
    take(filed.case.pk, "record_verdict", city.actor("callback"), MONDAY, grade="satisfied", solved="yes")


def test_every_move_has_a_payload_and_waits_for_its_leaf() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    matter = bring_to(city, filed, "closed", MONDAY)
    moves = Move.objects.filter(matter=matter)
    assert matter.moves_count == moves.count() == MovePayload.objects.filter(move__in=moves).count()
    assert Unsequenced.objects.filter(move__in=moves).count() == moves.count()


def test_a_state_that_the_procedure_does_not_know_is_impossible() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    changed = Matter.objects.filter(pk=filed.case.pk)
    with pytest.raises(IntegrityError, match="a_matter_is_in_a_state_of_its_procedure"), transaction.atomic():
        changed.update(state="solved")


def test_history_cannot_be_changed_with_the_applications_role() -> None:
    city = make_city()
    file(city, at=MONDAY)
    changes: tuple[Callable[[], object], ...] = (
        lambda: Move.objects.update(step="close"),
        lambda: MovePayload.objects.update(body="{}"),
        lambda: connection.cursor().execute("DELETE FROM core_move"),
        lambda: connection.cursor().execute("TRUNCATE core_leaf"),
    )
    for change in changes:
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


def test_the_time_to_judge_runs_from_actual_service() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    matter = bring_to(city, filed, "answered", MONDAY)
    friday = MONDAY + dt.timedelta(days=4)
    for wrong in ("2026-11-22", "2026-11-28"):
        with pytest.raises(Refused):
            take(
                matter.pk,
                "serve",
                city.actor("auditor"),
                friday,
                method="post",
                proof="示例",
                served_on=wrong,
            )
    take(
        matter.pk, "serve", city.actor("auditor"), friday, method="post", proof="示例", served_on="2026-11-25"
    )
    assert Term.objects.get(matter=matter, code="evaluate").day0 == dt.date(2026, 11, 25)
