"""What is shown besides the password: one-time codes of an app (RFC 6238), passkeys (WebAuthn), codes that work once.

Nothing here counts tries: whoever calls has counted before (web.desk.tries).
"""

from __future__ import annotations

import datetime as dt
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import pyotp
import webauthn
from django.db.models import Q, QuerySet
from webauthn.helpers import structs

from yipanqi.core import sealing
from yipanqi.core.keys import keyring
from yipanqi.people.models import Account, Factor, OneTimeCode

ISSUER = "一盘棋 Yipanqi"
STEP = 30  # seconds that a code of an app is for
DRIFT = 1  # steps that a clock may be wrong by
CODE_DIGITS = 6
SECRET = "secret"  # noqa: S105 - the name of a sealed field
# No 0 and O, 1 and I: these are copied by hand.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODES, CODE_LENGTH, SET_UP_LENGTH = 10, 10, 16


# --- one-time codes of an app ----------------------------------------------------------------------------------------


def new_secret() -> str:
    """160 random bits, as apps take them."""
    return pyotp.random_base32(32)


def address_of(secret: str, account: Account) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=ISSUER)


def code_at(secret: str, at: dt.datetime) -> str:
    """The code that an app with this secret shows."""
    return str(pyotp.TOTP(secret).generate_otp(int(at.timestamp()) // STEP))


def step_of(secret: str, code: str, at: dt.datetime) -> int | None:
    """For which step of the clock a code is the right one, one step of drift allowed; None where it is none."""
    typed = _plain(code)
    if len(typed) != CODE_DIGITS:
        return None
    app, now, found = pyotp.TOTP(secret), int(at.timestamp()) // STEP, None
    for step in range(now - DRIFT, now + DRIFT + 1):
        # All are compared, so that time does not tell which one came near.
        if secrets.compare_digest(app.generate_otp(step), typed):
            found = step
    return found


def use_code_of_app(account: Account, code: str, at: dt.datetime) -> bool:
    """Whether this is a code of an app of the account that was not shown before. Of two who show it at once one gets
    in: the step is raised in the statement that asks for it."""
    for factor in Factor.objects.filter(account=account, kind=Factor.TOTP):
        assert factor.seal_id is not None
        step = step_of(sealing.open_seal(factor.seal_id)[SECRET], code, at)
        if step is not None:
            fresh = Factor.objects.filter(pk=factor.pk, last_step__lt=step)
            return fresh.update(last_step=step, used_at=at) == 1
    return False


# --- codes that work once --------------------------------------------------------------------------------------------


def new_code(length: int) -> str:
    """A code as it is shown: groups of five or four."""
    plain = "".join(secrets.choice(ALPHABET) for _n in range(length))
    width = 5 if length % 5 == 0 else 4
    return "-".join(plain[n : n + width] for n in range(0, length, width))


def digest_of(account: UUID, kind: str, code: str) -> bytes:
    """What is stored of it: a hash with a key that lies outside the database (architecture §6)."""
    return keyring().secret_hash(account.bytes + kind.encode(), _plain(code))


def use_one_time_code(account: Account, kind: str, code: str, at: dt.datetime) -> bool:
    """Spend a code; False where there is none such, or no longer. Asked and spent in one statement: it works once."""
    return living_codes(account, kind, at).filter(
        digest=digest_of(account.pk, kind, code)
    ).update(spent_at=at) == 1  # fmt: skip


def living_codes(account: Account, kind: str, at: dt.datetime) -> QuerySet[OneTimeCode]:
    """The codes that can still be used."""
    living = OneTimeCode.objects.filter(account=account, kind=kind, spent_at__isnull=True)
    return living.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at))


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isascii() and c.isalnum())


# --- passkeys --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """For which host a passkey is, and from which origin it must be shown."""

    host: str
    origin: str


@dataclass(frozen=True)
class Asked:
    """What the browser is asked (JSON), and the challenge by which its answer is known."""

    options: str
    challenge: bytes


def _named(factors: Iterable[Factor]) -> list[structs.PublicKeyCredentialDescriptor]:
    return [structs.PublicKeyCredentialDescriptor(id=bytes(factor.credential or b"")) for factor in factors]


def ask_new_passkey(account: Account, site: Site) -> Asked:
    """Ask a device for a new passkey; one that is known already is refused by it."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=ISSUER,
        user_name=account.login,
        user_id=account.pk.bytes,
        user_display_name=account.login,
        exclude_credentials=_named(Factor.objects.filter(account=account, kind=Factor.PASSKEY)),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.DISCOURAGED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
    )
    return Asked(webauthn.options_to_json(options), options.challenge)


@dataclass(frozen=True)
class NewPasskey:
    """The public half of a passkey that a device made."""

    credential: bytes
    public_key: bytes
    sign_count: int


def read_new_passkey(answer: str, challenge: bytes, site: Site) -> NewPasskey | None:
    """What a device answered, if it answers this challenge for this site."""
    try:
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except (
        Exception
    ):  # a stranger's bytes, read by several libraries: whatever one of them says, it is no answer
        return None
    return NewPasskey(found.credential_id, found.credential_public_key, found.sign_count)


def ask_passkey(account: Account, site: Site) -> Asked | None:
    """Ask for one of the account's passkeys; None where it has none."""
    factors = list(Factor.objects.filter(account=account, kind=Factor.PASSKEY))
    if not factors:
        return None
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        allow_credentials=_named(factors),
        user_verification=structs.UserVerificationRequirement.PREFERRED,
    )
    return Asked(webauthn.options_to_json(options), options.challenge)


def use_passkey(account: Account, answer: str, challenge: bytes, site: Site, at: dt.datetime) -> bool:
    """Whether one of the account's passkeys answered this challenge. A counter that went back is a copy of the device:
    refused, and of two at once that bring the same number one."""
    for factor in Factor.objects.filter(account=account, kind=Factor.PASSKEY):
        try:
            found = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=bytes(factor.public_key or b""),
                credential_current_sign_count=factor.sign_count,
            )
        except Exception:  # noqa: S112 - as above; the next may be the one
            continue
        if found.credential_id == bytes(factor.credential or b""):
            same = Factor.objects.filter(pk=factor.pk, sign_count=factor.sign_count)
            return same.update(sign_count=found.new_sign_count, used_at=at) == 1
    return False
