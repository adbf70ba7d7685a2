"""The process that reads the words of one document that staff bring; then it is gone.

`python -I -m yipanqi.files.words KIND` takes the file on its standard input and writes a line of JSON, and after it the
words in UTF-8. Like the one that makes copies (convert.py) it knows no database, no key and no other file.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from yipanqi.files.convert import NotTaken, limit

BLOCKS = frozenset(("address", "article", "blockquote", "br", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "pre", "section", "table", "td", "th", "title", "tr"))  # fmt: skip
# What is on a page besides its words, and the words that stand on every page of a site.
BESIDE = (
    "script",
    "style",
    "template",
    "noscript",
    "nav",
    "footer",
    "aside",
    "form",
    "button",
    "iframe",
    "svg",
)
_ENDS = "。！？；：!?;:”』」》)）"
_BEGINS = re.compile(
    r"[\s\u3000]|[（(]?[一二三四五六七八九十\d]{1,3}[、.．)）]|第[一二三四五六七八九十百]+[章条]"
)
FULL = 18  # characters: a shorter line of a page is a heading, whatever it ends with


def words(kind: str, data: bytes) -> str:
    """The words of a document, a paragraph a line. Raises `NotTaken`."""
    try:
        return {"docx": _docx, "pdf": _pdf, "html": _html}[kind](data)
    except NotTaken:
        raise
    except MemoryError:
        raise NotTaken("heavy") from None
    except Exception:
        # Readers raise whatever comes to their mind.
        raise NotTaken("broken") from None


def _docx(data: bytes) -> str:
    from docx import Document
    from docx.table import Table

    found: list[str] = []
    for block in Document(io.BytesIO(data)).iter_inner_content():
        found += _rows(block) if isinstance(block, Table) else [block.text]
    return "\n".join(found)


def _rows(table: Any) -> Iterator[str]:
    """Each row of a table as a line; a cell that spans several is said once."""
    for row in table.rows:
        cells = dict.fromkeys(" ".join(cell.text.split()) for cell in row.cells)
        yield " ".join(filter(None, cells))


def _html(data: bytes) -> str:
    from lxml import etree, html

    page = html.document_fromstring(data.decode("utf-8"), parser=html.HTMLParser(no_network=True))
    etree.strip_elements(page, etree.Comment, *BESIDE, with_tail=False)
    parts = page.findall(".//article") or page.findall(".//main") or [page]
    return "\n".join(line for part in parts for line in "".join(_said(part)).split("\n") if line.strip())


def _said(element: Any) -> Iterator[str]:
    """The words within an element; line breaks where it shows them, and not where its source has them."""
    block = element.tag in BLOCKS
    if block:
        yield "\n"
    yield " ".join((element.text or "").split("\n"))
    for child in element:
        yield from _said(child)
        yield " ".join((child.tail or "").split("\n"))
    if block:
        yield "\n"


def _pdf(data: bytes) -> str:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise NotTaken("encrypted")
    lines = [line for page in reader.pages for line in page.extract_text().split("\n")]
    if not any(line.strip() for line in lines):
        raise NotTaken("scanned")
    return "\n".join(_unwrapped(lines))


def _unwrapped(lines: list[str]) -> Iterator[str]:
    """Paragraphs of the lines of pages: a full line that ends within a sentence goes on in the next."""
    held = ""
    for line in lines:
        if held and (len(held) < FULL or held.rstrip()[-1:] in _ENDS or _BEGINS.match(line)):
            yield held
            held = ""
        held = held.rstrip() + line.strip() if held else line.rstrip()
    yield held


def main() -> None:
    limit()
    data, out = sys.stdin.buffer.read(), sys.stdout.buffer
    try:
        made = words(sys.argv[1], data)
    except NotTaken as why:
        out.write(json.dumps({"refused": str(why)}).encode() + b"\n")
        return
    out.write(b"{}\n" + made.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
