"""Contact sheets: the pictures of one surface, language and width side by side on one page."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser

TILES = {
    390: (5, 1100),
    1280: (3, 800),
}  # by width: tiles in a row, height of a tile in the pixels of the sheet
WIDE = 1900

STYLE = """
body { margin: 16px; font: 14px/1.4 sans-serif; background: #dde3ea; color: #18232f; }
h1 { font-size: 20px; margin: 0 0 12px; }
main { display: grid; gap: 14px; grid-template-columns: repeat(%(columns)d, minmax(0, 1fr)); align-items: start; }
figure { margin: 0; background: #fff; border: 1px solid #74879b; }
figcaption { padding: 4px 8px; font-weight: 700; border-bottom: 1px solid #c9d4df; }
.cut { max-height: %(height)dpx; overflow: hidden; }
img { display: block; width: 100%%; }
"""


def make_sheet(browser: Browser, title: str, pictures: Sequence[Path], width: int, into: Path) -> None:
    """Write a sheet as HTML and as a picture; the pictures lie beside it."""
    columns, height = TILES[width]
    tiles = "".join(
        f'<figure><figcaption>{html.escape(one.stem)}</figcaption><div class="cut">'
        f'<img src="{html.escape(str(one.relative_to(into.parent)))}" alt=""></div></figure>'
        for one in pictures
    )
    style = STYLE % {"columns": columns, "height": height}
    page_text = f'<!doctype html><meta charset="utf-8"><title>{html.escape(title)}</title><style>{style}</style><h1>{html.escape(title)}</h1><main>{tiles}</main>'
    source = into.with_suffix(".html")
    source.write_text(page_text, encoding="utf-8")
    context = browser.new_context(viewport={"width": WIDE, "height": 900})
    page = context.new_page()
    page.goto(source.as_uri())
    page.screenshot(path=into, full_page=True)
    context.close()
