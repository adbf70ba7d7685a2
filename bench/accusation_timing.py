"""Whether time tells the accused's side that there is an accusation (docs/adr/0041): medians, with it and without it.

Addresses are tried in turn, one that is an accusation's and one that is nobody's; pages of lists in blocks, in a world
with the accusation and in the same world before it, so that what else the machine does meets both alike. Prints the
medians and their difference beside what two runs of the same thing are apart; asserts nothing.

    python bench/accusation_timing.py [--tries 200]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _city import bare_city
from sign_in_timing import compare

BLOCKS = 20


def addresses(city: Any, tries: int) -> None:
    """What is an accusation's beside what is nobody's, of the same form."""
    from django.test import Client
    from django.urls import reverse

    from tests.access.test_noninterference import generated, lay_in
    from yipanqi.core.models import new_id

    filed, nobodys = lay_in(city, generated(0), new_id()), [new_id() for _ in range(3)]
    for login in ("accused", "accusedhead"):
        client = Client()
        client.force_login(city.accounts[login])

        def get(pk: Any, client: Any = client) -> Callable[[], Any]:
            return lambda: client.get(reverse("desk:matter", args=[pk]))

        def post(pk: Any, client: Any = client) -> Callable[[], Any]:
            return lambda: client.post(reverse("desk:step", args=[pk, "conclude"]), {"seen": 1})

        compare(f"{login}: page", ("its", get(filed.case.pk)), ("nobody's", get(nobodys[0])), tries)
        compare(f"{login}: step", ("its", post(filed.case.pk)), ("nobody's", post(nobodys[0])), tries)
        compare(f"{login}: page, twice nobody's", ("one", get(nobodys[1])), ("other", get(nobodys[2])), tries)


def lists(city: Any, tries: int) -> None:
    """The same pages with it and without it, in blocks of one transaction each."""
    from django.test import Client
    from django.urls import reverse

    from tests.access.test_noninterference import generated, lay_in, undone, worker
    from yipanqi.core.models import new_id

    client = Client()
    client.force_login(city.accounts["accusedhead"])
    pages: dict[str, Callable[[], Any]] = {
        "queue": lambda: client.get(reverse("desk:queue") + "?whose=all"),
        "board": lambda: client.get(reverse("desk:board")),
        "search": lambda: client.post(reverse("desk:search"), {"words": "收费不入账"}),
    }
    took: dict[tuple[str, str], list[float]] = {}
    for block in range(BLOCKS):
        for world in ("with", "without", "without again")[:: 1 if block % 2 else -1]:
            with undone():
                if world == "with":
                    lay_in(city, generated(0), new_id())
                else:
                    worker()
                for name, act in pages.items():
                    act()
                    for _ in range(max(1, tries // BLOCKS)):
                        began = time.perf_counter()
                        act()
                        took.setdefault((name, world), []).append((time.perf_counter() - began) * 1000)
    for name in pages:
        there, gone, again = (
            statistics.median(took[name, world]) for world in ("with", "without", "without again")
        )
        print(
            f"accusedhead: {name}: with {there:.2f} ms, without {gone:.2f} ms; {abs(there - gone):.2f} ms apart "
            f"(the same twice: {abs(gone - again):.2f} ms)"
        )


def measure(tries: int) -> None:
    from tests.access.test_noninterference import with_business, worker
    from tests.access.world import NOW
    from tests.cases.accusation_world import add_organ
    from tests.factories import make_city

    city = add_organ(make_city(NOW))
    with_business(city)
    worker()
    lists(city, tries)
    addresses(city, tries)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tries", type=int, default=200)
    asked = parser.parse_args()
    with bare_city():
        import logging

        logging.getLogger("django.request").setLevel(logging.ERROR)
        measure(asked.tries)


if __name__ == "__main__":
    main()
