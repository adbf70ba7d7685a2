"""Writing what the desk keeps beside the work: what is typed, who is here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.keys import keyring
from yipanqi.text.privacy import Kind, identifying
from yipanqi.web.desk.models import Presence, SavedView, Typed

KEPT = dt.timedelta(days=14)
HERE = dt.timedelta(seconds=45)  # two signs of life that are missing
LONGEST = 60_000  # characters of all fields of a form
NAME = 40
MOST_VIEWS = 20


def bound_to(account: UUID, matter: UUID, step: str) -> bytes:
    """What the seal of typed words is bound to: moved to another row, they cannot be opened."""
    return f"typed\0{account}\0{matter}\0{step}".encode()


def keep_typed(
    *, account: UUID, matter: UUID, step: str, fields: Mapping[str, Sequence[str]], at: dt.datetime
) -> None:
    """Keep what was typed so far, in place of what was kept before; nothing typed is nothing kept."""
    filled = {name: list(values) for name, values in fields.items() if any(values)}
    if not filled:
        forget_typed(account=account, matter=matter, step=step)
        return
    text = json.dumps(filled, ensure_ascii=False)
    if len(text) > LONGEST:
        raise Refused(_("太长，没有保存。"))
    Typed.objects.update_or_create(
        account_id=account,
        matter_id=matter,
        step=step,
        defaults={
            "sealed": keyring().seal_answer(bound_to(account, matter, step), text.encode()),
            "at": at,
        },
    )


def forget_typed(*, account: UUID, matter: UUID, step: str) -> None:
    """Forget what was kept of a form: its step was taken, or its writer threw it away."""
    Typed.objects.filter(account=account, matter=matter, step=step).delete()


def forget_old_typed(*, at: dt.datetime) -> None:
    """Forget what nobody has come back to for a fortnight."""
    Typed.objects.filter(at__lt=at - KEPT).delete()


def be_here(*, account: UUID, matter: UUID, writing: bool, at: dt.datetime) -> None:
    """A sign of life."""
    Presence.objects.update_or_create(
        account_id=account, matter_id=matter, defaults={"writing": writing, "at": at}
    )


def leave(*, account: UUID, matter: UUID) -> None:
    """Gone from the page."""
    Presence.objects.filter(account=account, matter=matter).delete()


def forget_presence(*, at: dt.datetime) -> None:
    """Delete what has no effect any more."""
    Presence.objects.filter(at__lt=at - HERE).delete()


def words_bound_to(owner: UUID | None) -> bytes:
    """What the seal of a kept search is bound to: moved to somebody else, its words cannot be opened."""
    return f"view\0{owner}".encode()


def keep_view(*, account: UUID | None, unit: UUID | None, name: str, query: str, words: str = "") -> None:
    """Keep filters under a name, in place of what was kept under it; `words`: of a search for them. What is somebody's
    number is not kept: a search for a person ends with the session. A short word alone may be a name or a thing."""
    name = " ".join(name.split())[:NAME]
    if not name:
        raise Refused(_("请给这份清单取个名字。"))
    if any(finding.kind not in (Kind.NAME, Kind.ADDRESS) for finding in identifying(words)):
        raise Refused(_("搜索的词里像是有人的号码，没有保存。这样的搜索只留到您退出登录。"))
    own = SavedView.objects.filter(account=account, unit=unit)
    if own.filter(name=name, sealed__isnull=bool(words)).exists():
        raise Refused(_("已经有一份叫“%(name)s”的清单。") % {"name": name})
    if own.exclude(name=name).count() >= MOST_VIEWS:
        raise Refused(_("最多保存 %(n)d 份清单，请先删去一份。") % {"n": MOST_VIEWS})
    sealed = keyring().seal_answer(words_bound_to(account or unit), words.encode()) if words else None
    if not own.filter(name=name).update(query=query, sealed=sealed):
        SavedView.objects.create(account_id=account, unit_id=unit, name=name, query=query, sealed=sealed)


@transaction.atomic
def rename_view(*, view: SavedView, name: str) -> None:
    """Call a view otherwise. A name that is taken is refused."""
    name = " ".join(name.split())[:NAME]
    if not name:
        raise Refused(_("请给这份清单取个名字。"))
    if SavedView.objects.filter(account=view.account, unit=view.unit, name=name).exclude(pk=view.pk).exists():
        raise Refused(_("已经有一份叫“%(name)s”的清单。") % {"name": name})
    view.name = name
    view.save(update_fields=["name"])


def remove_view(*, view: SavedView) -> None:
    """Take a view away; nothing that it showed is touched."""
    view.delete()
