"""Reading what the desk keeps beside the work. Whoever asks has passed the gate for the matter."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q

from yipanqi.core.crypto.errors import Unopenable
from yipanqi.core.keys import keyring
from yipanqi.organisations.access import living_postings
from yipanqi.organisations.models import Part, Posting
from yipanqi.web.desk.actions import HERE, KEPT, bound_to, words_bound_to
from yipanqi.web.desk.models import Presence, SavedView, Typed


@dataclass(frozen=True)
class Kept:
    """What its writer typed into a form, by field; `fields` None where the key that sealed it is gone."""

    fields: dict[str, list[str]] | None
    at: dt.datetime

    @property
    def until(self) -> dt.datetime:
        return self.at + KEPT


def kept_typed(account: UUID, matter: UUID, at: dt.datetime) -> dict[str, Kept]:
    """What this account typed on this matter, by step."""
    found = {}
    for row in Typed.objects.filter(account=account, matter=matter, at__gte=at - KEPT):
        try:
            text = keyring().open_answer(bound_to(account, matter, row.step), bytes(row.sealed))
            found[row.step] = Kept(json.loads(text), row.at)
        except Unopenable:
            found[row.step] = Kept(None, row.at)
    return found


@dataclass(frozen=True)
class Here:
    """A colleague at the same matter, by unit and post."""

    posting: Posting
    writing: bool


def has_part(matter: UUID, units: Iterable[UUID]) -> bool:
    """Whether one of these units has a part in the matter now."""
    return Part.objects.filter(matter=matter, until__isnull=True, unit__in=list(units)).exists()


def who_is_here(matter: UUID, account: UUID, at: dt.datetime) -> list[Here]:
    """The others at the matter who have a part in it, those who write first. Of whoever looks on by another right
    (oversight, discipline) nobody is told (H4)."""
    rows = Presence.objects.filter(matter=matter, at__gt=at - HERE).exclude(account=account)
    writing = dict(rows.values_list("account", "writing"))
    if not writing:
        return []
    concerned = Part.objects.filter(matter=matter, until__isnull=True).values("unit")
    posts = living_postings(at).filter(account__in=list(writing), unit__in=concerned)
    by_account: dict[UUID, Posting] = {}
    for posting in posts.select_related("unit").order_by("pk"):
        by_account.setdefault(posting.account_id, posting)
    found = [Here(posting, writing[account_id]) for account_id, posting in by_account.items()]
    return sorted(found, key=lambda here: not here.writing)


def saved_views(account: UUID, unit: UUID | None) -> list[SavedView]:
    """The views of this account and of its unit, its own first."""
    mine = Q(account=account) | (Q(unit=unit) if unit else Q(pk__in=[]))
    return list(SavedView.objects.filter(mine).order_by(F("account").asc(nulls_last=True), "name"))


def words_of_view(view: SavedView) -> str:
    """What a kept search looks for; empty where its key is gone, or it is the queue's."""
    if view.sealed is None:
        return ""
    try:
        return (
            keyring()
            .open_answer(words_bound_to(view.account_id or view.unit_id), bytes(view.sealed))
            .decode()
        )
    except Unopenable:
        return ""
