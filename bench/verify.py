"""What `yipanqi verify` costs as the log grows: seconds and memory of the process. `bench/verify.py [MOVES …]`, in growing
order; its own progress stands between the lines."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from yipanqi.runtime import embedded

SIZES = (10_000, 100_000)
MOVES = 8  # of a matter
BODY = {"title": "路灯不亮", "text": "示例路三号杆的路灯不亮一周了，晚上路口看不清人。" * 4}


def main() -> None:
    sizes = [int(each) for each in sys.argv[1:]] or SIZES
    home = Path(tempfile.mkdtemp(prefix="yq-bench-", dir="/var/tmp"))
    try:
        home.chmod(0o711)
        with embedded.running(home, throwaway=True, say=embedded.say_nothing) as server:
            os.environ.update(server.urls)
            os.environ.update(DJANGO_SETTINGS_MODULE="config.settings", YIPANQI_HOME=str(home))
            os.environ["YIPANQI_SECRET_KEY"] = "benchmarks-only-" + "x" * 40
            subprocess.run([sys.executable, "-m", "yipanqi.commands.main", "migrate"], check=True)
            import django

            django.setup()
            costs = [_cost(size) for size in sizes]
    finally:
        shutil.rmtree(home, ignore_errors=True)
    (seconds, _peak), *_more = costs
    for size, (took, peak) in zip(sizes, costs, strict=True):
        print(
            f"verify {size:>9,} moves  {took:6.1f} s  ratio {took / seconds:5.2f}  peak {peak / 1024:.0f} MB"
        )


def _cost(moves: int) -> tuple[float, int]:
    """Seconds and peak kilobytes of the whole command, once the log has so many moves."""
    from yipanqi.core import ledger
    from yipanqi.core.models import Move

    _write(moves - Move.objects.count())
    ledger.checkpoint()
    began = time.perf_counter()
    running = subprocess.Popen([sys.executable, "-m", "yipanqi.commands.main", "verify"])
    _pid, status, usage = os.wait4(running.pid, 0)
    assert status == 0
    return time.perf_counter() - began, usage.ru_maxrss


def _write(moves: int) -> None:
    """Matters whose chains are whole: hashed as the ledger hashes, saved many at a time."""
    from django.db import transaction

    from yipanqi.core.models import Matter, Move, MovePayload, Unsequenced

    made = (_matter() for _ in range(moves // MOVES))
    while chunk := list(islice(made, 500)):
        with transaction.atomic():
            Matter.objects.bulk_create(matter for matter, _moves in chunk)
            rows = [row for _matter, moves in chunk for row in moves]
            Move.objects.bulk_create(move for move, _payload in rows)
            MovePayload.objects.bulk_create(payload for _move, payload in rows)
            Unsequenced.objects.bulk_create(Unsequenced(move=move) for move, _payload in rows)


def _matter() -> tuple[Any, list[tuple[Any, Any]]]:
    from yipanqi.core.models import Matter

    at = dt.datetime.now(dt.UTC)
    matter = Matter(procedure="order", version=1, state="registered", opened_at=at)
    moves = list(_chain(matter, at))
    matter.moves_count, matter.head = len(moves), moves[-1][0].hash
    return matter, moves


def _chain(matter: Any, at: dt.datetime) -> Iterator[tuple[Any, Any]]:
    from yipanqi.core.ledger import ALGORITHM, canonical, commitment, move_hash
    from yipanqi.core.models import Move, MovePayload

    previous, state = b"", ""
    for number in range(1, MOVES + 1):
        salt, body = secrets.token_bytes(32), canonical(BODY | {"number": number})
        move = Move(matter=matter, algorithm=ALGORITHM, number=number, step="clear", source=state, target="registered", at=at,
                    actor_role="sender", commitment=commitment(salt, body), previous=previous)  # fmt: skip
        move.hash = move_hash(move)
        yield move, MovePayload(move=move, salt=salt, body=body)
        previous, state = move.hash, "registered"


if __name__ == "__main__":
    main()
