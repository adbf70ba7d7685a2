"""Searching matters by their words: newest first or best first, open and closed, through the gate, at bounded cost.

PostgreSQL cannot know how often pairs of characters stand together, and guesses a plan that reads a hundred thousand
rows where twenty were wanted. So the plan is chosen here, from how often the rarest of the lexemes occurs:

* a rare word is found by the index of lexemes, then looked at again, and at the gate;
* a frequent one is found by walking down from the newest: over the whole, or over the parts of the viewer's units
  where these are few. A walk looks at `WINDOW` entries; the page then says how far it came, and leads on from there.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import Q

from yipanqi.cases.models import Case
from yipanqi.core import search
from yipanqi.core.counting import day_of, end_of
from yipanqi.core.gate import Channel, Viewer
from yipanqi.core.models import Matter, id_of_time, time_of_id
from yipanqi.core.search import Clause, Sight
from yipanqi.insight.queue import LATE, TODAY
from yipanqi.insight.rows import Row, rows_of
from yipanqi.organisations.access import units_reached
from yipanqi.organisations.models import Area, Part
from yipanqi.text.grams import Word

PAGE = 50
WINDOW = 20_000  # entries that a walk looks at
RARE = 3_000  # hits up to which the index is asked
FEW_HITS = 300  # and up to which it is asked where the viewer's units have few parts
FEW = 5_000  # parts of a viewer's units up to which these are walked
LASTS = 600  # seconds for which a guess at frequencies is kept

NEWEST, BEST = "newest", "best"
LATER = "later"
WEEK, MONTH, YEAR = "week", "month", "year"
DAYS = {WEEK: 7, MONTH: 30, YEAR: 365}
PAST = "recorded"  # handled long ago; when it came is in its id, and when it was opened here says nothing


@dataclass(frozen=True)
class Asked:
    """What is searched. Empty: no filter."""

    words: tuple[Word, ...]
    kind: str = ""
    state: str = ""
    unit: UUID | None = None  # the lead unit
    area: str = ""
    time: str = ""  # received within a week, a month, a year
    term: str = ""  # late, today, later


@dataclass(frozen=True)
class Place:
    """A place in the list: after (or before) the matter with this id; `up`: towards newer ones."""

    id: UUID
    up: bool = False


@dataclass(frozen=True)
class Hits:
    """Ids in the order of the list. `end`: as far as a walk came that did not fill the page; None: all is seen."""

    ids: list[UUID]
    end: UUID | None = None


@dataclass(frozen=True)
class Found:
    """A page of what was found. `since`: the walk came as far back as this, and the next page goes on from there.
    `ranked`: the best of so many of the newest hits, where there are more."""

    rows: list[Row]
    previous: str = ""
    next: str = ""
    since: dt.datetime | None = None
    ranked: int = 0


def find(
    viewer: Viewer,
    asked: Asked,
    at: dt.datetime,
    *,
    place: Place | None = None,
    size: int = PAGE,
    sight: Sight | None = None,
) -> Found:
    """A page, newest first."""
    hits = hits_of(viewer, asked, at, place=place, size=size + 1, sight=sight)
    more, ids = len(hits.ids) > size, hits.ids[:size]
    up = place is not None and place.up
    if up:
        ids = ids[::-1]
    last = ids[-1] if ids else None
    beyond = last if more or up else hits.end
    back = ids[0] if ids and (more if up else place is not None) else None
    end = Matter.objects.filter(pk=hits.end).only("state", "opened_at").first() if hits.end else None
    since = received_at(end.pk, end.state, end.opened_at) if end else None
    return Found(rows=load(ids, viewer, at), previous=_text(back), next=_text(beyond), since=since)


def received_at(pk: UUID, state: str, opened_at: dt.datetime) -> dt.datetime | None:
    """When a matter came in; None where that is unknown of what is long past."""
    return time_of_id(pk) if state == PAST else opened_at


def _text(place: UUID | None) -> str:
    return str(place) if place else ""


def load(ids: Sequence[UUID], viewer: Viewer, at: dt.datetime) -> list[Row]:
    """The rows of these matters in their order."""
    matters = Matter.objects.in_bulk(ids)
    return rows_of([matters[pk] for pk in ids if pk in matters], viewer, at)


def hits_of(
    viewer: Viewer,
    asked: Asked,
    at: dt.datetime,
    *,
    place: Place | None = None,
    size: int = PAGE,
    sight: Sight | None = None,
) -> Hits:
    """The ids of what is found from a place on. `sight` is what the viewer sees, where it has been made before."""
    if not asked.words:
        return Hits([])
    source = _source(viewer, asked, place)
    wanted = search.matching(asked.words, sight or Sight.of(viewer, Channel.DESK))
    if filters := _filters(asked, at):
        wanted &= Clause.of(filters)
    # Beside each entry, by OFFSET: the planner would rather ask the gate for everything that a viewer may find, and
    # then look for the words in it.
    sql = (
        f"WITH {source.before}e AS {source.sql} SELECT e.matter_id FROM e CROSS JOIN LATERAL ("
        f'SELECT FROM "core_matter" WHERE "core_matter"."id" = e.matter_id AND ({wanted.sql}) OFFSET 0'
        f") seen ORDER BY e.matter_id {_direction(place)} LIMIT {size}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*source.values, *wanted.values])
        ids = [row[0] for row in cursor.fetchall()]
        end = None
        if source.window and len(ids) < size:
            cursor.execute(f"{source.window} OFFSET {WINDOW - 1} LIMIT 1", source.beyond)
            end = next((row[0] for row in cursor.fetchall()), None)
    return Hits(ids, end)


def _direction(place: Place | None) -> str:
    return "ASC" if place is not None and place.up else "DESC"


@dataclass(frozen=True)
class _Source:
    """Where the entries come from that are looked at, as the body of a WITH. `window`: which ones a walk looks at that
    ends after `WINDOW`, from `beyond` on."""

    sql: str
    values: list[Any]
    before: str = ""  # another WITH, which the body reads
    window: str = ""
    beyond: Sequence[Any] = ()


_ENTRY = "SELECT e.matter_id, e.reference, e.body FROM core_searchentry e"


def _source(viewer: Viewer, asked: Asked, place: Place | None) -> _Source:
    beyond, values = "true", []
    if place is not None:
        beyond, values = f"e.matter_id {'>' if place.up else '<'} %s", [place.id]
    order = f"ORDER BY e.matter_id {_direction(place)}"
    holding = search.holding(asked.words)
    hits = frequency(asked.words)
    units = [asked.unit] if asked.unit else _few(viewer) if hits > FEW_HITS else None
    if hits <= (FEW_HITS if units else RARE):
        # Sorted before the gate is asked, so that it is asked no longer than until the page is full.
        gathered = f"SELECT * FROM hits e ORDER BY e.matter_id {_direction(place)}"
        sql = f"{_ENTRY} WHERE e.lexemes @@ %s::tsquery AND {beyond} AND ({holding.sql})"
        lexemes = search.lexemes(asked.words)
        return _Source(
            f"({gathered})", [lexemes, *values, *holding.values], before=f"hits AS MATERIALIZED ({sql}), "
        )
    if units is not None:
        parts = (
            "SELECT DISTINCT e.matter_id FROM organisations_part e "
            f"WHERE e.unit_id = ANY(%s) AND e.until IS NULL AND {beyond} {order}"
        )
        sql = f"{_ENTRY} JOIN ({parts}) p ON p.matter_id = e.matter_id WHERE {holding.sql} {order}"
        return _Source(f"NOT MATERIALIZED ({sql})", [units, *values, *holding.values])
    window = f"WHERE {beyond} {order}"
    sql = f"SELECT * FROM ({_ENTRY} {window} LIMIT {WINDOW}) e WHERE {holding.sql}"
    return _Source(
        f"NOT MATERIALIZED ({sql})",
        [*values, *holding.values],
        window=f"SELECT e.matter_id FROM core_searchentry e {window}",
        beyond=values,
    )


def _few(viewer: Viewer) -> list[UUID] | None:
    """The units over which the viewer has anything to say, if they have few parts. Staff find matters by the parts of
    their units alone."""
    scopes = sorted({path for paths in viewer.capabilities.values() for path in paths})
    key = f"search-few-{FEW}-{'|'.join(scopes)}"
    units = list(units_reached(viewer, *viewer.capabilities).values_list("pk", flat=True))
    few = cache.get(key)
    if few is None:
        parts = Part.objects.filter(unit__in=units, until__isnull=True).order_by()
        few = parts.values("pk")[: FEW + 1].count() <= FEW
        cache.set(key, few, LASTS)
    return units if few else None


def frequency(words: Sequence[Word]) -> float:
    """In how many entries the rarest lexeme of the words occurs, as the last ANALYZE saw it. A lexeme that it did not
    list is rare."""
    count, known = shares()
    rarest = 1.0
    for word in words:
        ways = [min(known.get(gram, 0.0) for gram in way) for way in search.ways(word)]
        rarest = min(rarest, sum(ways))
    return rarest * count


def shares() -> tuple[float, dict[str, float]]:
    """How many entries there are, and which share of them has each of the most frequent lexemes."""
    return _known(connection.settings_dict["NAME"], int(time.monotonic() // LASTS))


@lru_cache(maxsize=2)
def _known(database: str, _moment: int) -> tuple[float, dict[str, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.reltuples, s.most_common_elems::text::text[], s.most_common_elem_freqs "
            "FROM pg_class c LEFT JOIN pg_stats s ON s.schemaname = current_schema() "
            "AND s.tablename = c.relname AND s.attname = 'lexemes' WHERE c.oid = 'core_searchentry'::regclass"
        )
        count, lexemes, shares = cursor.fetchone()
    return max(count, 0.0), dict(zip(lexemes or (), shares or (), strict=False))


def _filters(asked: Asked, at: dt.datetime) -> Q:
    """The clause over `Matter` of the chosen filters."""
    clause = Q()
    if asked.kind:
        clause &= Q(procedure=asked.kind)
    if asked.state:
        clause &= Q(state=asked.state)
    if asked.unit:
        lead = Part.objects.filter(unit=asked.unit, role=Part.LEAD, until__isnull=True)
        clause &= Q(pk__in=lead.values("matter_id"))
    if asked.area:
        path = Area.objects.filter(pk=asked.area).values_list("path", flat=True).first()
        cases = Case.objects.filter(area__path__startswith=path) if path else Case.objects.none()
        clause &= Q(pk__in=cases.values("pk"))
    if asked.time:
        since = at - dt.timedelta(days=DAYS[asked.time])
        clause &= Q(opened_at__gt=since) & (~Q(state=PAST) | Q(pk__gt=id_of_time(since)))
    if asked.term == LATE:
        clause &= Q(due_at__lte=at)
    elif asked.term == TODAY:
        clause &= Q(due_at__gt=at, due_at__lte=end_of(day_of(at)))
    elif asked.term == LATER:
        clause &= Q(due_at__gt=end_of(day_of(at)))
    return clause
