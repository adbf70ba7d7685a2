"""The one flow: what goes in, what fails and why, and that nothing goes in twice or half."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import IntegrityError
from django.utils.translation import override

from tests.exchange.files import csv_of, xlsx_of
from tests.exchange.world import NOW, begin, entered, importer, received, to_its_end
from tests.factories import City, make_city
from yipanqi.cases.models import Case, ExternalRef, Submission
from yipanqi.commands.main import cli
from yipanqi.core import sealing
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import SYSTEM
from yipanqi.core.models import Matter, Seal, Term
from yipanqi.exchange import actions, flow, queries
from yipanqi.exchange.failed import REASONS, table_of
from yipanqi.exchange.models import Chunk, FailedRow, ImportedRow, ImportRun, Mapping
from yipanqi.exchange.submissions import Submissions
from yipanqi.exchange.writing import written

pytestmark = pytest.mark.django_db
HEADERS = ["标题", "诉求内容", "来电时间", "来电人", "联系电话", "类别", "区域"]
GOOD = ["路灯不亮", "示例路的灯不亮。", "2026/11/20 9:05", "甲某", "199 0000 0001", "路灯", "示例街道"]


@pytest.fixture
def city() -> City:
    return make_city(NOW)


def rows(number: int) -> list[list[str]]:
    return [[f"第{n}盏路灯", f"示例路第{n}盏灯不亮。", *GOOD[2:]] for n in range(number)]


def test_a_row_becomes_a_submission_with_its_case(city: City) -> None:
    run, failures = entered(csv_of(HEADERS, GOOD), importer(city))
    assert (run.state, run.entered, run.known, run.failed, failures) == ("done", 1, 0, 0, [])
    case = Case.objects.select_related("submission").get()
    assert sealing.open_seal(case.submission.seal_id)["text"] == "示例路的灯不亮。"
    assert (case.category_id, case.area_id, case.matter.state) == ("lamps", city.area.pk, "registered")
    assert case.submission.received_at == dt.datetime(2026, 11, 20, 1, 5, tzinfo=dt.UTC)
    assert (case.submission.anonymity, case.submission.recorded_by) == ("named", city.accounts["clerk"].pk)
    assert Term.objects.filter(matter=case.pk).exists()


def test_what_is_long_past_runs_no_limit_and_may_have_no_time_and_no_title(city: City) -> None:
    source = csv_of(["正文"], ["尊敬的领导：您好！示例路的路灯坏了很久。\n请修一修。"])
    entered(source, importer(city), history=True)
    case = Case.objects.select_related("submission", "matter").get()
    assert (case.matter.state, case.matter.open, case.submission.received_at) == ("recorded", False, None)
    assert case.title == "示例路的路灯坏了很久"
    assert "请修一修" in case.text
    assert not Term.objects.exists()


def test_what_was_taken_elsewhere_may_be_longer(city: City) -> None:
    source = ["text"], ["长" * 9000]
    for history, entered_ in ((False, 0), (True, 1)):
        run, _failures = entered(csv_of(*source), importer(city), history=history)
        assert run.entered == entered_
    assert len(Case.objects.get().text) == 9000


def test_a_dry_run_writes_nothing_and_says_all(city: City) -> None:
    source = csv_of(HEADERS, GOOD, ["x", "", "昨天", "", "1.1E+17", "没有", "示例街道"])
    run = begin(received(source, importer(city)), importer(city), for_good=False)
    run = to_its_end(run, importer(city))
    assert (run.state, run.entered, run.failed) == ("checked", 1, 1)
    [failure] = queries.failures(run)
    assert failure.number == 3
    assert list(failure.wrong) == ["来电时间", "联系电话", "类别", "诉求内容"]
    assert not Submission.objects.exists()
    assert not ImportedRow.objects.exists()
    run = to_its_end(begin(run, importer(city)), importer(city))
    assert (run.state, run.entered, run.failed) == ("done", 1, 1)
    assert Submission.objects.count() == 1


def test_reasons_speak_the_language_of_who_imports(city: City) -> None:
    bad = ["x", "y", "someday", *GOOD[3:]]
    assert "不是日期" in entered(csv_of(HEADERS, bad), importer(city))[1][0].reasons
    with override("en"):
        assert "is not a date" in entered(csv_of(HEADERS, [*bad[:6], ""]), importer(city))[1][0].reasons


def test_failed_rows_alone_come_back_mended(city: City) -> None:
    bad = ["=路灯", "正文", "昨天", *GOOD[3:]]
    run, failures = entered(xlsx_of(HEADERS, GOOD, ["路灯", "正文", "昨天", *GOOD[3:]]), importer(city))
    headers, cells = table_of(run.headers, failures)
    assert headers == [*HEADERS, REASONS]
    again = [list(row) for row in cells]
    assert "昨天" in again[0][-1]
    run, failures = entered(csv_of(headers, *again), importer(city))
    assert (run.entered, run.failed) == (0, 1)
    headers, cells = table_of(run.headers, failures)
    assert headers.count(REASONS) == 1
    [mended] = [[*row[:2], "2026-11-19", *row[3:]] for row in cells]
    run, failures = entered(csv_of(headers, mended), importer(city))
    assert (run.entered, run.failed) == (1, 0)
    assert Submission.objects.count() == 2
    assert bad


def test_what_is_long_past_is_read_mended_and_kept_as_it_was(city: City) -> None:
    said = ["路燈(dēng )坏了", "示例路的路燈坏了<br>三天"]
    entered(csv_of(["标题", "正文"], said), importer(city), history=True, mend=True)
    case = Case.objects.select_related("submission").get()
    assert (case.title, case.text) == ("路灯坏了", "示例路的路灯坏了\n三天")
    sealed = sealing.open_seal(case.submission.seal_id)
    assert [sealed["title"], sealed["text"]] == said


def test_the_same_file_goes_in_once(city: City) -> None:
    entered(csv_of(HEADERS, *rows(3)), importer(city))
    run, _failures = entered(csv_of(HEADERS, *rows(3)), importer(city))
    assert (run.entered, run.known) == (0, 3)
    assert Submission.objects.count() == 3


def test_a_row_cannot_go_in_twice_whatever_the_code_does(city: City) -> None:
    run, _failures = entered(csv_of(HEADERS, GOOD), importer(city))
    row = ImportedRow.objects.get()
    with pytest.raises(IntegrityError, match="a_row_of_a_file_goes_in_once"):
        ImportedRow.objects.create(run=run, digest=row.digest, number=row.number, object_id="x", at=NOW)


def test_an_import_goes_on_where_it_was_left(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "BATCH", 3)
    by = importer(city)
    run = begin(received(csv_of(HEADERS, *rows(10)), by), by)
    steps = iter([True, False])
    done = actions.advance_import(
        run=run, source=actions.stored(run), by=by, now=lambda: NOW, more=lambda: next(steps)
    )
    assert not done
    assert Submission.objects.count() == 6
    stale = ImportRun.objects.get(pk=run.pk)
    to_its_end(ImportRun.objects.get(pk=run.pk), by)
    assert Submission.objects.count() == 10
    # A second worker that read the import before does no harm.
    ImportRun.objects.filter(pk=run.pk).update(state="running")
    assert not actions.advance_import(run=stale, source=csv_of(HEADERS, *rows(10)), by=by, now=lambda: NOW)
    assert Submission.objects.count() == 10


def test_a_row_that_the_database_refuses_fails_alone(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    written_before = Submissions.write

    def write(self: Submissions, good: Any, **more: Any) -> Any:
        if any("第7盏" in row.values["title"] for row in good):
            raise IntegrityError("it may quote 甲某")
        return written_before(self, good, **more)

    monkeypatch.setattr(Submissions, "write", write)
    run, failures = entered(csv_of(HEADERS, *rows(20)), importer(city))
    assert (run.entered, [f.number for f in failures]) == (19, [9])
    assert "甲某" not in failures[0].reasons
    assert Submission.objects.count() == 19


def test_only_who_may_import_does(city: City) -> None:
    with pytest.raises(NotAllowed):
        received(csv_of(HEADERS, GOOD), importer(city, "insider"))
    run = begin(received(csv_of(HEADERS, GOOD), importer(city)), importer(city))
    with pytest.raises(NotAllowed):
        to_its_end(run, importer(city, "sysadmin"))
    assert not Submission.objects.exists()


def test_columns_are_guessed_remembered_and_checked(city: City) -> None:
    by = importer(city)
    headers = ["甲列", "诉求标题", "detail"]
    run = received(csv_of(headers, ["1", "2", "3"]), by)
    assert run.mapping == {"title": "诉求标题", "text": "detail"}
    for mapping, wrong in (
        ({"title": "诉求标题"}, "text"),
        ({"text": "没有这列"}, "text"),
        ({"text": "detail", "title": "detail"}, "title"),
    ):
        with pytest.raises(Refused) as caught:
            begin(run, by, mapping=mapping)
        assert wrong in caught.value.fields
    begin(run, by, mapping={"text": "甲列"})
    assert received(csv_of(headers, ["4", "5", "6"]), by).mapping == {"text": "甲列"}
    assert Mapping.objects.count() == 1


@pytest.mark.parametrize("header", ["Title", "标题（必填）", " 标　题 ", "诉求标题", "title"])
def test_a_header_is_known_however_it_is_written(city: City, header: str) -> None:
    run = received(csv_of([header, "text"], ["1", "2"]), importer(city))
    assert run.mapping["title"] == header.strip()


def test_nothing_that_was_written_stands_in_the_database_in_plain(city: City) -> None:
    by = importer(city)
    run, _failures = entered(csv_of(HEADERS, ["秘密甲", "", *GOOD[2:]]), by)
    received(csv_of(HEADERS, ["秘密乙", "秘密乙", *GOOD[2:]]), by)
    kept = b"".join(bytes(c) for c in Chunk.objects.values_list("ciphertext", flat=True))
    kept += b"".join(bytes(c) for c in FailedRow.objects.values_list("ciphertext", flat=True))
    kept += repr(list(ImportRun.objects.values())).encode()
    assert kept
    assert "秘密".encode() not in kept
    assert [f.cells[0] for f in queries.failures(run)] == ["秘密甲"]


def test_files_and_failed_rows_are_forgotten_in_time(city: City) -> None:
    by = importer(city)
    ended, _failures = entered(csv_of(HEADERS, ["x", "", *GOOD[2:]]), by)
    assert not ended.chunks.exists(), "what was entered needs its file no more"
    left = received(csv_of(HEADERS, GOOD), by)
    assert actions.forget_files(at=NOW + dt.timedelta(hours=23)) == 0
    assert actions.forget_files(at=NOW + dt.timedelta(days=1, minutes=1)) == 1
    assert not left.chunks.exists()
    assert ended.failures.count() == 1
    assert actions.forget_files(at=NOW + dt.timedelta(days=14, minutes=1)) == 1
    assert not ended.failures.exists()
    assert set(
        Seal.objects.filter(pk__in=[ended.seal_id, left.seal_id]).values_list("wrapped", flat=True)
    ) == {None}
    assert list(queries.failures(ImportRun.objects.get(pk=ended.pk))) == []


def test_a_number_that_is_known_is_not_doubled_and_changes_nothing(city: City) -> None:
    headers, by = ["编号", *HEADERS], importer(city)
    first = csv_of(headers, ["A1", *GOOD], ["A2", *GOOD], ["A1", *GOOD])
    run = begin(received(first, by, system=None), by)
    run.options = {"system": "12345"}
    run.save()
    run = to_its_end(run, by)
    assert (run.entered, run.known) == (2, 1)
    assert sorted(ExternalRef.objects.values_list("system", "number")) == [("12345", "A1"), ("12345", "A2")]


def test_the_system_imports_from_the_command_line(city: City) -> None:
    for history in (True, False):
        run, failures = entered(csv_of(["text", str(history)], ["一段话", ""]), SYSTEM, history=history)
        assert (run.entered, failures) == (1, [])
    assert sorted(Matter.objects.values_list("state", flat=True)) == ["recorded", "registered"]


def test_the_command_says_which_columns_are_left_behind(city: City, tmp_path: Path) -> None:
    file = tmp_path / "留言.csv"
    file.write_bytes(csv_of(["留言主题", "留言详情", "留言者"], ["路灯", "灯不亮", "甲某"]).getvalue())
    said = CliRunner().invoke(cli, ["import-submissions", str(file), "--dry-run"])
    assert said.exit_code == 0
    assert "title = 留言主题; text = 留言详情" in said.stderr
    assert "Not used (--map FIELD=COLUMN uses it): 留言者" in said.stderr
    said = CliRunner().invoke(cli, ["import-submissions", str(file), "--dry-run", "--map", "name=留言者"])
    assert "Not used" not in said.stderr


def test_a_file_of_failed_rows_is_written_as_it_will_be_read(city: City) -> None:
    _run, failures = entered(csv_of(["text", "time"], ["=SUM(1)", "x"]), importer(city))
    headers, cells = table_of(["text", "time"], failures)
    import io

    run = received(io.BytesIO(written("xlsx", headers, list(cells))), importer(city))
    run = to_its_end(begin(run, importer(city), mapping={"text": "text"}), importer(city))
    assert run.entered == 1
    assert sealing.open_seal(Submission.objects.get().seal_id)["text"] == "=SUM(1)"
