"""Tables of dated rows: duties, statutory paths, lawful reviewers, reasons. A row is never rewritten: the old one ends on the
day on which the new one begins, so that what held on a past day can still be read; and each change leaves its trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.models import Change

Row = TypeVar("Row", bound=Model)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Given:
    """A row as it comes in, its values by attribute. Without a first day it holds from today; with a last one it ends.
    `key` is what its trace is found by."""

    key: str
    values: Mapping[str, Any]
    first: dt.date | None = None
    last: dt.date | None = None


def keep(
    model: type[Row],
    living: MutableMapping[Key, Row],
    key: Key,
    given: Given,
    *,
    what: str,
    by: UUID | None,
    at: dt.datetime,
) -> bool:
    """Put the row on record in place of the one that holds, which is `living` under the key, and there too; whether
    anything changed. Raises `Refused`."""
    old = living.get(key)
    if given.last is not None:
        if old is None:
            raise _wrong("valid_to", _("没有这一行，不能终止。"))
        _end(old, given, given.last, what=what, by=by, at=at)
        del living[key]
        return True
    same = old is not None and all(getattr(old, name) == value for name, value in given.values.items())
    if same and given.first in (None, getattr(old, "valid_from", None)):
        return False
    first = given.first or day_of(at)
    if old is not None:
        _end(old, given, first, what=what, by=by, at=at)
    row = model._default_manager.create(**given.values, valid_from=first)
    _record(what, given, None, _entered(row, given), by, at)
    living[key] = row
    return True


def _end(row: Any, given: Given, last: dt.date, *, what: str, by: UUID | None, at: dt.datetime) -> None:
    if last < row.valid_from:
        why = _("不能早于原来的起始日期 %(day)s。") % {"day": row.valid_from.isoformat()}
        raise _wrong("valid_from", why)
    before = _entered(row, given)
    row.valid_to = last
    row.save(update_fields=["valid_to"])
    _record(what, given, before, _entered(row, given), by, at)


def _entered(row: Any, given: Given) -> dict[str, Any]:
    """The row as its trace shows it: of another row its code, where it is given as such."""
    names = (*given.values, "valid_from", "valid_to")
    return {name.removesuffix("_id"): _plain(getattr(row, name)) for name in names}


def _plain(value: object) -> object:
    code = getattr(value, "code", value)
    return code.isoformat() if isinstance(code, dt.date) else str(code) if code is not None else None


def _record(what: str, given: Given, before: object, after: object, by: UUID | None, at: dt.datetime) -> None:
    Change.objects.create(at=at, account=by, what=what, object_id=given.key, before=before, after=after)


def _wrong(name: str, why: str) -> Refused:
    return Refused(why, fields={name: why})
