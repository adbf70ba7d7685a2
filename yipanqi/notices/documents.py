"""The documents of a matter as a unit sends them: their number, and their words around what the move says.

The words are the move's (docs/adr/0004); what stands around them is a text in versions, and each document keeps the
version, the number and the unit's name that it was produced with (docs/adr/0040).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language, gettext as _

from yipanqi.core.counting import day_of
from yipanqi.core.kinds import procedure_of
from yipanqi.core.labels import Label
from yipanqi.core.models import Matter, Move
from yipanqi.core.procedure import Step
from yipanqi.core.typesetting import official_typefaces, typeset
from yipanqi.notices import papers
from yipanqi.notices.letters import day_words
from yipanqi.notices.models import IssuedDocument, Text
from yipanqi.notices.queries import text_in_force
from yipanqi.notices.series import BY_CODE, OTHER, RECORD, Series, series_of
from yipanqi.organisations.models import Unit
from yipanqi.organisations.timeline import DocumentView

_LOCK = 0x5950_444F_0000_0000  # with 32 bits of the unit's id: one unit gives out one number at a time
PETITIONER = Label("信访人", "the petitioner")
SUBMITTERS: Mapping[str, Label] = {
    "order": Label("诉求人", "whoever asked"),
    "suggestion": Label("建议人", "whoever suggested it"),
}
NUMERALS = "一二三四五六七八九十"
# What a sample says: a document is in Chinese, whoever looks at its template.
_SAMPLE = (
    ("投诉请求", "示例：要求修好小区的路灯。"),
    ("事实和理由", "示例：经现场核实，三盏路灯的灯头损坏。"),
    ("处理意见", "示例：已于本月十日全部更换。"),
    ("救济途径和期限", "示例：不服本意见的，可以自收到之日起三十日内请求复查。"),
)
_IN_PARTS = ("doc_opinion", "doc_duty", "doc_review", "doc_second_review", "doc_guidance")


def number(matter: Matter, move: Move, step: Step) -> None:
    """Give the document that a move produces its number, within the transaction of its step. An opinion has its number
    from when it is given, for it is printed before it can be served; one that is taken back keeps its own, and the next
    has another. What no unit produced has none."""
    produces, bearer = step.produces, move
    if step.name == "answer":
        serving = procedure_of(matter).step.get("serve")
        produces = serving.produces if serving else None
    elif step.name == "serve":
        bearer = Move.objects.filter(matter=matter, step="answer").order_by("-number").first() or move
    if produces is None or bearer.actor_unit is None:
        return
    if bearer is not move and IssuedDocument.objects.filter(move=bearer).exists():
        return
    _give(bearer, Unit.objects.get(pk=bearer.actor_unit), series_of(produces))


def _give(move: Move, unit: Unit, of: Series) -> None:
    year = day_of(move.at).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK | unit.pk.int & 0xFFFF_FFFF])
    own = IssuedDocument.objects.filter(unit=unit, year=year, series=of.code)
    last = own.aggregate(last=Max("serial"))["last"]
    IssuedDocument.objects.create(
        move=move,
        unit=unit,
        unit_name=unit.name_zh,
        unit_word=unit.word,
        year=year,
        series=of.code,
        word=of.word,
        serial=(last or 0) + 1,
        follows=last,
        version=text_in_force(of.code).version,
    )


def issued(documents: Iterable[DocumentView]) -> dict[UUID, IssuedDocument]:
    """What each document that has a number was produced with, by its move; one statement."""
    moves = [one.move for one in documents if one.move is not None]
    return {one.move_id: one for one in IssuedDocument.objects.filter(move__in=moves)} if moves else {}


@dataclass(frozen=True)
class Sheet:
    """A document as it is read, in the language that was active. `parts` are what the move says, each under its heading,
    which is empty where there is one text; `place` says where the seal goes."""

    unit: str
    number: str
    title: str
    greeting: str
    opening: tuple[str, ...]
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    closing: tuple[str, ...]
    signer: str
    day: str
    about: str
    place: str
    record: bool = False
    open: bool = False
    move: UUID | None = None  # whose words it bears


def sheet(
    view: DocumentView, own: IssuedDocument | None, *, reference: str, addressee: str, city: str
) -> Sheet:
    """A document with its fixed words as of when it was produced. `addressee` is what a submitter is called; a letter to
    a unit goes to the unit. `city` signs what no unit did."""
    of = BY_CODE[RECORD] if view.record else BY_CODE[own.series] if own else BY_CODE[OTHER]
    text = _text(of.code, own.version if own and not view.record else 0)
    return _filled(view, own, text, reference=reference, addressee=addressee, city=city)


def _filled(
    view: DocumentView, own: IssuedDocument | None, text: Text, *, reference: str, addressee: str, city: str
) -> Sheet:
    unit = own.unit_name if own and _chinese() and own.unit_id == view.by else view.unit or city
    values = {
        "title": view.title[:1].upper() + view.title[1:],
        "issuer": unit,
        "addressee": view.to or addressee,
        "reference": reference,
    }
    frame = papers.framed(text.subject, text.body, values)
    return Sheet(
        unit=unit,
        number=own.number if own and not view.record else "",
        title=frame.title,
        greeting=frame.greeting,
        opening=frame.opening,
        parts=_parts(view, own),
        closing=frame.closing,
        signer=frame.signer,
        day=day_words(day_of(view.dated or view.at)),
        about=_("查询号：%(reference)s") % {"reference": reference},
        place=_("（印章）"),
        record=view.record,
        open=view.open,
        move=view.move,
    )


def _parts(view: DocumentView, own: IssuedDocument | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What the move says; several parts are numbered as GB/T 9704 numbers headings. A record says first what it is of."""
    parts = view.parts or (("", view.text),)
    if view.record:
        of = (_("送达的文书"), own.number if own else _("（没有编号）"))
        return tuple((label, (value,)) for label, value in (of, *parts))
    return tuple(
        (_ordinal(place) + label if label else "", tuple(line for line in text.splitlines() if line.strip()))
        for place, (label, text) in enumerate(parts)
    )


