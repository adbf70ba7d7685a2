"""Reading imports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from yipanqi.core import sealing
from yipanqi.core.gate import Actor, Viewer
from yipanqi.core.procedure import Role
from yipanqi.exchange.flow import Failure
from yipanqi.exchange.models import ImportRun
from yipanqi.exchange.targets import all_targets
from yipanqi.organisations.access import viewer_of
from yipanqi.people.models import Account

PAGE = 50


def at_work(run: UUID) -> ImportRun | None:
    """The import, if there is something left to do."""
    return ImportRun.objects.filter(pk=run, state__in=ImportRun.AT_WORK).first()


def actor_of(run: ImportRun, at: dt.datetime) -> Actor | None:
    """Whoever started it, as they are now; None for the command line."""
    if run.account is None:
        return None
    account = Account.objects.filter(pk=run.account).first()
    return Actor(viewer_of(account, at) if account else Viewer(), Role.SENDER)


def stalled(*, before: dt.datetime) -> list[UUID]:
    """Imports of pages on which nothing happened since; the command line resumes its own."""
    rows = ImportRun.objects.filter(state__in=ImportRun.AT_WORK, touched_at__lt=before, account__isnull=False)
    return list(rows.values_list("pk", flat=True)[:100])


def targets_of(viewer: Viewer) -> list[str]:
    """What the viewer may import."""
    return [target.code for target in all_targets() if viewer.has(target.capability)]


@dataclass(frozen=True)
class Listed:
    """A page of imports; `next` is the key after which the next one begins, empty at the end."""

    rows: list[ImportRun]
    next: str


def imports(viewer: Viewer, *, after: str = "") -> Listed:
    """The imports of what the viewer may import, the latest first."""
    base = ImportRun.objects.filter(target__in=targets_of(viewer)).order_by("-id")
    with suppress(ValueError):
        base = base.filter(pk__lt=UUID(after)) if after else base
    found = list(base[: PAGE + 1])
    return Listed(found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else "")


def find_import(viewer: Viewer, run: UUID) -> ImportRun | None:
    """One import, if the viewer may import such rows."""
    return ImportRun.objects.filter(pk=run, target__in=targets_of(viewer)).select_related("system").first()


def failures(run: ImportRun, *, after: int = 0, most: int | None = None) -> Iterator[Failure]:
    """The rows that failed, in the order of the file. They hold what persons wrote: the caller has passed the gate
    and written it down."""
    if run.forgotten:
        return
    box = sealing.open_box(run.seal_id)
    rows = run.failures.filter(number__gt=after).order_by("number").values_list("number", "ciphertext")
    for number, ciphertext in (rows[:most] if most else rows).iterator(200):
        yield Failure.unpacked(number, box.unlock(f"row {number}", bytes(ciphertext)))
