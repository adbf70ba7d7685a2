"""What *Seen before?* costs, and whether it finds: `bench/seen.py [SIZE …] [--plans FILE]`, growing in one city.

A question is the words of an earlier case in another order, a third of them gone and as many new ones, put by the clerk
of the hotline, by one unit of hundreds and by the head over a district; rights applied, reasons given, without
rendering. A hit is a question whose five hold the case it was made of, if the viewer reads that case.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from _city import demo_city

from yipanqi.runtime import embedded

QUESTIONS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--plans", type=Path, help="where to write the plans of the last size")
    wanted = parser.parse_args()
    plans: list[str] = []
    with demo_city() as server:
        print(f"{'':28} {'p50 ms':>8} {'p95 ms':>8} statements       found")
        for size in sorted(wanted.sizes):
            plans = _measure(server, size)
    if wanted.plans:
        wanted.plans.write_text("\n\n".join(plans))


def _measure(server: embedded.Server, size: int) -> list[str]:
    from _filling import Filling
    from _measuring import watched
    from django.utils import timezone
    from search import forget, plan_of, viewers

    from yipanqi.insight.similar import seen_before

    print(f"Filling up to {size:,} orders", file=sys.stderr, flush=True)
    filling = Filling(server.url("admin"), server.names.owner, server.names.city)
    filling.up_to(size, timezone.now())
    filling.close()
    forget()
    plans = []
    for who, viewer in viewers().items():
        asked = list(_questions(viewer))
        times, hits, statements = [], 0, 0
        for made_of, title, text in asked:
            began = time.perf_counter()
            found = seen_before(title=title, text=text, viewer=viewer)
            times.append(1000 * (time.perf_counter() - began))
            hits += any(each.case.pk == made_of for each in found)
        _, title, text = asked[0]
        with watched() as sent:
            seen_before(title=title, text=text, viewer=viewer)
            statements = len(sent)
        p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(
            f"similar-{who:10} {size:>9,} {p50:8.1f} {p95:8.1f} {statements:10} {hits:>6} of {len(asked)}",
            flush=True,
        )
        plans.append(
            plan_of(f"{size} {who}", lambda v=viewer, t=title, x=text: seen_before(title=t, text=x, viewer=v))
        )
    return plans


def _questions(viewer: Any) -> Iterator[tuple[UUID, str, str]]:
    """Cases from all of the time that the viewer reads, told again."""
    from yipanqi.cases.models import Case
    from yipanqi.core.gate import Channel, readable
    from yipanqi.core.models import Matter

    own = random.Random(11)
    ids = list(
        Matter.objects.filter(readable(viewer, Channel.DESK), case__cleared=True).values_list("pk", flat=True)
    )
    cases = list(Case.objects.filter(pk__in=own.sample(ids, min(QUESTIONS, len(ids)))))
    strangers = [case.text for case in Case.objects.filter(cleared=True).order_by("pk")[:50]]
    for case in cases:
        parts = case.text.rstrip("。").split("，")
        kept = own.sample(parts, max(1, len(parts) * 2 // 3))
        new = own.choice(strangers).rstrip("。").split("，")[: len(parts) - len(kept) + 1]
        told = [*kept, *new]
        own.shuffle(told)
        yield case.pk, own.choice(told), "，".join(told)


if __name__ == "__main__":
    main()
