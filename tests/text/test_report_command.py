"""`yipanqi import-report` on files and standard input, as it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yipanqi.commands.main import cli

DATA = Path(__file__).resolve().parent.parent / "data"
KEYS = ["date", "title", "form", "chair", "attending", "conveyed", "speakers", "main_venue", "branch_venues"]
KEYS += ["attendees", "leaders", "speech_by", "requirements"]
OF_REQUIREMENT = {"clause", "start", "end", "kind", "theme", "action", "object", "units", "proposed", "due"}


@pytest.fixture(autouse=True)
def _no_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL", "PORTAL_DATABASE_URL", "ERASE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("YIPANQI_HOME", str(tmp_path / "home"))


def _run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(cli, ["import-report", *arguments], input=given)


def test_prints_what_it_read_and_nothing_else(tmp_path: Path) -> None:
    result = _run(str(DATA / "conference-report.txt"), "--dry-run", "--json")
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert list(printed) == KEYS
    assert printed["date"] == "02-14"
    assert printed["branch_venues"] is True
    assert printed["attending"][1] == {"name": "于海田", "post": "市委副书记、市长"}
    assert len(printed["requirements"]) == 33
    text = (DATA / "conference-report-printed.txt").read_text(encoding="utf-8")
    for each in printed["requirements"]:
        assert set(each) == OF_REQUIREMENT
        assert text[each["start"] : each["end"]] == each["clause"]
        assert each["proposed"] == []
    # Nothing was begun for it.
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_reads_standard_input_in_either_encoding(encoding: str) -> None:
    text = (DATA / "conference-report.txt").read_text(encoding="utf-8")
    result = _run("-", "--dry-run", "--json", given=text.encode(encoding))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["chair"] == "于海田"


def test_what_is_no_report_has_no_requirements() -> None:
    result = _run(str(DATA / "reports" / "letter.txt"), "--dry-run", "--json")
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert list(printed) == KEYS
    assert printed["requirements"] == []
    assert "no report" in _run(str(DATA / "reports" / "letter.txt"), "--dry-run").stdout


def test_prints_a_list_to_read() -> None:
    lines = _run(str(DATA / "conference-report.txt"), "--dry-run").stdout.splitlines()
    assert lines[0] == "02-14  市委社会工作会议"
    assert "  抓实新兴领域党的建设" in lines
    assert any(line.endswith("principle 扛起政治责任  [各级党委(党组)]") for line in lines)


def test_a_missing_file_and_what_is_no_text_are_said_plainly(tmp_path: Path) -> None:
    result = _run(str(tmp_path / "none.txt"), "--dry-run", "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "none.txt cannot be read: No such file" in result.stderr
    result = _run("-", "--dry-run", "--json", given=b"\x89PNG\r\n\x1a\n\x00\xff")
    assert (result.exit_code, result.stdout) == (1, "")


def test_a_database_that_does_not_answer_proposes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    result = _run(str(DATA / "conference-report.txt"), "--dry-run", "--json")
    assert result.exit_code == 0
    assert all(each["proposed"] == [] for each in json.loads(result.stdout)["requirements"])


def test_says_that_only_reading_is_there() -> None:
    result = _run(str(DATA / "conference-report.txt"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--dry-run" in result.stderr
