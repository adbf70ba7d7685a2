"""Whether the time that signing in takes tells which accounts exist (trust-and-ux S22: medians less than 5 ms apart).

Each pair is tried in turn, one after the other and 200 times, so that what else the machine does meets both alike. Prints the
medians and their difference; asserts nothing.

    python bench/sign_in_timing.py [--tries 200]
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

Act = Callable[[], Any]


def compare(name: str, first: tuple[str, Act], second: tuple[str, Act], tries: int) -> None:
    """Print the medians of two acts, done in turn."""
    times: dict[str, list[float]] = {first[0]: [], second[0]: []}
    for n in range(tries + 5):
        for said, act in (first, second) if n % 2 else (second, first):
            began = time.perf_counter()
            act()
            if n >= 5:  # the first ones open connections
                times[said].append((time.perf_counter() - began) * 1000)
    medians = {said: statistics.median(taken) for said, taken in times.items()}
    apart = abs(medians[first[0]] - medians[second[0]])
    words = ", ".join(f"{said} {median:.2f} ms" for said, median in medians.items())
    print(f"{name}: {words}; {apart:.2f} ms apart (n={tries})")


def measure(tries: int) -> None:
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from tests.factories import PASSWORD, file, make_city
    from yipanqi.people import factors
    from yipanqi.people.actions import add_app
    from yipanqi.web.desk import tries as limits

    # Guesses are counted as ever, and refused never.
    for name in ("PASSWORD", "FACTOR"):
        setattr(limits, name, tuple((kind, 10**9, span) for kind, _most, span in getattr(limits, name)))
    from yipanqi.cases import queries

    queries.TRIES = tuple((kind, 10**9) for kind, _most in queries.TRIES)
    city, now = make_city(timezone.now()), timezone.now()
    secret = factors.new_secret()
    add_app(
        account=city.accounts["clerk"], secret=secret, code=factors.code_at(secret, now), name="x", at=now
    )

    def sign_in(login: str, password: str) -> Act:
        path = reverse("desk:sign_in")
        return lambda: Client().post(path, {"login": login, "password": password})

    compare(
        "password", ("known login", sign_in("insider", "no")), ("unknown", sign_in("nobody", "no")), tries
    )
    compare(
        "secrets",
        ("short", sign_in("insider", "x")),
        ("as long", sign_in("insider", "x" * len(PASSWORD))),
        tries,
    )
    half = Client()
    half.post(reverse("desk:sign_in"), {"login": "clerk", "password": PASSWORD})

    def code(typed: str) -> Act:
        return lambda: half.post(reverse("desk:second"), {"code": typed})

    compare("second factor", ("six digits", code("000000")), ("near by", code(_near(secret))), tries)

    def set_up(login: str) -> Act:
        new = "seven kettles on a roof"
        typed = {"login": login, "code": "AAAA-AAAA-AAAA-AAAA", "new": new, "again": new}
        return lambda: Client().post(reverse("desk:set_up"), typed)

    compare("set-up code", ("known login", set_up("insider")), ("unknown", set_up("nobody")), tries)
    filed = file(city, at=now)

    def track(reference: str) -> Act:
        typed = {"reference": reference, "secret": "0000 0000 0000 0000"}
        return lambda: Client().post("/track/", typed)

    compare("tracking", ("known", track(filed.reference)), ("unknown", track("K7MQ-3Q9X-D")), tries)


def _near(secret: str) -> str:
    """A code that has the first five digits of the right one."""
    from django.utils import timezone

    from yipanqi.people import factors

    right = factors.code_at(secret, timezone.now())
    return right[:5] + str((int(right[5]) + 1) % 10)


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
