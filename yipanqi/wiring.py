"""Which event calls which reaction: the one readable list.

A reaction runs in the worker after the commit and may run twice; one that must be atomic would say so here.
"""

from __future__ import annotations


def connect() -> None:
    """Nothing reacts yet: notices come with the next issue and will be listed here, one line a step."""
