"""From which device somebody comes: in plain words for its owner, and whether it came in with this account before.

A device that did keeps a signed cookie, of use for nothing but its own limit of tries: who guesses elsewhere cannot lock
its owner out, and whoever steals it has gained a few guesses.
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from yipanqi.core.keys import keyring
from yipanqi.people.models import SignIn

KEPT = 180 * 24 * 3600  # seconds
MOST = 8  # accounts that one device remembers
SALT = "yipanqi.web.desk.devices"

# What a browser says of itself, the more particular first: most say that they are Chrome and Safari as well.
BROWSERS = (
    ("MicroMessenger/", "wechat"),
    ("DingTalk/", "dingtalk"),
    ("Edg", "edge"),
    ("QQBrowser/", "qq"),
    ("UCBrowser/", "uc"),
    ("OPR/", "opera"),
    ("Firefox/", "firefox"),
    ("Chrome/", "chrome"),
    ("Safari/", "safari"),
)
SYSTEMS = (
    ("HarmonyOS", "harmony"),
    ("OpenHarmony", "harmony"),
    ("Android", "android"),
    ("iPhone", "iphone"),
    ("iPad", "ipad"),
    ("Windows", "windows"),
    ("Mac OS X", "mac"),
    ("Linux", "linux"),
)
NAMES = {
    "edge": "Edge",
    "opera": "Opera",
    "firefox": "Firefox",
    "chrome": "Chrome",
    "safari": "Safari",
    "harmony": "HarmonyOS",
    "android": "Android",
    "iphone": "iPhone",
    "ipad": "iPad",
    "windows": "Windows",
    "mac": "macOS",
    "linux": "Linux",
}


class Device(NamedTuple):
    """Family of the browser and system, as codes; "other" for what we do not know."""

    browser: str
    system: str


def device_of(request: HttpRequest) -> Device:
    """What the browser says of itself, cut down to what its owner recognises."""
    said = request.headers.get("User-Agent", "")[:500]
    found = (next((code for mark, code in marks if mark in said), "other") for marks in (BROWSERS, SYSTEMS))
    return Device(*found)


def device_words(row: SignIn | Device) -> str:
    """A device in plain words."""
    names = NAMES | {
        "wechat": _("微信"),
        "dingtalk": _("钉钉"),
        "qq": _("QQ浏览器"),
        "uc": _("UC浏览器"),
    }
    browser = names.get(row.browser, _("其他浏览器"))
    return _("%(browser)s（%(system)s）") % {
        "browser": browser,
        "system": names.get(row.system, _("其他系统")),
    }


def cookie_name() -> str:
    return "__Host-device" if settings.HTTPS else "device"


def _mark(login: str) -> str:
    return keyring().blind_index(login.lower(), field="device").hex()[:24]


def _known(request: HttpRequest) -> dict[str, str]:
    try:
        said = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return {}
    return {str(mark): str(own) for mark, own in said} if isinstance(said, list) else {}


def known_as(request: HttpRequest, login: str) -> str:
    """The device's own name where it came in with this account before; empty where it did not."""
    return _known(request).get(_mark(login), "")


def remember(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Have the device remember that it came in with this account."""
    known, mark = _known(request), _mark(login)
    own = known.pop(mark, "") or secrets.token_urlsafe(16)
    value = signing.dumps([*list(known.items())[1 - MOST :], [mark, own]], salt=SALT, compress=True)
    response.set_cookie(
        cookie_name(), value, max_age=KEPT, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )
