"""The documents of a matter on paper and in large print, for the desk and for the submitter alike.

The document is in Chinese whatever the reader's language: whoever shows one takes it from a matter that was presented in
Chinese (`in_chinese`). The page reads in the reader's language and says that the paper prevails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import get_language, override

from yipanqi.core.typesetting import official_typefaces, typeset
from yipanqi.notices import documents as papers
from yipanqi.notices.documents import Sheet
from yipanqi.notices.sealed import sealed
from yipanqi.organisations.timeline import DocumentView
from yipanqi.web.components.frames import unit_name


def in_chinese() -> AbstractContextManager[Any]:
    """The language of documents."""
    return override("zh-hans")


def sheet_of(documents: Sequence[DocumentView], number: int, *, reference: str, addressee: str) -> Sheet:
    """The document with this place among a matter's, counted from one; 404 where there is none."""
    if not 1 <= number <= len(documents):
        raise Http404
    view = documents[number - 1]
    own = papers.issued([view]).get(view.move) if view.move else None
    return papers.sheet(view, own, reference=reference, addressee=addressee, city=unit_name())


def letter(sheet: Sheet, name: str) -> HttpResponse:
    """The document to be kept as `name`.pdf: as it came back sealed where it did, and before that as it goes out."""
    copy = None if sheet.record else sealed(sheet.move)
    if copy is not None and copy.content is not None:
        return _file(bytes(copy.content), name, copy.content_type)
    return _file(papers.pdf(sheet), name)


def numbers(documents: Sequence[DocumentView]) -> list[str]:
    """The number of each document; empty where it has none."""
    own = papers.issued(documents)
    return [own[d.move].number if d.move in own and not d.record else "" for d in documents]


def official_sheet(template: str, data: Mapping[str, Any], name: str) -> HttpResponse:
    """A document in the official layout, in the reader's language, to be kept as `name`.pdf."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return _file(typeset(template, {"lang": language, "typefaces": official_typefaces(), **data}), name)


def _file(content: bytes, name: str, content_type: str = "application/pdf") -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{content_type.partition("/")[2]}"'
    return response
