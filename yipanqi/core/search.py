"""The index of what is searched: one narrow row a matter, written with the text that it repeats.

It is complete: lexemes are characters and pairs of characters, and what they find is looked at again in the folded
text. It says nothing of rights: those who search pass the gate (`matching`), so that no move of a unit or a matter
can leave it behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import Q

from yipanqi.core.gate import Channel, Viewer, readable, visible
from yipanqi.core.kinds import Words, all_kinds
from yipanqi.core.models import Matter, SearchEntry
from yipanqi.text.grams import Word, body, grams, grams_of_word, mark

MARK = "#"  # before the lexemes of a reference
BATCH = 1000

_PUT = """
INSERT INTO core_searchentry (matter_id, reference, body, lexemes)
SELECT x.matter_id, x.reference, x.body, x.lexemes::tsvector
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS x (matter_id, reference, body, lexemes)
ON CONFLICT (matter_id) DO UPDATE
SET reference = excluded.reference, body = excluded.body, lexemes = excluded.lexemes
"""


def entry(words: Words) -> SearchEntry:
    """What is searched of a new matter, for `writing.insert`: the portal's role may do no more."""
    reference, text = mark(words.reference), body(" ".join(words.title.split()), words.text)
    lexemes = map(_quoted, [*grams(text), *(MARK + gram for gram in grams(reference))])
    return SearchEntry(matter_id=words.matter, reference=reference, body=text, lexemes=" ".join(lexemes))


def put(*, words: Iterable[Words]) -> None:
    """Write what is searched of matters, instead of what was before, in the transaction that changes it."""
    entries = [entry(each) for each in {each.matter: each for each in words}.values()]
    rows = [[e.matter_id, e.reference, e.body, e.lexemes] for e in entries]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            cursor.execute(_PUT, list(map(list, zip(*rows[start : start + BATCH], strict=True))))


def unfilled() -> bool:
    """Whether matters of the time before this index lack their entries. They are written from the newest down, so the
    oldest says it."""
    indexed = [kind.procedure.code for kind in all_kinds() if kind.searched]
    oldest = Matter.objects.filter(procedure__in=indexed).order_by("pk").values_list("pk", flat=True).first()
    return oldest is not None and not SearchEntry.objects.filter(pk=oldest).exists()


def fill(*, before: UUID | None = None, most: int = BATCH) -> UUID | None:
    """Write what is missing of the next matters, the newest first, and say how far; None at the end. May be stopped
    and begun again: what is there is not written anew."""
    found = Matter.objects.filter(pk__lt=before) if before else Matter.objects.all()
    kinds = dict(found.order_by("-pk").values_list("pk", "procedure")[:most])
    there = set(SearchEntry.objects.filter(pk__in=kinds).values_list("pk", flat=True))
    for kind in all_kinds():
        missing = [pk for pk, code in kinds.items() if code == kind.procedure.code and pk not in there]
        if missing:
            put(words=kind.words(missing))
    return next(reversed(kinds), None)


def lexemes(words: Sequence[Word]) -> str:
    """The query over `lexemes` (a tsquery as text): what holds the words has these, be it in text or reference."""
    return " & ".join("(" + " | ".join(_all_of(way) for way in ways(word)) + ")" for word in words)


def ways(word: Word) -> Iterator[list[str]]:
    """Lexemes of which an entry has all of one list, if it holds the word."""
    for form in word.forms:
        yield grams_of_word(form)
    for form in word.marks:
        yield [MARK + gram for gram in grams_of_word(form)]


def _all_of(every: Iterable[str]) -> str:
    return "(" + " & ".join(_quoted(each) for each in every) + ")"


def _quoted(lexeme: str) -> str:
    """A lexeme in a tsvector or tsquery; between quotes nothing but these two means anything."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


@dataclass(frozen=True)
class Clause:
    """A condition over `core_matter` (and the entry `e`) as SQL, with its values."""

    sql: str
    values: list[Any]

    @classmethod
    def of(cls, clause: Q) -> Clause:
        """What Django makes of a clause over `Matter`. The clause is not kept: rights are read anew at each request."""
        query = Matter.objects.filter(clause).order_by().values("pk").query
        try:
            sql, values = query.sql_with_params()
            if len(query.alias_map) > 1:
                return cls(f'"core_matter"."id" IN ({sql})', list(values))
            where, values = query.where.as_sql(query.get_compiler("default"), connection)
        except EmptyResultSet:
            return cls("FALSE", [])
        except FullResultSet:
            return cls("TRUE", [])
        return cls(where, list(values))

    def __and__(self, other: Clause) -> Clause:
        return Clause(f"({self.sql}) AND ({other.sql})", [*self.values, *other.values])

    def __or__(self, other: Clause) -> Clause:
        return Clause(f"({self.sql}) OR ({other.sql})", [*self.values, *other.values])


@dataclass(frozen=True)
class Sight:
    """What a viewer may find, and what of it they read: the gate's two clauses, made once for a page."""

    finds: Clause
    reads: Clause

    @classmethod
    def of(cls, viewer: Viewer, channel: Channel) -> Sight:
        return cls(Clause.of(visible(viewer, channel)), Clause.of(readable(viewer, channel)))


def holding(words: Sequence[Word]) -> Clause:
    """The condition over `e`: it holds each word somewhere, whoever may read it."""
    return _all(_any("body", word.forms) | _any("reference", word.marks) for word in words)


def matching(words: Sequence[Word], sight: Sight) -> Clause:
    """The condition over `core_matter` and an entry `e` that holds the words: the viewer may find it and reads its text,
    or each word is in its reference. Of what they may find and not read the reference alone answers."""
    if sight.reads == sight.finds:
        return sight.finds
    if not all(word.marks for word in words):
        return sight.finds & sight.reads
    return sight.finds & (sight.reads | _all(_any("reference", word.marks) for word in words))


def _all(clauses: Iterable[Clause]) -> Clause:
    return reduce(and_, clauses)


def _any(column: str, forms: Sequence[str]) -> Clause:
    if not forms:
        return Clause("FALSE", [])
    likes = " OR ".join([f"e.{column} LIKE %s"] * len(forms))
    return Clause(likes, [f"%{_escaped(form)}%" for form in forms])


def _escaped(form: str) -> str:
    return form.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
