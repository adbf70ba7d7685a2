"""What a search costs: `bench/search.py [SIZE …] [--plans FILE]`, each size in a city of its own server.

For a viewer of nearly all, one unit of hundreds, and a head over a district: words of one to four characters in one of
ten texts and in one of five thousand, and two words. The newest twenty, rights applied, without rendering (the
clauses of the gate, which each page makes once, are shown apart), beside the newest twenty of the same lexemes in tantivy, without rights, in the same process. Each answer is compared with LIKE over
the cases that the viewer reads.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _city import demo_city

from yipanqi.runtime import embedded

RUNS = 40
NEWEST = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--plans", type=Path, help="where to write the plans of the last size")
    wanted = parser.parse_args()
    with demo_city() as server:
        plans = [plan for size in wanted.sizes for plan in _measure(server, size)]
    if wanted.plans:
        wanted.plans.write_text("\n\n".join(plans))


def _measure(server: embedded.Server, size: int) -> list[str]:
    from _filling import Filling
    from _saying import COMMON, RARE
    from django.utils import timezone

    from yipanqi.core.gate import Channel
    from yipanqi.core.models import SearchEntry
    from yipanqi.core.search import Sight
    from yipanqi.insight.search import Asked, hits_of
    from yipanqi.text.grams import words_of

    print(f"Filling up to {size:,} orders", file=sys.stderr, flush=True)
    filling = Filling(server.url("admin"), server.names.owner, server.names.city)
    filling.up_to(size, timezone.now())
    filling.close()
    forget()
    peer = Peer(SearchEntry)
    queries = [
        *((f"common-{len(word)}", word) for word in COMMON),
        *((f"rare-{len(word)}", word) for word in RARE),
        ("two-common", f"{COMMON[1]} {COMMON[2]}"),
        ("two-mixed", f"{COMMON[1]} {RARE[1]}"),
    ]
    plans = []
    print(f"{size:,} orders; ms p50 / p95\n{'':28} {'search':>15}  {'tantivy':>15}  ratio of p95   hits")
    for who, viewer in viewers().items():
        sight = Sight.of(viewer, Channel.DESK)
        gate = clocked(lambda v=viewer: Sight.of(v, Channel.DESK))
        print(f"{'the clauses of the gate':18} {who:9} {gate[0]:7.2f} /{gate[1]:7.2f}")
        for name, query in queries:
            words, at = words_of(query), timezone.now()
            asked = Asked(words)
            own = clocked(lambda v=viewer, a=asked, t=at, s=sight: hits_of(v, a, t, size=NEWEST, sight=s))
            other = clocked(lambda w=words: peer.newest(w))
            count = complete(viewer, query, asked, at)
            print(
                f"search-{name:11} {who:9} {own[0]:7.2f} /{own[1]:7.2f} {other[0]:7.2f} /{other[1]:7.2f}"
                f"  {own[1] / other[1]:10.1f}  {count:>7,}",
                flush=True,
            )
            plans.append(
                plan_of(f"{size} {name} {who}", lambda v=viewer, a=asked, t=at: hits_of(v, a, t, size=NEWEST))
            )
    return plans


def forget() -> None:
    """What was remembered of the frequencies of a smaller city."""
    from django.core.cache import cache

    from yipanqi.insight import search

    cache.clear()
    search._known.cache_clear()


def viewers() -> dict[str, Any]:
    """The clerk of the hotline, a handler of one unit, the head over a district: all of them read what they find."""
    from django.db.models import Count
    from django.utils import timezone

    from yipanqi.core.gate import Viewer
    from yipanqi.organisations.access import viewer_of
    from yipanqi.organisations.models import Part, Unit
    from yipanqi.people.models import Account

    clerk = viewer_of(Account.objects.get(login="clerk"), timezone.now())
    led = (
        Part.objects.filter(role="lead", until__isnull=True)
        .values("unit")
        .annotate(n=Count("pk"))
        .order_by("n")
    )
    unit = Unit.objects.get(pk=led[len(led) // 2]["unit"])
    roots = Unit.objects.filter(managing__managing__isnull=True, managing__isnull=False)
    district = max(roots, key=lambda u: Unit.objects.filter(path__startswith=u.path).count())
    account = clerk.account
    return {
        "hotline": clerk,
        "unit": Viewer(account, unit.pk, {"cases.handle": (unit.path,)}),
        "district": Viewer(
            account, district.pk, {"cases.handle": (district.path,), "cases.oversee": (district.path,)}
        ),
    }


def clocked(act: Callable[[], Any]) -> tuple[float, float]:
    """The median and the 95th percentile of an act."""
    act()
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


class Peer:
    """The same lexemes in tantivy."""

    def __init__(self, model: Any) -> None:
        import tantivy

        self._tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("lexemes", tokenizer_name="spaces", index_option="basic")
        builder.add_integer_field("n", fast=True, stored=True)
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer("spaces", spaces)
        writer = index.writer(heap_size=200_000_000, num_threads=1)
        from yipanqi.text.grams import grams

        for n, body in enumerate(
            model.objects.order_by("pk").values_list("body", flat=True).iterator(10_000)
        ):
            writer.add_document(tantivy.Document(lexemes=" ".join(grams(body)), n=n))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def newest(self, words: Any) -> Any:
        from yipanqi.text.grams import grams_of_word

        t = self._tantivy
        terms = [gram for word in words for gram in grams_of_word(word.forms[0])]
        query = t.Query.boolean_query(
            [(t.Occur.Must, t.Query.term_query(self._schema, "lexemes", g)) for g in terms]
        )
        return self._searcher.search(query, limit=NEWEST, count=False, order_by_field="n")


def complete(viewer: Any, query: str, asked: Any, at: Any) -> int:
    """How many LIKE finds among what the viewer reads; the search must find the newest of the same, page by page."""
    from django.db.models import Q

    from yipanqi.core.gate import Channel, readable, visible
    from yipanqi.core.models import Matter
    from yipanqi.insight.search import Place, hits_of

    clause = Q()
    for word in query.split():
        clause &= (
            Q(case__title__contains=word)
            | Q(case__text__contains=word)
            | Q(task__title__contains=word)
            | Q(task__goal__contains=word)
        )
    base = Matter.objects.filter(visible(viewer, Channel.DESK), readable(viewer, Channel.DESK), clause)
    expected = list(base.order_by("-pk").values_list("pk", flat=True))
    most, place, found = min(len(expected), 2000), None, []
    while len(found) < most:
        hits = hits_of(viewer, asked, at, place=place, size=500)
        found += hits.ids
        last = hits.end or (hits.ids[-1] if len(hits.ids) == 500 else None)
        if last is None:
            break
        place = Place(last)
    assert found[:most] == expected[:most], (query, len(found), len(expected))
    return len(expected)


def plan_of(name: str, act: Callable[[], Any]) -> str:
    from _measuring import _read, watched

    with watched() as sent:
        act()
    return "\n".join(
        [
            f"# {name}",
            *(
                _read(sql, values)[1]
                for sql, values in sent
                if sql.lstrip("( ").startswith(("SELECT", "WITH"))
            ),
        ]
    )


if __name__ == "__main__":
    main()
