"""Filing: one and many by the same way, and what is long past."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from tests.factories import WORDS, make_city, record
from yipanqi.cases.actions import Filed, Filing, Words, file_submissions
from yipanqi.cases.models import Case, ExternalRef, Submission
from yipanqi.core import ledger, sealing, verify
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import NOBODY, Actor
from yipanqi.core.models import Matter, Move, Term, id_of_time
from yipanqi.core.procedure import Role
from yipanqi.organisations.models import Part

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
RESIDENT = Actor(NOBODY, Role.SUBMITTER)


@pytest.fixture(autouse=True)
def _own_checkpoint_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "checkpoint_file", lambda: tmp_path / "checkpoints.jsonl")


def filings(count: int, system: str = "12345") -> list[Filing]:
    return [
        Filing(
            dataclasses.replace(WORDS, title=f"路灯不亮，第{n}处"),
            "named",
            "paper",
            external=[(system, str(n))],
        )
        for n in range(count)
    ]


def file_all(count: int, system: str = "12345") -> tuple[list[Filed], int]:
    """So many at once, and the number of statements that it took."""
    with CaptureQueriesContext(connection) as sent:
        filed = file_submissions(filings=filings(count, system), by=RESIDENT, at=NOW)
    return filed, len(sent)


def test_many_are_filed_as_one_is() -> None:
    make_city()
    [first], _with_the_calendar = file_all(1, "warm")
    [one], few = file_all(1)
    many, more = file_all(4, "other")
    assert few == more
    filed = [first, one, *many]
    assert len({f.reference for f in filed}) == len({f.secret for f in filed}) == len(filed)
    matters = Matter.objects.filter(pk__in=[f.case.pk for f in filed])
    assert {(m.state, m.open, m.moves_count, m.due_at) for m in matters} == {
        ("registered", True, 1, Term.objects.first().due_at)  # type: ignore[union-attr]
    }
    assert matters.filter(holder__isnull=False, parts__role=Part.SENDER, terms__code="route").count() == 6
    assert Move.objects.filter(step="register").count() == 6


def test_a_hundred_go_by_another_way_and_are_the_same() -> None:
    make_city()
    filed, _statements = file_all(150)
    assert Case.objects.count() == Submission.objects.count() == Part.objects.count() == 150
    assert ExternalRef.objects.filter(case=filed[149].case, number="149").exists()
    assert sealing.open_seal(filed[149].submission.seal_id)["title"] == "路灯不亮，第149处"
    assert ledger.checkpoint(at=NOW) is not None
    assert not verify.verify().faults


def test_all_or_nothing() -> None:
    make_city()
    wrong = [*filings(3), Filing(Words(title="", text="只有正文"), "named", "paper")]
    with pytest.raises(Refused):
        file_submissions(filings=wrong, by=RESIDENT, at=NOW)
    doubled = [*filings(2), filings(1)[0]]
    with pytest.raises(IntegrityError, match="an_external_number_is_one_case"):
        file_submissions(filings=doubled, by=RESIDENT, at=NOW)


def test_what_is_long_past_is_kept_and_runs_no_limit() -> None:
    city = make_city()
    said = dt.datetime(2019, 4, 25, 1, tzinfo=dt.UTC)
    dated, undated = record(city, NOW, received_at=said), record(city, NOW, text="二号杆不亮。")
    for filed in (dated, undated):
        matter = Matter.objects.get(pk=filed.case.pk)
        assert (matter.state, matter.open, matter.holder, matter.due_at) == ("recorded", False, None, None)
        assert not filed.secret
        assert not filed.submission.secrets.exists()
    assert not Term.objects.exists()
    assert (dated.submission.received_at, undated.submission.received_at) == (said, None)
    assert undated.case.text == "二号杆不亮。"
    assert sealing.open_seal(undated.submission.seal_id)["text"] == "二号杆不亮，已修好。"


def test_history_needs_its_own_capability() -> None:
    city = make_city()
    past = Filing(Words(title="路灯不亮", text="已修好。"), "named", "paper", history=True)
    viewer = city.viewer("clerk")
    others = {name: paths for name, paths in viewer.capabilities.items() if name != "cases.import"}
    clerk = Actor(dataclasses.replace(viewer, capabilities=others), Role.SENDER)
    with pytest.raises(NotAllowed):
        file_submissions(filings=[past], by=clerk, at=NOW)
    assert not Case.objects.exists()


def test_ids_of_the_past_stand_in_their_place() -> None:
    days = [None, *(dt.datetime(year, 1, 1, tzinfo=dt.UTC) for year in (2018, 2019, 2026))]
    ids = [id_of_time(day) for day in days]
    assert sorted(ids) == ids
    assert {i.version for i in ids} == {7}
    assert id_of_time(days[1]) != ids[1]
