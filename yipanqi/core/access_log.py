"""Writing down who saw what. Append-only: the application's role can neither change nor delete a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from yipanqi.core import writing
from yipanqi.core.models import AccessLog

LONGEST = 200
REFUSED = "refused"  # what was asked for by its address and not found, whether there is such a thing or not


def note(
    *,
    account: UUID | None,
    page: str,
    at: dt.datetime,
    matter: UUID | None = None,
    fields: Iterable[str] = (),
) -> None:
    """Write down that an account saw a page, of which matter and which kinds of particulars; never what stood there.

    `fields` are names of the code (`text`, `person`), not values.
    """
    seen = ",".join(fields)[:LONGEST]
    writing.insert([AccessLog(at=at, account=account, page=page, matter=matter, fields=seen)])
