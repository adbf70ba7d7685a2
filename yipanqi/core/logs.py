"""What the product writes into logs: never what a person typed (trust-and-ux S41).

The text of an exception may quote a row or a value, and a wrong address may hold a reference and a secret. So an error
is its kind and the places in our code, and a request is its method and the name of its view.
"""

from __future__ import annotations

import copy
import logging
import traceback
from pathlib import Path
from typing import Any

FRAMES = 8


def where(error: BaseException) -> str:
    """The kind of an error and where it happened, the innermost place first, and so of what caused it."""
    found: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(found) < FRAMES:
        frames = traceback.extract_tb(seen.__traceback__)
        places = (f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames[-FRAMES:]))
        found.append(f"{type(seen).__name__}: {' < '.join(places)}")
        seen = seen.__cause__ or seen.__context__
    return "; after ".join(found)


class Reticent(logging.Formatter):
    """Formats a record without what was typed."""

    def format(self, record: logging.LogRecord) -> str:
        plain = copy.copy(record)
        error = record.exc_info[1] if record.exc_info else None
        # What another formatter made of the exception is kept in the record and would be printed as it is.
        plain.exc_info = plain.exc_text = plain.stack_info = None
        request = getattr(record, "request", None)
        if request is not None:
            plain.msg, plain.args = _request(request, getattr(record, "status_code", "")), None
        text = super().format(plain)
        return f"{text} | {where(error)}" if error is not None else text


def _request(request: Any, status: object) -> str:
    """A request as `404 GET portal:case`; one that reached no view has no name."""
    match = getattr(request, "resolver_match", None)
    name = match.view_name if match is not None else "-"
    method = request.method if str(request.method).isalpha() and len(str(request.method)) < 12 else "-"
    return f"{status} {method} {name}"
