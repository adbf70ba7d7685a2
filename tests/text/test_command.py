"""`yipanqi text` on files and standard input, as it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yipanqi.commands.main import cli

DATA = Path(__file__).resolve().parent.parent / "data"
ROWS = (
    "text,id,more,title\n示例路的路灯不亮,a1,x,路灯不亮\n示例路路燈壞了,b2,y,路灯坏了\n社保怎么转,c3,z,社保\n"
)


def _run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(cli, ["text", *arguments], input=given)


def test_cleans_a_file() -> None:
    result = _run("clean", str(DATA / "conference-report.txt"))
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert set(printed) == {"text", "changes"}
    assert printed["text"] == (DATA / "conference-report-printed.txt").read_text(encoding="utf-8")
    assert printed["changes"][1:3] == [
        {"start": 9, "end": 10, "before": "會", "after": "会", "rule": "script"},
        {"start": 10, "end": 16, "before": "(huì )", "after": "", "rule": "gloss"},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_cleans_standard_input_in_either_encoding(encoding: str) -> None:
    result = _run("clean", "-", given="著(zhù)力\r\n好".encode(encoding))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["text"] == "着力\r\n好"


@pytest.mark.parametrize(
    "given", [b"\xff\xfe\x00\x00\x81", b"\x89PNG\r\n\x1a\n\x00\xff", "路灯".encode("utf-16")]
)
def test_says_plainly_what_it_cannot_read(given: bytes) -> None:
    result = _run("clean", "-", given=given)
    assert result.exit_code == 1
    assert "is no text in UTF-8 or GB18030" in result.output


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    result = _run("clean", str(tmp_path / "none.txt"))
    assert result.exit_code == 1
    assert "none.txt cannot be read: No such file" in result.output


def test_finds_the_similar_rows_of_a_file(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(ROWS, encoding="gb18030")
    result = _run("similar", "--index", str(rows), "--query", str(rows), "--json")
    assert result.exit_code == 0
    first, second, third = json.loads(result.stdout)
    assert (first["id"], first["similar"][0]["id"]) == ("a1", "b2")
    assert (second["id"], second["similar"][0]["id"]) == ("b2", "a1")
    assert third == {"id": "c3", "similar": []}
    assert set(first["similar"][0]) == {"id", "score", "why"}
    assert 0 < first["similar"][0]["score"] <= 1
    assert "示例路" in first["similar"][0]["why"]


def test_prints_a_list_to_read(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("\ufeff" + ROWS, encoding="utf-8")
    result = _run("similar", "--index", str(rows), "--query", str(rows))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "a1  路灯不亮"
    assert "b2  地点：" in lines[1]
    assert lines[-1] == "  -"


def test_a_missing_column_is_said_plainly(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("id,title\n1,a\n", encoding="utf-8")
    result = _run("similar", "--index", str(rows), "--query", str(rows), "--json")
    assert result.exit_code == 1
    assert "has no column text" in result.output