def _ordinal(place: int) -> str:
    if not _chinese():
        return f"{place + 1}. "
    return f"{'十' if place > 9 else ''}{NUMERALS[place % 10]}、"


def _chinese() -> bool:
    return not (get_language() or "").startswith("en")


def _text(code: str, version: int) -> Text:
    if version:
        return Text.objects.get(code=code, version=version)
    return papers.default(code)


def sample(code: str, text: Text, *, reference: str) -> Sheet:
    """A document of a series with these words, of nobody and about nothing, to be looked at before they are in force."""
    of, today = BY_CODE[code], timezone.now()
    parts: tuple[tuple[str, str], ...] = _SAMPLE if of.code in _IN_PARTS else (("", _SAMPLE[1][1]),)
    if of.code == RECORD:
        parts = (("送达方式", "直接送达（当面交本人）"), ("送达日期", day_words(day_of(today))))
    view = DocumentView("sample", of.title.zh, "", today, "示例单位", parts=parts, record=of.code == RECORD)
    number = IssuedDocument(
        unit_name=view.unit, word=of.word, year=day_of(today).year, serial=1, series=of.code, version=0
    )
    return _filled(view, number, text, reference=reference, addressee="张某某", city=view.unit)


def fixed_words(code: str, issuer: str) -> str:
    """The Chinese words around what a move says, in a document of this series made with the text in force: a line each."""
    text = text_in_force(code)
    names = {name: f"〔{name}〕" for name in papers.VARIABLES}
    frame = papers.framed(text.subject_zh, text.body_zh, names | {"issuer": issuer})
    return "\n".join((frame.title, frame.greeting, *frame.opening, *frame.closing, frame.signer))


def pdf(one: Sheet) -> bytes:
    """The sheet as PDF in the layout of GB/T 9704. Raises `NoTypeface`."""
    data: dict[str, Any] = {
        "lang": "zh" if _chinese() else "en",
        "typefaces": official_typefaces(),
        **{name: getattr(one, name) for name in Sheet.__dataclass_fields__ if name != "move"},
    }
    return typeset("letter", data)


def submitter_called(procedure: str) -> str:
    """What a submitter is called in a document that bears no name."""
    return str(SUBMITTERS.get(procedure, PETITIONER))
