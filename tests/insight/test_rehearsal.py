"""What a change would have meant for the last cases: by the code that makes it, and taken back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils import timezone

from tests.exchange.files import csv_of
from tests.factories import City, bring_to, file, make_city, take
from tests.meetings.world import MONDAY, days
from yipanqi.cases.paths import NAMES
from yipanqi.commands import rehearse as commands
from yipanqi.core.errors import Refused
from yipanqi.core.limits import set_limit
from yipanqi.core.models import Change, Limit, Term
from yipanqi.exchange.organisations import DUTY_FIELDS
from yipanqi.exchange.paths import FIELDS as PATH_FIELDS
from yipanqi.exchange.reviewers import FIELDS as REVIEWER_FIELDS
from yipanqi.exchange.trial import take_in
from yipanqi.insight.rehearsal import Difference, Point, Rehearsal, rehearse
from yipanqi.notices.models import IssuedDocument, Text
from yipanqi.organisations.models import Duty

pytestmark = pytest.mark.django_db
ON = MONDAY.date() + dt.timedelta(days=30)
HEADERS = [each.label.zh for each in DUTY_FIELDS]


@pytest.fixture
def city() -> City:
    return make_city(MONDAY)


def limit(city: City, amount: int, code: str = "answer", unit: str = "working_days") -> Rehearsal:
    def change() -> None:
        set_limit(
            procedure="order", code=code, valid_from=ON, amount=amount, unit=unit, practice=True, basis_zh="示例",
            basis_en="sample", by=city.viewer("sysadmin"), at=MONDAY,
        )  # fmt: skip

    return rehearse(change, on=ON)


def test_a_changed_limit_says_which_dates_would_change_and_changes_none(city: City) -> None:
    running, other = file(city, at=MONDAY), file(city, at=MONDAY + days(1))
    bring_to(city, running, "handling", MONDAY)
    bring_to(city, other, "registered", MONDAY + days(1))
    term = Term.objects.get(matter=running.case.pk, code="answer")
    due = term.due_effective
    assert due is not None
    found = limit(city, 10)
    assert (found.cases, found.touched) == (2, 1)
    [one] = found.differences
    assert (one.point.case, one.now) == (running.case.number, due.isoformat())
    assert (one.then, one.days) == ((due + dt.timedelta(days=7)).isoformat(), 7)
    assert not Limit.objects.filter(valid_from=ON).exists()
    assert Term.objects.get(pk=term.pk).due_effective == due
    assert not Change.objects.filter(what="limit").exists()
    assert limit(city, 5).differences == []


def test_a_limit_is_counted_with_its_pauses_and_extensions(city: City) -> None:
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "handling", MONDAY)
    plain = limit(city, 10).differences[0]
    take(filed.case.pk, "ask", city.actor("insider"), MONDAY, question="哪一盏？")
    take(filed.case.pk, "reply", city.actor("clerk"), MONDAY + days(2), text="路口那盏")
    term = Term.objects.get(matter=filed.case.pk, code="answer")
    [paused] = limit(city, 10).differences
    assert paused.now == str(term.due_effective)
    assert paused.then > plain.then


def test_only_the_last_cases_are_looked_at(city: City) -> None:
    for n in range(3):
        bring_to(city, file(city, at=MONDAY + days(n)), "handling", MONDAY + days(n))
    found = rehearse(lambda: None, on=ON, most=2)
    assert (found.cases, found.differences) == (2, [])


def duties(tmp_path: Path, *rows: list[str]) -> Path:
    path = tmp_path / "duties.csv"
    path.write_bytes(csv_of(HEADERS, *rows).getvalue())
    return path


def test_a_changed_duty_list_says_which_cases_would_go_elsewhere(city: City, tmp_path: Path) -> None:
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "forwarded", MONDAY)
    path = duties(tmp_path, ["lamps", "3701", "roads", "新三定方案 5", MONDAY.date().isoformat(), ""])
    count = Duty.objects.count()
    found = rehearse(lambda: take_in("duties", path, at=MONDAY), on=MONDAY.date())
    assert [(d.point.case, d.point.what, d.now, d.then) for d in found.differences] == [
        (filed.case.number, "unit", "示例路灯处", "示例道路处")
    ]
    assert Duty.objects.count() == count


def test_a_file_with_a_bad_row_is_refused_whole(city: City, tmp_path: Path) -> None:
    path = duties(
        tmp_path,
        ["lamps", "3701", "roads", "新三定方案 5", "", ""],
        ["lamps", "3701", "nowhere", "示例", "", ""],
    )
    count = Duty.objects.count()
    with pytest.raises(Refused, match="3: "):
        rehearse(lambda: take_in("duties", path, at=MONDAY), on=MONDAY.date())
    assert Duty.objects.count() == count


def test_the_command_prints_each_difference_and_the_sum(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "handling", MONDAY)
    monkeypatch.setattr(commands, "ready", lambda: None)
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    run = CliRunner().invoke(commands.command, ["limit", "order", "answer", "10", "working_days"])
    assert run.exit_code == 0, run.output
    assert filed.case.number in run.output
    assert "(+7 days)" in run.output
    assert "1 of the last 1 cases would have gone otherwise. Nothing was changed." in run.output
    wrong = CliRunner().invoke(commands.command, ["limit", "order", "nothing", "10", "working_days"])
    assert (wrong.exit_code, wrong.output) == (1, "Error: 没有这项期限。\n")
    path = duties(tmp_path, ["lamps", "3701", "roads", "新三定方案 5", MONDAY.date().isoformat(), ""])
    listed = CliRunner().invoke(commands.command, ["list", "duties", str(path)])
    assert "示例路灯处 → 示例道路处" in listed.output


def test_a_changed_template_says_which_documents_would_read_otherwise(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = file(city, at=MONDAY, kind="claim")
    words = {"title": "示例收费", "text": "示例", "category": "lamps", "area": city.area.pk}
    take(filed.case.pk, "clear", city.actor("clerk"), MONDAY, **words)
    take(filed.case.pk, "route", city.actor("clerk"), MONDAY, unit="lamps")
    take(filed.case.pk, "accept", city.actor("insider"), MONDAY, notice="已受理。")
    document = IssuedDocument.objects.get()
    monkeypatch.setattr(commands, "ready", lambda: None)
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    path = tmp_path / "words.txt"
    path.write_text("{addressee}：\n换了一种说法。\n{content}\n{issuer}\n", encoding="utf-8")
    run = CliRunner().invoke(commands.command, ["text", "doc_acceptance", str(path)])
    assert run.exit_code == 0, run.output
    assert f"{filed.case.number}  document {document.number}: " in run.output
    assert "→ 换了一种说法。" in run.output
    assert "1 of the last 1 cases would have gone otherwise. Nothing was changed." in run.output
    assert not Text.objects.exists()
    other = CliRunner().invoke(commands.command, ["text", "doc_opinion", str(path)])
    assert "0 of the last 1 cases" in other.output
    path.write_text("没有正文", encoding="utf-8")
    assert CliRunner().invoke(commands.command, ["text", "doc_opinion", str(path)]).exit_code == 1
    assert CliRunner().invoke(commands.command, ["text", "nothing", str(path)]).exit_code == 1


LINE = {
    "code": "labour-1", "unit": "market", "path": "劳动仲裁", "matter": "拖欠工资", "category": "lamps", "where": "新仲裁院",
    "how": "带合同申请", "by_when": "一年内", "basis": "示例清单 1", "valid_from": "", "valid_to": "",
}  # fmt: skip


def test_a_changed_list_of_paths_says_of_which_claims_the_letter_would_read_otherwise(
    city: City, tmp_path: Path
) -> None:
    filed, other = (file(city, at=MONDAY, kind=kind) for kind in ("claim", "order"))
    for each in (filed, other):
        bring_to(city, each, "registered", MONDAY)
    path = tmp_path / "paths.csv"
    line = [LINE[column.name] for column in PATH_FIELDS]
    line[2] = next(str(label.zh) for label in NAMES.values())
    path.write_bytes(csv_of([each.label.zh for each in PATH_FIELDS], line).getvalue())
    found = rehearse(lambda: take_in("paths", path, at=MONDAY), on=MONDAY.date())
    (one,) = found.differences
    assert (one.point.case, one.point.what, one.point.label, one.now) == (
        filed.case.number,
        "route",
        "labour-1",
        "",
    )
    assert "新仲裁院" in one.then


def test_a_changed_table_of_reviewers_says_which_opinions_others_would_review(
    city: City, tmp_path: Path
) -> None:
    filed = file(city, at=MONDAY, kind="claim")
    bring_to(city, filed, "served", MONDAY)
    path = tmp_path / "reviewers.csv"
    row = ["lamps", "city", "信访工作条例 35", "", ""]
    path.write_bytes(csv_of([each.label.zh for each in REVIEWER_FIELDS], row).getvalue())
    found = rehearse(lambda: take_in("reviewers", path, at=MONDAY), on=MONDAY.date())
    assert [(d.point.case, d.point.what, d.now, d.then) for d in found.differences] == [
        (filed.case.number, "reviewer", "", "示例市")
    ]


def test_a_difference_of_no_date_has_no_days() -> None:
    assert Difference(Point("c", "unit", "", 0), "2026-01-01", "2026-01-02").days == 0
