"""What pages cost over ten thousand orders and over a million, and what they weigh: `make bench-pages`, or
`bench/pages.py [FEW MANY] [--plans FILE]`.

A demo city on a server of its own with the product's settings, as the application's role. Few orders are the baseline
of the same run: look at the ratio and at the rows read, which no busy machine changes. `--plans` writes the worst plan of each.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from _city import demo_city

from yipanqi.runtime import embedded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("few", type=int, nargs="?", default=10_000)
    parser.add_argument("many", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--plans", type=Path, help="where to write the plan of each page that reads most")
    wanted = parser.parse_args()
    with demo_city() as server:
        few, many = _costs(server, wanted.few, wanted.many)
        _print(wanted.few, few, wanted.many, many)
    if wanted.plans:
        wanted.plans.write_text("\n\n".join(f"# {name}\n{cost.worst}" for name, cost in many.items()))


def _costs(server: embedded.Server, *sizes: int) -> list[dict[str, Any]]:
    """The cost of each page at each number of orders, which grows."""
    from _filling import Filling
    from _measuring import cost_of
    from _pages import pages
    from django.utils import timezone

    found: list[dict[str, Any]] = []
    filling = Filling(server.url("admin"), server.names.owner, server.names.city)
    for size in sizes:
        print(f"Filling up to {size:,} orders", file=sys.stderr, flush=True)
        filling.up_to(size, timezone.now())
        found.append({})
        for name, act in pages(timezone.now()):
            found[-1][name] = cost_of(act)
            print(f"  {name}: {found[-1][name].ms:.0f} ms", file=sys.stderr, flush=True)
    filling.close()
    return found


def _print(few: int, before: Mapping[str, Any], many: int, after: Mapping[str, Any]) -> None:
    width = max(map(len, after))
    head = f"{'':{width}}  {few:>9,}  {many:>9,}  ratio  {'p95':>9}  {'weight':>8}"
    print(f"{head}  statements  rows read: {few:,} → {many:,}")
    for name, cost in after.items():
        base = before.get(name)
        if base is None:
            continue  # a second page that ten thousand orders do not fill
        print(
            f"{name:{width}}  {base.ms:6.1f} ms  {cost.ms:6.1f} ms  {cost.ms / base.ms:5.2f}  {cost.p95:6.1f} ms"
            f"  {_kilobytes(cost.answer):>8}  {cost.statements:10}  {base.read:>9,} → {cost.read:,}"
        )
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    print(f"{os.cpu_count()} processors; load of the machine at the end: {load}")


def _kilobytes(answer: Any) -> str:
    """What a page weighs; nothing of what is none."""
    from _measuring import weight

    page = getattr(answer, "headers", {}).get("Content-Type", "").startswith("text/html")
    return f"{weight(answer.content) / 1000:.1f} kB" if page else ""


if __name__ == "__main__":
    main()
