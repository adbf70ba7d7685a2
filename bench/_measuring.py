"""What a page costs: the median of its time, its statements, and the rows that their plans read."""

from __future__ import annotations

import gzip
import json
import math
import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

RUNS = 20
STATIC = Path(__file__).resolve().parent.parent / "static"


@dataclass(frozen=True)
class Cost:
    """`ms` and `p95`: median and 95th percentile of the time. `read`: rows that the scans of all statements looked at,
    shown or not. `worst`: the plan that read most. `answer`: what the act returned."""

    ms: float
    p95: float
    statements: int
    read: int
    worst: str
    answer: Any = None


@contextmanager
def watched() -> Iterator[list[tuple[str, Any]]]:
    """The statements that are sent meanwhile, with their values."""
    sent: list[tuple[str, Any]] = []

    def watch(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        sent.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(watch):
        yield sent


def cost_of(act: Callable[[], Any], runs: int = RUNS) -> Cost:
    """The cost of an act: once to warm up, once to see its statements, then some times by the clock."""
    act()
    with watched() as sent:
        answer = act()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - began))
    read, worst = 0, (-1, "")
    for sql, values in sent:
        # Rows are written by a statement that begins WITH: explained, it would write them again.
        if sql.lstrip("( \n").startswith(("SELECT", "WITH")) and "INSERT INTO" not in sql:
            rows, plan = _read(sql, values)
            read += rows
            worst = max(worst, (rows, f"-- {rows} rows read\n{sql}\n-- {values}\n{plan}"))
    p95 = sorted(times)[math.ceil(0.95 * len(times)) - 1]
    return Cost(statistics.median(times), p95, len(sent), read, worst[1], answer)


def _read(sql: str, values: Any) -> tuple[int, str]:
    """How many rows a statement's scans look at, and its plan as text."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values)
        [found] = cursor.fetchone()
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return sum(rows for rows in _scanned(plan)), "\n".join(_lines(plan, 0))


def _nodes(plan: dict[str, Any], depth: int) -> Iterator[tuple[dict[str, Any], int]]:
    yield plan, depth
    for below in plan.get("Plans", ()):
        yield from _nodes(below, depth + 1)


def _scanned(plan: dict[str, Any]) -> Iterator[int]:
    """What each scan of a table looks at; what an index finds for a bitmap is counted where the rows are."""
    for node, _depth in _nodes(plan, 0):
        if "Relation Name" in node:
            removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
            yield round((node["Actual Rows"] + removed) * node["Actual Loops"])


def _lines(plan: dict[str, Any], depth: int) -> Iterator[str]:
    """A plan in short: what each node did, with what, and how many rows came of it."""
    for node, level in _nodes(plan, depth):
        about = [
            str(node[k])
            for k in ("Relation Name", "Index Name", "Index Cond", "Filter", "Hash Cond")
            if k in node
        ]
        removed = node.get("Rows Removed by Filter", 0)
        yield (
            f"{'  ' * level}{node['Node Type']} {' | '.join(about)} rows={node['Actual Rows']} (of {node['Plan Rows']}) "
            f"loops={node['Actual Loops']} removed={removed} buffers={node['Shared Hit Blocks'] + node['Shared Read Blocks']} "
            f"{node['Actual Total Time']:.2f} ms"
        )


def weight(html: bytes) -> int:
    """The bytes of a page as they travel, compressed: itself, its style sheets and its scripts with what they import."""
    text = html.decode()
    linked = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', text)
    paths, waiting = set[Path](), [STATIC / name for name in linked]
    while waiting:
        path = waiting.pop()
        if path not in paths:
            paths.add(path)
            waiting += [path.parent / name for name in re.findall(r'from "(\./[^"]+)"', path.read_text())]
    return sum(len(gzip.compress(content)) for content in (html, *(path.read_bytes() for path in paths)))
