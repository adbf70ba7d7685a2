"""What an action raises when it refuses. The text can be shown to the person who asked."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """An action was refused; `fields` says which answers were wrong, by the name of the ask."""

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class NotAllowed(Refused):
    """The actor may not do this. To a stranger it is told as if the matter did not exist."""


class Conflict(Refused):
    """Somebody else acted on the matter since the actor saw it."""
