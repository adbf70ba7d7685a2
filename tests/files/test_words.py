"""Reading the words of a document that staff bring: by its content, in a process of its own."""

from __future__ import annotations

import io
import zipfile

import pytest
import typst
from docx import Document

from yipanqi.core.typesetting import _typefaces
from yipanqi.files.checking import FileRefused, words_of
from yipanqi.files.words import _unwrapped

SAID = "会议强调，要健全工作机制，建强工作队伍。"


def docx_of(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    document, out = Document(), io.BytesIO()
    for each in paragraphs:
        document.add_paragraph(each)
    if rows:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    document.save(out)
    return out.getvalue()


def pdf(source: str) -> bytes:
    made = typst.compile(source.encode(), font_paths=_typefaces())
    assert isinstance(made, bytes)
    return made


def bomb() -> bytes:
    out, block = io.BytesIO(), b" " * (1 << 24)
    with (
        zipfile.ZipFile(io.BytesIO(docx_of(SAID))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in source.namelist():
            with made.open(name, "w", force_zip64=True) as part:
                part.write(b"<a/>" if name == "word/document.xml" else source.read(name))
                for _times in range(72 if name == "word/document.xml" else 0):
                    part.write(block)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_is_read_in_either_encoding(encoding: str) -> None:
    assert words_of("纪要.txt", SAID.encode(encoding)) == SAID


def test_a_word_document_is_read_with_its_tables_in_their_place() -> None:
    data = docx_of("一、会议要求", SAID, rows=(("任务", "牵头单位"), ("建强队伍", "示例局")))
    assert words_of("纪要.docx", data).split("\n") == [
        "一、会议要求",
        SAID,
        "任务 牵头单位",
        "建强队伍 示例局",
    ]


def test_a_page_is_read_without_what_stands_around_its_words() -> None:
    page = f"<!doctype html><html><head><style>p{{}}</style></head><body><nav>首页</nav><article><h1>开会</h1><p>{SAID[:10]}\n{SAID[10:]}</p><script>x()</script></article><footer>版权</footer></body></html>"
    found = words_of("a.html", page.encode()).split("\n")
    assert found == ["开会", f"{SAID[:10]} {SAID[10:]}"]


def test_a_pdf_is_read_and_its_lines_are_joined() -> None:
    text = SAID * 8
    data = pdf(f'#set page(width: 12cm)\n#set text(font: "Noto Sans SC")\n{text}')
    assert "".join(words_of("a.pdf", data).split()) == text


def test_a_full_line_goes_on_and_a_heading_does_not() -> None:
    lines = [
        "一、要求",
        "会议强调，各级各部门要把这项工作摆在突出位置来",
        "抓，健全工作机制。",
        "二、分工",
        "略",
    ]
    assert list(_unwrapped(lines)) == ["一、要求", lines[1] + lines[2], "二、分工", "略"]


def test_what_cannot_be_read_says_why_and_what_to_do() -> None:
    for data, why in (
        (b"", "空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "读不出文字"),
        (b"PK\x03\x04 no archive", "损坏"),
        (b"%PDF-1.7 nothing", "损坏"),
        (pdf("#rect()"), "只有图片"),
        (bomb(), "太费力"),
    ):
        with pytest.raises(FileRefused, match=why):
            words_of("某.docx", data)
