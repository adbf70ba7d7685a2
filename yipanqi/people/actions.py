"""Accounts and roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.models import Change
from yipanqi.people.capabilities import CAPABILITIES
from yipanqi.people.models import Account, Duty, Role


@transaction.atomic
def define_role(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    duty: str,
    capabilities: Sequence[str],
    by: UUID | None,
    at: dt.datetime,
) -> Role:
    """Create or change a role. Refused where a capability is unknown or belongs to another duty."""
    unknown = sorted(set(capabilities) - set(CAPABILITIES))
    if unknown:
        raise Refused(_("没有这些权限：%(names)s。") % {"names": "、".join(unknown)})
    foreign = sorted(c for c in capabilities if CAPABILITIES[c][0] != duty)
    if foreign:
        raise Refused(
            _("这些权限属于其他管理职责，不能放在一起：%(names)s。") % {"names": "、".join(foreign)}
        )
    before = Role.objects.filter(pk=code).values("name_zh", "duty", "capabilities").first()
    role = Role(code=code, name_zh=name_zh, name_en=name_en, duty=duty, capabilities=sorted(capabilities))
    role.save()
    after = {"name_zh": name_zh, "duty": duty, "capabilities": role.capabilities}
    if before != after:
        Change.objects.create(at=at, account=by, what="role", object_id=code, before=before, after=after)
    return role


@transaction.atomic
def create_accounts(
    *, rows: Sequence[tuple[str, str, str]], password: str | None, by: UUID | None, at: dt.datetime
) -> list[Account]:
    """Create accounts from (login, name, duty). Without a password nobody can sign in with them yet."""
    taken = set(Account.objects.filter(login__in=[r[0] for r in rows]).values_list("login", flat=True))
    if taken:
        raise Refused(_("账号已存在：%(names)s。") % {"names": "、".join(sorted(taken))})
    hashed = make_password(password)
    accounts = Account.objects.bulk_create(
        Account(login=login, name=name, duty=Duty(duty), password=hashed, created_at=at)
        for login, name, duty in rows
    )
    Change.objects.bulk_create(
        Change(at=at, account=by, what="account", object_id=a.login, after={"duty": a.duty}) for a in accounts
    )
    return accounts


@transaction.atomic
def deactivate_account(*, account: Account, by: UUID, at: dt.datetime) -> None:
    """Shut an account: it can do nothing from its next request on. Nobody shuts their own."""
    if account.pk == by:
        raise Refused(_("不能停用自己的账号。"))
    locked = Account.objects.select_for_update().get(pk=account.pk)
    if not locked.is_active:
        raise Refused(_("这个账号已经停用。"))
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    Change.objects.create(
        at=at,
        account=by,
        what="account",
        object_id=locked.login,
        before={"active": True},
        after={"active": False},
    )
