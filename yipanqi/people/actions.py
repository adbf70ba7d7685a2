"""Accounts and roles, and what an account shows to be let in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.translation import gettext as _

from yipanqi.core import sealing
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.models import Change
from yipanqi.people import factors, passwords, queries
from yipanqi.people.access import second_factor_required
from yipanqi.people.capabilities import CAPABILITIES
from yipanqi.people.factors import NewPasskey
from yipanqi.people.models import Account, Duty, Factor, OneTimeCode, Role, SignIn

SET_UP_LASTS = dt.timedelta(hours=24)
MOST_FACTORS = 5
KEPT_FOR = dt.timedelta(days=180)


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
        Account(
            login=login,
            name=name,
            duty=Duty(duty),
            password=hashed,
            password_set_at=None if password is None else at,
            created_at=at,
        )
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
    _spend_codes(locked, at)
    _end_sessions(locked, at)
    Change.objects.create(
        at=at,
        account=by,
        what="account",
        object_id=locked.login,
        before={"active": True},
        after={"active": False},
    )


# --- passwords -------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_password(*, account: Account, old: str, new: str, at: dt.datetime) -> Account:
    """Change one's own password: the old one is asked for again, and every session of the account ends (S25); whoever
    changes it goes on in the one that the web renews."""
    locked = _locked(account)
    if not locked.check_password(old):
        why = _("不对，请再试一次。")
        raise Refused(why, fields={"old": why})
    if locked.check_password(new):
        why = _("新密码和原来的一样。")
        raise Refused(why, fields={"new": why})
    _set_password(locked, new, at)
    _write_down(locked, by=locked.pk, at=at, after={"password": "changed"})
    return locked


@transaction.atomic
def reset_account(*, account: Account, reason: str, by: Viewer, at: dt.datetime) -> str:
    """Take away password, factors and codes of an account, end its sessions, and give out a code with which its owner
    sets up all of them anew. The code is returned once and stored nowhere; it replaces those before it."""
    if not by.system and not by.has("accounts.manage"):
        raise NotAllowed(_("您没有这项权限。"))
    if account.pk == by.account:
        raise Refused(_("不能重置自己的账号，请另一位安全管理员来办。"))
    if not reason.strip():
        why = _("请写明原因，例如谁在什么时候来申请、怎样核对了身份。")
        raise Refused(why, fields={"reason": why})
    locked = _locked(account)
    if not locked.is_active:
        raise Refused(_("这个账号已经停用。"))
    locked.set_unusable_password()
    locked.password_set_at = None
    for factor in Factor.objects.filter(account=locked):
        _drop(factor)
    _spend_codes(locked, at)
    _end_sessions(locked, at)
    code = factors.new_code(factors.SET_UP_LENGTH)
    OneTimeCode.objects.create(
        account=locked,
        kind=OneTimeCode.SET_UP,
        digest=factors.digest_of(locked.pk, OneTimeCode.SET_UP, code),
        issued_at=at,
        expires_at=at + SET_UP_LASTS,
    )
    _write_down(locked, by=by.account, at=at, after={"reset": True, "reason": reason.strip()[:500]})
    return code


@transaction.atomic
def set_up_anew(*, login: str, code: str, password: str, at: dt.datetime) -> Account | None:
    """Set a password with a set-up code, which is spent by it; None where login and code do not go together. A password
    that is refused leaves the code as it was."""
    locked = Account.objects.select_for_update(no_key=True).filter(login=login, is_active=True).first()
    if locked is None or not factors.use_one_time_code(locked, OneTimeCode.SET_UP, code, at):
        return None
    _set_password(locked, password, at)
    _write_down(locked, by=locked.pk, at=at, after={"password": "set up", "factors": 0})
    return locked


def _set_password(account: Account, password: str, at: dt.datetime) -> None:
    if len(password) > passwords.LONGEST or (wrong := passwords.faults(password, account)):
        why = " ".join(wrong) if len(password) <= passwords.LONGEST else _("密码太长。")
        raise Refused(why, fields={"new": why})
    account.set_password(password)
    account.password_set_at = at
    _end_sessions(account, at)


# --- factors ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_app(*, account: Account, secret: str, code: str, name: str, at: dt.datetime) -> list[str]:
    """Add an app that counts codes, proved by one of its codes, which is used up. Returns the recovery codes where it
    is the first factor."""
    step = factors.step_of(secret, code, at)
    if step is None:
        why = _("验证码不对。请看手机上现在显示的六位数字；也请核对手机的时间。")
        raise Refused(why, fields={"code": why})
    locked = _room_for_one_more(account)
    sealed = sealing.seal({factors.SECRET: secret})
    return _add(Factor(account=locked, kind=Factor.TOTP, name=name, seal=sealed, last_step=step), at)


@transaction.atomic
def add_passkey(*, account: Account, passkey: NewPasskey, name: str, at: dt.datetime) -> list[str]:
    """Add a passkey. Returns the recovery codes where it is the first factor."""
    locked = _room_for_one_more(account)
    if Factor.objects.filter(credential=passkey.credential).exists():
        raise Refused(_("这个通行密钥已经登记过。"))
    return _add(
        Factor(
            account=locked,
            kind=Factor.PASSKEY,
            name=name,
            credential=passkey.credential,
            public_key=passkey.public_key,
            sign_count=passkey.sign_count,
        ),
        at,
    )


@transaction.atomic
def remove_factor(*, account: Account, factor: UUID, at: dt.datetime) -> Account:
    """Remove a factor. Where one is required the last stays until there is another."""
    locked = _locked(account)
    found = Factor.objects.filter(account=locked, pk=factor).first()
    if found is None:
        raise Refused(_("没有这个验证方式，可能已经移除。"))
    others = Factor.objects.filter(account=locked).exclude(pk=factor).exists()
    if second_factor_required() and not others:
        raise Refused(_("这是最后一个验证方式。请先添加另一个，再移除它。"))
    _drop(found)
    if not others:
        _spend_codes(locked, at, OneTimeCode.RECOVERY)
    _end_sessions(locked, at)
    _write_down(locked, by=locked.pk, at=at, after={"factor removed": found.kind})
    return locked


@transaction.atomic
def renew_recovery_codes(*, account: Account, at: dt.datetime) -> list[str]:
    """Ten new recovery codes, returned once; those before are void. Refused where there is no factor to recover from."""
    locked = _locked(account)
    if not Factor.objects.filter(account=locked).exists():
        raise Refused(_("请先添加一个验证方式。"))
    _write_down(locked, by=locked.pk, at=at, after={"recovery codes": factors.CODES})
    return _new_recovery_codes(locked, at)


def _new_recovery_codes(account: Account, at: dt.datetime) -> list[str]:
    _spend_codes(account, at, OneTimeCode.RECOVERY)
    codes = [factors.new_code(factors.CODE_LENGTH) for _n in range(factors.CODES)]
    OneTimeCode.objects.bulk_create(
        OneTimeCode(
            account=account,
            kind=OneTimeCode.RECOVERY,
            digest=factors.digest_of(account.pk, OneTimeCode.RECOVERY, code),
            issued_at=at,
        )
        for code in codes
    )
    return codes


def _locked(account: Account) -> Account:
    # No stronger than needed: rows that refer to the account may be written meanwhile.
    return Account.objects.select_for_update(no_key=True).get(pk=account.pk)


def _room_for_one_more(account: Account) -> Account:
    locked = _locked(account)
    if Factor.objects.filter(account=locked).count() >= MOST_FACTORS:
        raise Refused(_("最多登记 %(count)d 个验证方式。请先移除不用的。") % {"count": MOST_FACTORS})
    return locked


def _add(factor: Factor, at: dt.datetime) -> list[str]:
    account = factor.account
    first = not Factor.objects.filter(account=account).exists()
    factor.created_at = at
    factor.save(force_insert=True)
    _end_sessions(account, at)
    _write_down(account, by=account.pk, at=at, after={"factor added": factor.kind})
    return _new_recovery_codes(account, at) if first else []


def _drop(factor: Factor) -> None:
    seal = factor.seal_id
    factor.delete()
    if seal is not None:
        sealing.erase(seal)


def _spend_codes(account: Account, at: dt.datetime, *kinds: str) -> None:
    living = OneTimeCode.objects.filter(account=account, spent_at__isnull=True)
    (living.filter(kind__in=kinds) if kinds else living).update(spent_at=at)


def _write_down(account: Account, *, by: UUID | None, at: dt.datetime, after: dict[str, Any]) -> None:
    """The audit row: what was done and why, never a secret."""
    Change.objects.create(at=at, account=by, what="account", object_id=account.login, after=after)


# --- sessions --------------------------------------------------------------------------------------------------------


def _end_sessions(account: Account, at: dt.datetime) -> None:
    """End every session of the account, one that is half signed in as well: none knows the new generation."""
    account.generation += 1
    account.save(update_fields=["password", "password_set_at", "generation"])
    SignIn.objects.filter(account=account, session__isnull=False).update(session=None, ended_at=at)


@transaction.atomic
def end_sessions(*, account: Account, at: dt.datetime) -> Account:
    """End every session of the account; whoever asks goes on in the one that the web renews."""
    locked = _locked(account)
    _end_sessions(locked, at)
    return locked


def end_session(*, account: Account, sign_in: UUID, at: dt.datetime) -> bool:
    """End one session of the account; False where it has ended already."""
    with transaction.atomic():
        living = SignIn.objects.select_for_update().filter(account=account, session__isnull=False)
        found = living.filter(pk=sign_in).first()
        if found is None:
            return False
        with connection.cursor() as cursor:
            # The key itself is known to the browser alone; sessions are few beside what a server reads in a moment.
            cursor.execute(
                f"DELETE FROM django_session WHERE {queries.DIGEST} = %s", [bytes(found.session or b"")]
            )
        found.session, found.ended_at = None, at
        found.save(update_fields=["session", "ended_at"])
    return True


def note_sign_in(
    *,
    account: Account,
    outcome: str,
    browser: str,
    system: str,
    network: str,
    new_device: bool,
    session_key: str | None,
    at: dt.datetime,
) -> SignIn:
    """Write down that somebody came in with the account, or tried to."""
    return SignIn.objects.create(
        account=account,
        at=at,
        outcome=outcome,
        browser=browser,
        system=system,
        network=network,
        new_device=new_device,
        session=queries.digest_of(session_key) if session_key else None,
    )


def keep_session(*, sign_in: UUID, key: str) -> None:
    """A session goes on under another key (S23), while the others of its account may have ended."""
    SignIn.objects.filter(pk=sign_in).update(session=queries.digest_of(key), ended_at=None)


def leave_session(*, key: str, at: dt.datetime) -> None:
    """A session ended by signing out."""
    SignIn.objects.filter(session=queries.digest_of(key)).update(session=None, ended_at=at)


def forget_sign_ins(*, at: dt.datetime) -> None:
    """Drop sign-ins after half a year (GB/T 22239 asks for six months)."""
    SignIn.objects.filter(at__lt=at - KEPT_FOR).delete()
