"""Which event calls which reaction: the one readable list.

A reaction runs in the worker after the commit and may run twice; one that must be atomic would say so here.
"""

from __future__ import annotations

from yipanqi.core.events import on_telling, on_writing
from yipanqi.notices.documents import number
from yipanqi.notices.jobs import tell
from yipanqi.notices.queries import anybody_to_tell


def connect() -> None:
    """Called once, when everything is registered."""
    # Every step that says in its procedure whom it tells: units in the application, submitters by message.
    on_telling(tell, wanted=anybody_to_tell)
    # Within the step's transaction: a document has its number with its move or not at all.
    on_writing(number)
