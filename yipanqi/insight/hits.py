"""What a page of a search shows beside its rows: the best first, the counts of its filters, and where the words stand.

Rank and counts are of the newest hits, as many as can be read at no growing cost; the page says so where there are more.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from yipanqi.cases.models import Case
from yipanqi.core.counting import day_of, end_of
from yipanqi.core.gate import Channel, Viewer, readable
from yipanqi.core.models import Matter, SearchEntry
from yipanqi.core.search import Sight
from yipanqi.insight.queue import LATE, MOST, TODAY, Count
from yipanqi.insight.rows import Row
from yipanqi.insight.search import DAYS, LATER, PAGE, Asked, Found, hits_of, load, received_at
from yipanqi.meetings.models import Conference, Task
from yipanqi.organisations.models import Area, Part, Unit
from yipanqi.text.grams import Word, places

RANKED = 500  # the best are looked for among so many of the newest
SHOWN = 12  # units or places that are offered
AROUND = 24  # characters before and after a word


def find_best(
    viewer: Viewer,
    asked: Asked,
    at: dt.datetime,
    *,
    start: int = 0,
    size: int = PAGE,
    sight: Sight | None = None,
) -> Found:
    """A page of the newest hits, the best first: its reference is what was typed; it is in the reference; in the title;
    in the text. Among equals the newest. Of what a viewer may not read neither title nor text counts."""
    hits = hits_of(viewer, asked, at, size=RANKED + 1, sight=sight)
    ids = hits.ids[:RANKED]
    entries = SearchEntry.objects.filter(pk__in=ids).values_list("pk", "reference", "body")
    read = _read(ids, viewer)
    ranks = {pk: _rank(ref, body if pk in read else "", asked.words) for pk, ref, body in entries}
    ordered = sorted(ids, key=lambda pk: ranks[pk])
    return Found(
        rows=load(ordered[start : start + size], viewer, at),
        previous=str(max(start - size, 0)) if start else "",
        next=str(start + size) if start + size < len(ordered) else "",
        ranked=RANKED if len(hits.ids) > RANKED or hits.end else 0,
    )


def _read(ids: Iterable[UUID], viewer: Viewer) -> set[UUID]:
    found = Matter.objects.filter(readable(viewer, Channel.DESK), pk__in=list(ids))
    return set(found.values_list("pk", flat=True))


def _rank(reference: str, body: str, words: Sequence[Word]) -> tuple[int, int]:
    marks = reference.split()
    title = body.partition("\n")[0]
    if len(words) == 1 and any(form in marks for form in words[0].marks):
        return 0, 0
    if all(any(form in reference for form in word.marks) for word in words):
        return 1, 0
    return 2, -sum(any(form in title for form in word.forms) for word in words)


# --- counts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fact:
    """What the filters ask of a hit."""

    kind: str
    state: str
    unit: UUID | None
    path: str
    received_at: dt.datetime | None
    due_at: dt.datetime | None


@dataclass(frozen=True)
class Choice:
    """One choice of a filter: what would then be asked, what it is called where it has a name of its own, how many."""

    asked: Asked
    value: str
    count: Count
    name: str = ""


def choices(
    viewer: Viewer, asked: Asked, at: dt.datetime, *, sight: Sight | None = None
) -> dict[str, list[Choice]]:
    """By filter: its choices with what each would find, the other filters as they stand. All of it is counted over the
    newest thousand hits of the words; where there are more, each count is a least."""
    hits = hits_of(viewer, Asked(asked.words), at, size=MOST + 1, sight=sight)
    facts, more = _facts(hits.ids[:MOST]), len(hits.ids) > MOST or hits.end is not None
    return {
        name: _choices(name, asked, facts, at, more=more)
        for name in ("kind", "state", "term", "time", "unit", "area")
    }


def _facts(ids: Sequence[UUID]) -> list[_Fact]:
    leads = Part.objects.filter(matter__in=ids, role=Part.LEAD, until__isnull=True)
    units = dict(leads.values_list("matter_id", "unit_id"))
    rows = Matter.objects.filter(pk__in=ids).values_list(
        "pk", "procedure", "state", "case__area__path", "opened_at", "due_at"
    )
    return [
        _Fact(kind, state, units.get(pk), path or "", received_at(pk, state, opened_at), due_at)
        for pk, kind, state, path, opened_at, due_at in rows
    ]


def _choices(name: str, asked: Asked, facts: Sequence[_Fact], at: dt.datetime, *, more: bool) -> list[Choice]:
    nothing: dict[str, Any] = {name: None if name == "unit" else ""}
    free = replace(asked, **nothing)
    path = _path_of(free.area if name != "area" else asked.area)
    tests = [test for key, test in _tests(free, at).items() if key != name]
    left = [fact for fact in facts if all(test(fact) for test in tests)]
    counted: Counter[Any] = Counter(value for fact in left for value in _values(name, fact, at, path))
    values = [value for value, _n in counted.most_common()]
    chosen = getattr(asked, name)
    if chosen and chosen not in values:
        values.insert(0, chosen)
    if name in _ORDER:
        values = [value for value in _ORDER[name] if counted[value] or value == chosen]
    names = _names(name, values[:SHOWN])
    found = [Choice(free, "", Count(len(left), more))]
    for value in values[:SHOWN]:
        wish = replace(asked, **{name: value})
        found.append(Choice(wish, str(value), Count(counted[value], more), names.get(value, "")))
    return found


_ORDER: Mapping[str, Sequence[str]] = {"term": (LATE, TODAY, LATER), "time": tuple(DAYS)}


def _tests(asked: Asked, at: dt.datetime) -> dict[str, Any]:
    """By filter, whether a fact passes it: the same as the clause of the list."""
    path = _path_of(asked.area)
    return {
        name: test
        for name, test in {
            "kind": lambda f: f.kind == asked.kind,
            "state": lambda f: f.state == asked.state,
            "unit": lambda f: f.unit == asked.unit,
            "area": lambda f: bool(path) and f.path.startswith(path),
            "time": lambda f: asked.time in _times(f, at),
            "term": lambda f: _term(f, at) == asked.term,
        }.items()
        if getattr(asked, name)
    }


def _values(name: str, fact: _Fact, at: dt.datetime, path: str) -> Iterable[Any]:
    if name == "time":
        return _times(fact, at)
    if name == "term":
        return [term] if (term := _term(fact, at)) else []
    if name == "area":
        return _areas(fact, path)
    value = getattr(fact, name)
    return [value] if value else []


def _times(fact: _Fact, at: dt.datetime) -> list[str]:
    came = fact.received_at
    return [name for name, days in DAYS.items() if came and came > at - dt.timedelta(days=days)]


def _term(fact: _Fact, at: dt.datetime) -> str:
    if fact.due_at is None:
        return ""
    if fact.due_at <= at:
        return LATE
    return TODAY if fact.due_at <= end_of(day_of(at)) else LATER


def _areas(fact: _Fact, path: str) -> list[str]:
    """The chosen place and the one below it; where none is chosen, the districts."""
    codes = [code for code in fact.path.split("/") if code]
    if path and not fact.path.startswith(path):
        return codes[1:2]
    depth = path.count("/") - 1 if path else 1
    return codes[max(depth - 1, 1) : depth + 1] if path else codes[1:2]


def _path_of(area: str) -> str:
    return Area.objects.filter(pk=area).values_list("path", flat=True).first() or "" if area else ""


def _names(name: str, values: Sequence[Any]) -> dict[Any, str]:
    if name == "unit":
        return {unit.pk: str(unit) for unit in Unit.objects.filter(pk__in=values)}
    if name == "area":
        return {area.pk: str(area) for area in Area.objects.filter(pk__in=values)}
    return {}


# --- where the words stand -------------------------------------------------------------------------------------------

Piece = tuple[str, bool]  # a part of a text, and whether it is one of the words


def pieces(text: str, words: Sequence[Word]) -> list[Piece]:
    """A text in parts, those that were looked for apart from the others."""
    found, last = [], 0
    for start, end in places(text, words):
        found += [(text[last:start], False), (text[start:end], True)]
        last = end
    return [piece for piece in [*found, (text[last:], False)] if piece[0]]


def excerpts(rows: Sequence[Row], viewer: Viewer, words: Sequence[Word]) -> dict[UUID, list[Piece]]:
    """Of the matters whose text the viewer reads: the text around the first of the words, where one is in it."""
    read = _read([row.id for row in rows], viewer)
    texts = dict(Case.objects.filter(pk__in=read).values_list("pk", "text"))
    texts |= dict(Task.objects.filter(pk__in=read).values_list("pk", "goal"))
    texts |= dict(Conference.objects.filter(matter__in=read).values_list("matter_id", "purpose"))
    found = {}
    for pk, text in texts.items():
        spots = places(text, words)
        if spots:
            start, end = max(spots[0][0] - AROUND, 0), spots[0][1] + AROUND
            part = f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
            found[pk] = pieces(" ".join(part.split()), words)
    return found
