"""Ports for what a test starts."""

from __future__ import annotations

import random
import socket

# Below the ports that systems give to outgoing connections: one of those, taken while the server of a test is down,
# keeps it from coming back, as did another test's server that was given the same one.
LOWEST, HIGHEST = 12000, 32000


def free_port() -> int:
    """A port that nobody listens on now, drawn so that tests beside this one hardly draw the same."""
    draw = random.SystemRandom()
    while True:
        port = draw.randrange(LOWEST, HIGHEST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
