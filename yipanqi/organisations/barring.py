"""To whom a matter is shut: the accused unit and all below it, the accused leader, and what that leader leads or works in.

Kept as keyed hashes. Units are told apart by the codes in their path, so that a bar follows a unit that is moved, and
holds for every unit that is put below it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.keys import keyring
from yipanqi.core.models import Matter
from yipanqi.organisations.access import living_postings
from yipanqi.organisations.models import Bar, Posting, Unit
from yipanqi.people.models import Account


def _unit_key(code: str) -> bytes:
    return keyring().blind_index(code, field="barred-unit")


def _account_key(account: UUID) -> bytes:
    return keyring().blind_index(str(account), field="barred-account")


def _codes(paths: Iterable[str]) -> set[str]:
    """The codes of the units of these paths and of all that lie above them."""
    return {code for path in paths for code in path.split("/") if code}


def keys_of_viewer(viewer: Viewer) -> list[bytes]:
    """The keys by any of which a matter is shut to somebody."""
    keys = [_unit_key(code) for code in sorted(_codes(viewer.seats))]
    return [*keys, _account_key(viewer.account)] if viewer.account else keys


def shut_to(viewer: Viewer) -> QuerySet[Bar]:
    """The bars that stand before a viewer, for what is no list of matters."""
    return Bar.objects.filter(key__in=keys_of_viewer(viewer))


def wall(viewer: Viewer) -> Q | None:
    """The clause over `Matter` that keeps a side from what is shut to it, of every kind. Without a join: the few that are
    shut to one side are read once, and no list is gathered in another order for it."""
    return ~Q(pk__in=shut_to(viewer).values("matter")) if keys_of_viewer(viewer) else None


def shut(matters: Iterable[UUID], viewer: Viewer) -> bool:
    """Whether one of these is shut to the viewer."""
    return bool(keys_of_viewer(viewer)) and shut_to(viewer).filter(matter__in=list(matters)).exists()


def open_units(matter: UUID, units: Sequence[Unit], at: dt.datetime) -> list[Unit]:
    """Those of the units to which the matter is not shut: neither they nor a unit above them is barred, nor works an
    accused leader in one of these, wherever that leader has come to since."""
    barred = {bytes(key) for key in Bar.objects.filter(matter=matter).values_list("key", flat=True)}
    return [unit for unit in units if not barred & _keys_of_unit(unit, at)] if barred else list(units)


def _keys_of_unit(unit: Unit, at: dt.datetime) -> set[bytes]:
    codes = _codes([unit.path])
    posts = living_postings(at).filter(unit__code__in=codes)
    leaders = set(posts.order_by().values_list("account_id", flat=True))
    return {*map(_unit_key, codes), *map(_account_key, leaders)}


def refuse_shut(*, matter: UUID, unit: Unit, at: dt.datetime) -> None:
    """Raises `Refused` where the matter must not come to this unit."""
    if not open_units(matter, [unit], at):
        raise cannot_go(unit)


def cannot_go(unit: Unit) -> Refused:
    """The same words for whoever must not have it and for whoever has no power over it: they do not say which."""
    why = _("这件事按规定不能交给“%(unit)s”，请另选有权处理、并且与此事无关的单位。") % {"unit": str(unit)}
    return Refused(why, fields={"unit": why})


def bar(*, matter: Matter, units: Iterable[Unit], accounts: Iterable[Account], at: dt.datetime) -> int:
    """Shut a matter to these units, to these accounts and to all units in which they have a post, within the transaction
    of a step. How many units and accounts that are."""
    accounts = list(accounts)
    posts = living_postings(at).filter(account__in=accounts).order_by()
    codes = {unit.code for unit in units} | set(posts.values_list("unit__code", flat=True))
    keys = {*map(_unit_key, codes), *(_account_key(account.pk) for account in accounts)}
    Bar.objects.bulk_create((Bar(matter=matter, key=key) for key in sorted(keys)), ignore_conflicts=True)
    return len(keys)


def follow_posts(postings: Iterable[Posting]) -> None:
    """What is shut to an account is shut to each unit in which it is given a post."""
    given = {(_account_key(post.account_id), _unit_key(post.unit.code)) for post in postings}
    found = Bar.objects.filter(key__in={account for account, _unit in given}).values_list("matter_id", "key")
    rows = [
        Bar(matter_id=m, key=unit) for m, key in found for account, unit in given if account == bytes(key)
    ]
    Bar.objects.bulk_create(rows, ignore_conflicts=True)
