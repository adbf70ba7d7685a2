"""What the portal writes of its own: drafts, sealed under a code that their writer alone has."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.cases.references import new_secret
from yipanqi.core import attempts
from yipanqi.core.crypto import Unopenable
from yipanqi.core.errors import Refused
from yipanqi.core.keys import keyring
from yipanqi.web.portal.models import SavedDraft

# A working week and a weekend: time to look for a paper or to ask somebody. What lies longer was given up, and what
# is kept without need can only leak.
KEPT = dt.timedelta(days=7)
# However often it is kept anew: the contents of its files are kept so long at least (files.actions.KEPT).
LONGEST = dt.timedelta(days=28)
HOUR = 3600
# A code of 16 digits is not to be guessed at this rate; a hall's computers share an address.
TRIES = (("network", 60), ("all", 3000))
# Nobody fills in that many forms; it bounds what a stranger can have us keep.
SAVES = (("network", 60), ("all", 5000))

Content = dict[str, Any]


class NoDraft(Refused):
    """There is no draft under this code, or no longer."""


@dataclass(frozen=True)
class Kept:
    """A draft as it is kept now: the code that opens it, what stands in it, and until when it is there at least."""

    code: str
    content: Content
    until: dt.datetime


def grouped(code: str) -> str:
    """A code as it is shown: four digits at a time."""
    return " ".join(code[n : n + 4] for n in range(0, len(code), 4))


def plain_code(text: str) -> str:
    """The digits of a code as typed, full width and spaces or not."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c in "0123456789")


def save_draft(*, content: Content, network: str, at: dt.datetime) -> Kept:
    """Keep a draft under a new code. Raises `TooMany`."""
    attempts.count_each(limits=_limits("draft", SAVES, network), seconds=HOUR, at=at)
    kept = Kept(plain_code(new_secret()), content | {"since": at.isoformat()}, at + KEPT)
    SavedDraft.objects.create(
        key=_key(kept.code), sealed=_seal(kept.code, kept.content), expires_at=kept.until
    )
    return kept


@transaction.atomic
def change_draft(*, code: str, change: Callable[[Content], Content], at: dt.datetime) -> Kept | None:
    """Keep a draft as `change` makes it, and for so many days from now; None where it is there no longer: it was filed,
    forgotten or too old, and nothing brings it back unasked. Locked, so that two pages of one draft lose nothing."""
    row = _row(code, at, lock=True)
    if row is None:
        return None
    content = change(_open(code, row))
    row.sealed = _seal(code, content)
    row.expires_at = min(at + KEPT, dt.datetime.fromisoformat(content["since"]) + LONGEST)
    row.save(update_fields=["sealed", "expires_at"])
    return Kept(code, content, row.expires_at)


def find_draft(*, code: str, network: str, at: dt.datetime) -> Kept:
    """The draft that a typed code opens. Raises `NoDraft`, the same for a wrong code and an old one, or `TooMany`. A
    right code gives its try back."""
    limits = _limits("resume", TRIES, network)
    attempts.count_each(limits=limits, seconds=HOUR, at=at)
    row = _row(code, at)
    if row is None:
        raise NoDraft(_("没有找到草稿：取回码不对，或者已经过了保存的日子。请核对后再试，也可以重新写。"))
    for kind, value, _most in limits:
        attempts.give_back(kind=kind, value=value, seconds=HOUR, at=at)
    return Kept(plain_code(code), _open(code, row), row.expires_at)


def forget_draft(*, code: str) -> None:
    """Delete a draft: it was filed, or its writer wants it gone."""
    SavedDraft.objects.filter(key=_key(code)).delete()


def forget_drafts(*, at: dt.datetime) -> int:
    """Delete the drafts whose days are over; returns how many."""
    deleted, _by_model = SavedDraft.objects.filter(expires_at__lte=at).delete()
    return deleted


def _limits(kind: str, limits: tuple[tuple[str, int], ...], network: str) -> list[tuple[str, str, int]]:
    return [(f"{kind}-{name}", network if name == "network" else "", most) for name, most in limits]


def _key(code: str) -> bytes:
    return keyring().blind_index(plain_code(code), field="saved-draft")


def _row(code: str, at: dt.datetime, *, lock: bool = False) -> SavedDraft | None:
    rows = SavedDraft.objects.select_for_update() if lock else SavedDraft.objects.all()
    return rows.filter(key=_key(code), expires_at__gt=at).first()


def _context(code: str) -> bytes:
    return keyring().answer_context(plain_code(code), b"draft")


def _seal(code: str, content: Content) -> bytes:
    return keyring().seal_answer(_context(code), json.dumps(content, ensure_ascii=False).encode())


def _open(code: str, row: SavedDraft) -> Content:
    found: Content = json.loads(keyring().open_answer(_context(code), bytes(row.sealed)))
    return found


# --- the code on its way from page to page ---------------------------------------------------------------------------


def handle_of(code: str) -> str:
    """The code for a hidden field: sealed, so that the source of a page does not show it, and none can be made up."""
    return keyring().seal_answer(_HANDLE, plain_code(code).encode()).hex() if code else ""


def code_in(handle: str) -> str:
    """The code in a handle; empty where it is none of ours."""
    try:
        return keyring().open_answer(_HANDLE, bytes.fromhex(handle)).decode()
    except (Unopenable, ValueError):
        return ""


_HANDLE = b"draft handle"
