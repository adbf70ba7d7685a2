"""Between password and second factor: the session is nobody's, and says for a few minutes whose password was shown."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from yipanqi.people.models import Account

KEY, CHALLENGE = "desk_half", "desk_challenge"
LASTS = 300  # seconds
SETTING_UP = 900  # an app has to be found and installed first


@dataclass(frozen=True)
class Half:
    """Whose password was shown, and where they wanted to go."""

    account: Account
    wanted: str


def begin(request: HttpRequest, account: Account, wanted: str) -> None:
    """The right password was shown. The session gets a new id (S23)."""
    request.session.cycle_key()
    request.session[KEY] = {
        "account": str(account.pk),
        # So that a password or a factor that was changed meanwhile ends this too.
        "hash": account.get_session_auth_hash(),
        "at": timezone.now().timestamp(),
        "wanted": wanted,
    }


def read(request: HttpRequest, *, lasts: int = LASTS) -> Half | None:
    """Whose password was shown in this session a moment ago; None where it was none's, or too long ago."""
    said = request.session.get(KEY)
    if not isinstance(said, dict) or timezone.now().timestamp() - float(said["at"]) > lasts:
        return None
    account = Account.objects.filter(pk=UUID(said["account"]), is_active=True).first()
    if account is None or not constant_time_compare(said["hash"], account.get_session_auth_hash()):
        return None
    return Half(account, said["wanted"])


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def keep_challenge(request: HttpRequest, challenge: bytes) -> None:
    """What a passkey has to answer to; the latest page's alone."""
    request.session[CHALLENGE] = base64.b64encode(challenge).decode()


def take_challenge(request: HttpRequest) -> bytes:
    """The challenge, which is used up by being asked for; empty where there is none."""
    return base64.b64decode(request.session.pop(CHALLENGE, ""))
