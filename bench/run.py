"""What the product costs over ten thousand cases, a hundred thousand and a million: `make bench ARGS="--json FILE"`.

Web servers, PostgreSQL and the generator of the load share the machine. Each size has its own baselines in the same run;
the ratio is to the one named: CPU for `submit`, p95 for `search-…`, rows a second for `import`, p50 to the smallest
size's for pages.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from _city import demo_city

SIZES = (10_000, 100_000, 1_000_000)
PORTS = (8491, 8492)


@dataclass
class Result:
    """One line of the table. Times in milliseconds, `cpu_ms` of one request, `sql` its statements."""

    name: str
    size: int
    clients: int
    n: int
    p50: float
    p95: float
    p99: float
    rps: float
    cpu_ms: float
    sql: int
    baseline: str = ""
    ratio: float = 1.0

    def row(self) -> str:
        times = f"{self.p50:9.2f}{self.p95:9.2f}{self.p99:9.2f}"
        against = f"  {self.ratio:6.2f} × {self.baseline}" if self.baseline else ""
        return f"{self.name:24}{self.size:>10,}{self.clients:4}{self.n:7}{times}{self.rps:10.1f}{self.cpu_ms:8.2f}{self.sql:5}{against}"


HEAD = (
    f"{'':24}{'cases':>10}{'cl':>4}{'n':>7}{'p50':>9}{'p95':>9}{'p99':>9}{'per s':>10}{'cpu ms':>8}{'sql':>5}"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=lambda text: [int(n) for n in text.split(",")], default=list(SIZES))
    parser.add_argument("--json", type=Path, help="where to write the table as a list of objects")
    parser.add_argument(
        "--plans", type=Path, help="where to write the plans of the hot lists, at the last size"
    )
    wanted = parser.parse_args()
    results: list[Result] = []
    with demo_city() as server:
        from _filling import Filling
        from _scenes import Scenes
        from django.utils import timezone

        filling = Filling(server.url("admin"), server.names.owner, server.names.city)
        print(HEAD, flush=True)
        for size in wanted.sizes:
            filling.up_to(size, timezone.now())
            for result in Scenes(server, size, PORTS).all():
                _compare(result, results)
                results.append(result)
                print(result.row(), flush=True)
        if wanted.plans:
            from _scenes import plans

            wanted.plans.write_text(plans())
        filling.close()
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    print(f"{os.cpu_count()} processors; load of the machine at the end: {load}", file=sys.stderr)
    if wanted.json:
        wanted.json.write_text(json.dumps([asdict(result) for result in results], indent=1))


def _compare(result: Result, before: Sequence[Result]) -> None:
    """Set the ratio to the baseline: of the same size and run, or for a page its own figure at the smallest size."""
    measures: dict[str, Any] = {
        "baseline-insert": lambda r: r.cpu_ms,
        "baseline-executemany": lambda r: r.rps,
    }
    if result.baseline:
        alike = [r for r in before if r.name == result.baseline and r.size == result.size]
        base = min(alike, key=lambda r: abs(r.clients - result.clients))
        measure = measures.get(result.baseline, lambda r: r.p95)
        result.ratio = measure(result) / measure(base) if measure(base) else 0.0
    elif not result.name.startswith("baseline"):
        base = next((r for r in before if r.name == result.name and r.clients == result.clients), result)
        result.baseline = f"{base.size:,} cases (p50)"
        result.ratio = result.p50 / base.p50


if __name__ == "__main__":
    main()
