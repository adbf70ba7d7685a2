"""A document as PDF, set by typst in the layout of official documents."""

from __future__ import annotations

from typing import Any

from yipanqi.core.typesetting import official_typefaces, typeset
from yipanqi.exchange.paper import Address, Block, Heading, Paper, Run, Words, text_of

CONTENT_TYPE = "application/pdf"


def pdf(paper: Paper, address: Address) -> bytes:
    """The bytes of the document; each figure and name is a link to its source."""
    data = {
        "lang": paper.lang,
        "title": paper.title,
        "greeting": paper.greeting,
        "opening": list(paper.opening),
        "blocks": [_block(block, address) for block in paper.numbered()],
        "closing": list(paper.closing),
        "signer": paper.signer,
        "day": paper.day_text,
        "mark": paper.mark,
        "wide": paper.wide,
        "typefaces": official_typefaces(),
    }
    return typeset("paper", data)


def _block(block: Block, address: Address) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"what": "heading", "text": block.text}
    if isinstance(block, Words):
        return {"what": "words", "runs": [_run(run, address) for run in block.runs]}
    if not block.rows:
        return {"what": "words", "runs": [_run(block.empty, address)]}
    return {
        "what": "table",
        "caption": block.caption,
        "headers": list(block.headers),
        "widths": list(block.widths),
        "rows": [[_run(run, address) for run in row] for row in block.rows],
    }


def _run(run: Run, address: Address) -> dict[str, str]:
    return {"text": text_of(run), "to": "" if isinstance(run, str) else address(run.source)}
