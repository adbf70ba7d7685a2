"""Several cases, and whatever is done to them: split, joined, parted, stepped on by anybody, and days go by. No submitter
is ever without exactly one live thread for each case of theirs, and nothing of what is theirs is lost or counted twice."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.cases.test_machine import CAPABLE, PEOPLE, TABLES
from tests.factories import OPINION, add_head, file, make_city
from tests.lives import live as live_through
from yipanqi.cases.models import Case, Submission, Verdict
from yipanqi.cases.procedure import PROCEDURES
from yipanqi.core import engine
from yipanqi.core.errors import Refused
from yipanqi.core.gate import SYSTEM, Actor, Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter, Move, Term
from yipanqi.core.procedure import Role
from yipanqi.core.verify import Report, _chain
from yipanqi.insight.rollup import standings

START = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
VOICES = 4
# What usually comes next, by the request that waits or the state; what is not here is tried as well, by anybody.
GOING_ON = {
    "registered": "route:clerk route:clerk clear:clerk redirect:clerk withdraw:submitter",
    "forwarded": "accept:insider accept:insider request_return:insider withdraw:submitter",
    "return": "agree_return:clerk refuse_return:clerk",
    "handling": "answer:insider answer:insider ask:insider request_extension:insider request_hold:insider withdraw:submitter",
    "extension": "approve_extension:clerk refuse_extension:clerk approve_extension:head refuse_extension:head",
    "hold": "approve_hold:clerk refuse_hold:clerk",
    "asked": "reply:submitter",
    "on_hold": "resume:insider withdraw:submitter",
    "answered": "serve:auditor serve:auditor send_back:auditor serve:insider serve:insider take_back:insider",
    "served": "evaluate:submitter second_handling:submitter record_verdict:callback",
    "executing": "carry_out:insider evaluate:submitter",
    "reviewing": "",
    "closed": "",
    "withdrawn": "",
    "redirected": "",
}
# Where lives begin: all taken in; some joined and worked on; and answered together.
BEGINNINGS: dict[str, list[tuple[int, str, str]]] = {
    "taken in": [],
    "sent on": [(0, "route", "clerk"), (1, "join", "clerk")],
    "worked on": [(0, "accept", "insider"), (2, "join", "clerk")],
    "served": [(0, "answer", "insider"), (0, "serve", "server")],
}


class Town:
    """What lives begin from: four voices, each with a case, the later ones a little further on."""

    def __init__(self, kind: str) -> None:
        self.city = add_head(make_city())
        self.procedure = next(p for p in PROCEDURES if p.code == kind)
        self.going_on = {where: self.known(steps) for where, steps in GOING_ON.items()}
        self.actors = {person: self.city.actor(person) for person in PEOPLE if person in CAPABLE}
        self.actors["server"] = self.actors["insider" if kind == "claim" else "auditor"]
        filed = [file(self.city, at=START + dt.timedelta(hours=n), kind=kind) for n in range(VOICES)]
        self.filed = [f.submission.pk for f in filed]
        self.receipts = receipts()
        self.at = START + dt.timedelta(hours=VOICES)
        for f in filed:
            self.take(f.case.pk, "clear", "clerk", self.at)
        self.seen: Counter[str] = Counter()

    def known(self, steps: str) -> list[str]:
        """Those of the steps that this kind has, by those who may take them."""
        rows = TABLES[self.procedure.code].rows
        found = []
        for each in steps.split():
            step, _colon, person = each.partition(":")
            if step in rows and (person in rows[step].by or rows[step].needs in CAPABLE.get(person, ())):
                found.append(each)
        return found

    def go_on(self, beginning: str) -> None:
        cases = list(Case.objects.order_by("pk"))
        for which, step, person in BEGINNINGS[beginning]:
            self.take(cases[which].pk, step, person, self.at, cases[0].number)

    def take(self, pk: UUID, step: str, person: str, at: dt.datetime, head: str = "") -> None:
        """Take a step with answers that satisfy what it asks."""
        review = (at + dt.timedelta(days=30)).date().isoformat()
        every: dict[str, Any] = OPINION | {
            "path": "court", "how": "起诉", "by_when": "六个月", "title": "路灯", "text": "示例文字", "category": "lamps", "area": self.city.area.pk, "unit": "lamps",
            "co_units": [], "where": "法院", "reason": "理由", "question": "哪里？", "days": 3, "notice": "告知",
            "plan": "计划", "review_on": review, "method": "in_person", "proof": "凭据",
            "solved": "no", "grade": "not_satisfied", "understood": "on", "purpose": "contact", "checked": "counter",
            "head": head, "done_on": at.date().isoformat(),
        }  # fmt: skip
        asks = self.procedure.step[step].asks
        answers = {ask.name: every[ask.name] for ask in asks if ask.name in every}
        answers |= {ask.name: ask.choices[0][0] for ask in asks if ask.name == "outcome"}
        engine.take(matters=[pk], step=step, by=self.actor(person, pk), at=at, answers=answers)

    def actor(self, person: str, pk: UUID) -> Actor:
        if person == "system":
            return SYSTEM
        if person != "submitter":
            return self.actors[person]
        own = frozenset(Case.objects.filter(submission__cases=pk).values_list("pk", flat=True))
        return Actor(Viewer(proved=own, own_secret=own))


_town: Town


def receipts() -> list[dict[str, Any]]:
    """Everything of the submissions as they were received, and the secrets that open them."""
    found = []
    for s in Submission.objects.order_by("pk"):
        row = {f.attname: getattr(s, f.attname) for f in Submission._meta.concrete_fields}
        secrets = s.secrets.filter(revoked_at=None).values_list("digest", flat=True)
        found.append({**row, "digest": bytes(s.digest), "secrets": len(secrets)})
    return found


class ManyVoices(RuleBasedStateMachine):
    """Any person takes any step on any case at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.sid = transaction.savepoint()
        self.at = _town.at
        self.histories: dict[UUID, list[bytes]] = {}
        self.moves = 0
        self.look()

    def look(self) -> None:
        self.matters = {m.pk: m for m in Matter.objects.filter(case__isnull=False).order_by("pk")}
        self.cases = {c.pk: c for c in Case.objects.order_by("pk")}

    def one(self, data: st.DataObject) -> UUID:
        """One of the cases; of their places, so that a life that fails can be lived again."""
        pks: list[UUID] = list(self.cases)
        return pks[data.draw(st.integers(0, len(self.cases) - 1))]

    @rule(days=st.integers(0, 3) | st.integers(14, 60))
    def days_go_by(self, days: int) -> None:
        self.at += dt.timedelta(days=days)
        engine.lapse_due(at=self.at)

    @rule(data=st.data())
    def two_are_joined(self, data: st.DataObject) -> None:
        self.attempt(self.one(data), "join", "clerk", self.cases[self.one(data)].number)

    @rule(data=st.data(), step=st.sampled_from(["split", "part"]))
    def one_is_split_or_parted(self, data: st.DataObject, step: str) -> None:
        self.attempt(self.one(data), step, "clerk")

    @rule(data=st.data(), person=st.sampled_from(PEOPLE))
    def somebody_tries_something(self, data: st.DataObject, person: str) -> None:
        steps = sorted(TABLES[_town.procedure.code].rows)
        self.attempt(self.one(data), data.draw(st.sampled_from(steps)), person)

    @rule(data=st.data())
    def the_work_goes_on(self, data: st.DataObject) -> None:
        matter = self.matters[self.one(data)]
        going_on = _town.going_on[matter.pending or matter.state]
        if going_on:
            step, _colon, person = data.draw(st.sampled_from(going_on)).partition(":")
            self.attempt(matter.pk, step, person)

    # Twice in the list is twice as often.
    and_goes_on = rule(data=st.data())(lambda self, data: self.the_work_goes_on(data))
    and_on = rule(data=st.data())(lambda self, data: self.the_work_goes_on(data))

    def attempt(self, pk: UUID, step: str, person: str, head: str = "") -> None:
        before = everything()
        joined = "+" if Case.objects.filter(joined_to=pk).exists() else ""
        try:
            with transaction.atomic():
                _town.take(pk, step, person, self.at, head)
        except Refused:
            assert everything() == before
            return
        _town.seen[step + joined] += 1

    @invariant()
    def everything_is_in_order(self) -> None:
        """Looked at where something moved."""
        moves = Move.objects.count()
        if moves != self.moves:
            self.moves = moves
            self.look()
            self.each_voice_has_what_it_had()
            self.each_case_has_exactly_one_live_thread()
            self.there_is_no_chain_and_no_circle()
            self.histories_only_grow_and_are_whole()
            self.windows_are_own_and_nobody_judges_for_another()
            self.one_matter_is_counted_once()

    def each_voice_has_what_it_had(self) -> None:
        assert receipts() == _town.receipts
        for submission in _town.filed:
            assert Case.objects.filter(submission=submission).exists()

    def each_case_has_exactly_one_live_thread(self) -> None:
        """An open case has a limit that runs, or its state says why none does; and it waits for its submitter, for a
        unit, or goes with a head that stands where it stands."""
        for pk, case in self.cases.items():
            matter = self.matters[pk]
            state = procedure_of(matter).state[matter.state]
            running = list(Term.objects.filter(matter=pk, state=Term.RUNNING))
            assert bool(running) == matter.open or (matter.open and state.no_term)
            if not matter.open or state.waits_for == Role.SUBMITTER:
                continue
            if case.joined_to_id is None:
                assert matter.holder is not None
                continue
            head = self.matters[case.joined_to_id]
            assert matter.holder is None
            assert head.open
            assert head.holder is not None
            assert (matter.state, matter.pending) == (head.state, head.pending)

    def there_is_no_chain_and_no_circle(self) -> None:
        heads = {c.joined_to_id for c in Case.objects.exclude(joined_to=None)}
        assert not Case.objects.filter(pk__in=heads).exclude(joined_to=None).exists()

    def histories_only_grow_and_are_whole(self) -> None:
        for pk in self.cases:
            moves = list(Move.objects.filter(matter=pk).select_related("payload").order_by("number"))
            hashes = [bytes(m.hash) for m in moves]
            before = self.histories.get(pk, [])
            assert hashes[: len(before)] == before
            if len(hashes) != len(before):
                report = Report()
                _chain(report, self.matters[pk], moves)
                assert report.faults == []
            self.histories[pk] = hashes

    def windows_are_own_and_nobody_judges_for_another(self) -> None:
        for verdict in Verdict.objects.all():
            given = Move.objects.filter(matter=verdict.case_id, step__in=("evaluate", "record_verdict"))
            assert given.exists()
        for pk, matter in self.matters.items():
            window = Term.objects.filter(matter=pk, code="evaluate", state=Term.RUNNING)
            # A claim is judged while it is carried out or reviewed as well, until its window ends.
            judged = ("served", "executing", "reviewing") if matter.procedure == "claim" else ("served",)
            assert window.exists() <= (matter.state in judged)
            assert window.exists() or matter.state != "served" or matter.procedure == "claim"

    def one_matter_is_counted_once(self) -> None:
        found = standings(self.cases)
        for pk, case in self.cases.items():
            counts = found[pk]
            counted = counts.open + counts.closed
            head = self.matters.get(case.joined_to_id) if case.joined_to_id else None
            if head is not None and head.state != "withdrawn":
                assert (counted, counts.on_hold, counts.timed, counts.due_at) == (0, 0, 0, None)
            else:
                assert counted == int(self.matters[pk].state not in ("withdrawn", "redirected"))

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.sid)


def everything() -> Any:
    """A digest of all cases, matters and limits, to see that a refusal changed nothing."""
    tables = ("core_matter", "cases_case", "core_term", "core_move", "organisations_part")
    texts = ", ".join(f"(SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {t} t)" for t in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {texts}")
        return cursor.fetchone()


def live(kind: str, lives: int, steps: int) -> Town:
    """Live so many lives of so many steps from each beginning on."""
    global _town
    _town = Town(kind)
    for beginning in BEGINNINGS:
        _town.go_on(beginning)
        live_through(ManyVoices, lives, steps)
    return _town


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TABLES)
def test_no_voice_is_lost_whatever_is_joined_and_parted(kind: str) -> None:
    # So few lives need not meet each step: test_no_voice_is_lost_in_many_lives holds them to it.
    assert live(kind, 2, 12).seen


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "lives"), [("order", 12), ("suggestion", 6), ("claim", 8)])
def test_no_voice_is_lost_in_many_lives(kind: str, lives: int) -> None:
    """Everything that several cases can do was done, and a head was worked to its end. That each step that follows
    reaches each is tests/cases/test_joining_kinds.py."""
    seen = live(kind, lives, 20).seen
    assert {"split", "join", "part", "answer+", "serve+"} - set(seen) == set()
