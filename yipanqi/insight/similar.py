"""Seen before? The earlier cases most like one, with why, inside the gate and at bounded cost.

By likeness of text and place alone, on one case: never by who filed, and no list of anybody's cases can be made of it
(trust-and-ux H1). The candidates come from the index of lexemes by the rarest pairs of characters of the question, so
many that the index reads little; they are compared in Python (text/similar.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db import connection

from yipanqi.cases.models import Case
from yipanqi.core.gate import Channel, Viewer, readable
from yipanqi.core.models import Matter, SearchEntry
from yipanqi.insight.search import shares
from yipanqi.text.clean import clean
from yipanqi.text.similar import MOST, Document, Why, ranked, rarity, terms, vector, without_persons

# Less alike than this is chance: two complaints share their courtesies.
LEAST = 0.12
SURELY = 0.2  # what shares neither place nor thing must be more alike than that
TERMS = 7  # the rarest of the title, and as many of the text; a candidate has two of them
COMMON = 0.01  # a term of more texts than this finds too many
FOUND = 2_000  # entries that the index may give
LOOKED_AT = 200  # of these, the newest that the viewer reads
COMPARED = 24  # of these, compared in full


@dataclass(frozen=True)
class Seen:
    """An earlier case that is like the one looked at, and why."""

    case: Case
    why: Why


def seen_before(
    *, title: str, text: str, viewer: Viewer, before: UUID | None = None, channel: Channel = Channel.DESK
) -> list[Seen]:
    """The five earlier cases most like these words, of those whose text the viewer reads. `before`: the case itself."""
    count, known = shares()
    worth = _worth(count, known)
    asked = _asked(title, text, before)
    own = vector(asked, worth)
    if not own:
        return []
    rare = [*_rarest(asked.title, known, worth), *_rarest(asked.text, known, worth)]
    # While there are few, or nobody has counted yet, the newest are looked at whatever they say.
    found = _having_two(list(dict.fromkeys(rare)), before) if count > FOUND else _newest(before)
    heaviest = {term: own[term] for term in [*own][:COMPARED] + rare if term in own}
    bodies = SearchEntry.objects.filter(pk__in=_readable(found, viewer, channel)).values_list("pk", "body")
    rough = sorted(bodies, key=lambda row: (_weight(row[1], heaviest), row[0]), reverse=True)[:COMPARED]
    by_id = {str(case.pk): case for case in _apart([pk for pk, _ in rough], before)}
    candidates = [Document(key, case.title, case.text) for key, case in by_id.items()]
    return _alike(asked, candidates, by_id, worth)


def alike_among(*, title: str, text: str, documents: Mapping[UUID, tuple[str, str]]) -> list[Seen]:
    """Those of a few cases that are like these words, given with title and text as the viewer reads them."""
    worth = _worth(*shares())
    asked = _asked(title, text, None)
    by_id = {str(c.pk): c for c in Case.objects.filter(pk__in=documents).select_related("matter")}
    candidates = [
        without_persons(Document(str(pk), clean(said[0]).text, clean(said[1]).text))
        for pk, said in documents.items()
    ]
    return _alike(asked, candidates, by_id, worth)


def _asked(title: str, text: str, before: UUID | None) -> Document:
    return without_persons(Document(str(before or ""), clean(title).text, clean(text).text))


def _worth(count: float, known: Mapping[str, float]) -> Callable[[str], float]:
    listed = min(known.values(), default=0.0)

    @cache
    def worth(term: str) -> float:
        return rarity(int(count), int(known.get(term, listed / 4) * count))

    return worth


def _alike(
    asked: Document, candidates: list[Document], by_id: Mapping[str, Case], worth: Callable[[str], float]
) -> list[Seen]:
    found = ranked(asked, candidates, worth, least=LEAST, most=MOST)
    return [
        Seen(by_id[each.id], each.why)
        for each in found
        if each.why.places or each.why.things or each.score > SURELY
    ]


def _apart(ids: list[UUID], before: UUID | None) -> list[Case]:
    """These cases without those that are handled together with the one asked for: its page names them already."""
    cases = Case.objects.filter(pk__in=[*ids, before]).select_related("matter", "area")
    found = {case.pk: case for case in cases}
    asking = found.pop(before, None) if before else None
    together = {asking.pk, asking.joined_to_id} - {None} if asking else set()
    return [case for case in found.values() if not together & {case.pk, case.joined_to_id}]


def _rarest(text: str, known: Mapping[str, float], worth: Callable[[str], float]) -> list[str]:
    """Pairs of characters by which the index is asked. Of those that are equally rare, as good as any."""
    pairs = [term for term in terms("", text) if len(term) == 2 and known.get(term, 0.0) <= COMMON]
    return sorted(pairs, key=lambda term: (-worth(term), term))[:TERMS]


def _weight(body: str, terms: Mapping[str, float]) -> float:
    """How much of what is asked a folded text holds; longer ones hold more by chance."""
    return sum(weight for term, weight in terms.items() if term in body) / math.sqrt(200 + len(body))


def _newest(before: UUID | None) -> list[UUID]:
    entries = SearchEntry.objects.order_by("-pk").values_list("pk", flat=True)
    return list((entries.filter(pk__lt=before) if before else entries)[:FOUND])


def _having_two(terms: list[str], before: UUID | None) -> list[UUID]:
    """The newest entries that have two of the terms: one alone may be a slip of the pen."""
    words = [f"'{term}'" for term in terms]
    pairs = [f"({word} & ({' | '.join(words[nth + 1 :])}))" for nth, word in enumerate(words[:-1])]
    if not pairs:
        return []
    beyond, values = ("AND matter_id < %s", [before]) if before else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT matter_id FROM core_searchentry WHERE lexemes @@ %s::tsquery {beyond} "
            f"ORDER BY matter_id DESC LIMIT {FOUND}",
            [" | ".join(pairs), *values],
        )
        return [row[0] for row in cursor.fetchall()]


def _readable(ids: list[UUID], viewer: Viewer, channel: Channel) -> list[UUID]:
    """Those whose text the viewer reads: what is like it says what is in it."""
    found = Matter.objects.filter(readable(viewer, channel), pk__in=ids).order_by("-pk")
    return list(found.values_list("pk", flat=True)[:LOOKED_AT])
