"""A document of a matter as a letter on paper, for the desk and for the submitter alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _

from yipanqi.core.typesetting import official_typefaces, typeset
from yipanqi.organisations.timeline import DocumentView
from yipanqi.web.components.frames import unit_name
from yipanqi.web.components.words import day_text


def letter(documents: Sequence[DocumentView], number: int, *, reference: str) -> HttpResponse:
    """The PDF of the document with this place among a matter's, counted from one; 404 where there is none."""
    if not 1 <= number <= len(documents):
        raise Http404
    document = documents[number - 1]
    data = {
        "unit": document.unit or unit_name(),
        "title": document.title[:1].upper() + document.title[1:],
        "paragraphs": [line for line in document.text.splitlines() if line.strip()],
        "day": day_text(timezone.localtime(document.at).date()),
        "about": _("查询号：%(reference)s") % {"reference": reference},
    }
    return official_sheet("letter", data, f"{reference}-{number}")


def official_sheet(template: str, data: Mapping[str, Any], name: str) -> HttpResponse:
    """A document in the official layout, in the reader's language, to be kept as `name`.pdf."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    given = {"lang": language, "typefaces": official_typefaces(), **data}
    response = HttpResponse(typeset(template, given), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
