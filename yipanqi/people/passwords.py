"""Which passwords are taken: two profiles, for two norms contradict each other (trust-and-ux §2.3).

`asvs` (ASVS 5.0, 6.2): long, not known to guessers, no rule of composition and no change without a cause; both rules
lead people to weaker words. `mlps` (GB/T 22239-2019, 8.1.4.1): what examiners of a level-three system ask for.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from yipanqi.people.models import Account

LONGEST = 200
NAMED = 2  # characters from which a name or a login within a password counts


@dataclass(frozen=True)
class Profile:
    """The shortest length, of how many kinds of characters at least (0: no matter), and after how many days it is
    changed (None: never without a cause)."""

    shortest: int
    kinds: int = 0
    days: int | None = None


PROFILES = {"asvs": Profile(shortest=12), "mlps": Profile(shortest=12, kinds=3, days=90)}
_KINDS: tuple[Callable[[str], bool], ...] = (
    str.islower,
    str.isupper,
    str.isdigit,
    lambda character: not character.isalnum(),
)


def profile() -> Profile:
    """The one in force."""
    return PROFILES[settings.PASSWORD_PROFILE]


def rules() -> list[str]:
    """The profile in words, to be read before anything is typed."""
    asked = profile()
    found = [_("至少 %(count)d 个字符；几个不相干的词连起来最好记。") % {"count": asked.shortest}]
    if asked.kinds:
        found.append(_("小写字母、大写字母、数字、符号四类中至少有 %(count)d 类。") % {"count": asked.kinds})
    found.append(_("不能是常见的密码，也不能含有账号或姓名。"))
    if asked.days:
        found.append(_("每 %(days)d 天更换一次（等级保护的要求），不能和原来的一样。") % {"days": asked.days})
    return found


def faults(password: str, account: Account) -> list[str]:
    """Why a password is not taken; empty where it is."""
    asked, found = profile(), []
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(password) < asked.shortest:
        found.append(
            _("太短：至少 %(least)d 个字符，现在是 %(count)d 个。")
            % {"least": asked.shortest, "count": len(password)}
        )
    if sum(any(map(kind, password)) for kind in _KINDS) < asked.kinds:
        found.append(_("字符种类太少：四类中至少要有 %(count)d 类。") % {"count": asked.kinds})
    if _common(password):
        found.append(_("这个密码太常见，猜的人会先试它。"))
    own = (unicodedata.normalize("NFKC", word).casefold() for word in (account.login, account.name))
    if any(len(word) >= NAMED and word in plain for word in own):
        found.append(_("不能含有您的账号或姓名。"))
    return found


def _common(password: str) -> bool:
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        return True
    return False


def outworn(account: Account, at: dt.datetime) -> bool:
    """Whether the profile asks for another one by now."""
    days = profile().days
    if days is None:
        return False
    return account.password_set_at is None or at - account.password_set_at > dt.timedelta(days=days)
