"""How much may come through the interface, and from where it is counted (trust-and-ux S20, S34, H9).

Generous: a call centre posts thousands of submissions a day from one network. An installation changes the figures
by the environment variables of the same names with `YIPANQI_` before them (docs/operations.md).
"""

from __future__ import annotations

import datetime as dt
import os

from yipanqi.core import attempts

HOUR, DAY = 3600, 86400


def _figure(name: str, default: int) -> int:
    given = os.environ.get(f"YIPANQI_{name}", "")
    return int(given) if given.isascii() and given.isdigit() and int(given) > 0 else default


# Submissions an hour: of one network, and of all.
API_SUBMISSIONS_NETWORK = _figure("API_SUBMISSIONS_NETWORK", 5_000)
API_SUBMISSIONS_ALL = _figure("API_SUBMISSIONS_ALL", 20_000)
# How often a day one idempotency key may be asked for its answer, which holds a tracking secret: whoever guesses at
# the body of a request whose key they know gets no further than this.
API_REPLAYS_KEY = _figure("API_REPLAYS_KEY", 1_000)


def count_submission(*, network: str, at: dt.datetime) -> None:
    """Count one submission; raises `TooMany`. What the network may not send does not use up what all may."""
    limits = [("api-network", network, API_SUBMISSIONS_NETWORK), ("api-all", "", API_SUBMISSIONS_ALL)]
    attempts.count_each(limits=limits, seconds=HOUR, at=at)


def count_replay(*, key: bytes, at: dt.datetime) -> None:
    """Count that a kept answer was asked for; raises `TooMany`."""
    attempts.count(kind="api-replay", value=key.hex(), most=API_REPLAYS_KEY, seconds=DAY, at=at)
