"""The frames around every page: bars, switches, bands and the way out. Registered as tags in `components`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext as _

from yipanqi.core.labels import pick
from yipanqi.web.components import icons, words
from yipanqi.web.components.shapes import Facet, NavItem, Tab, all_shaped
from yipanqi.web.display import CHOICES


def counted(item: Facet | Tab | NavItem) -> dict[str, Any]:
    """Label, url, whether it is the current one, and the count as text ("" for none)."""
    count = "" if item.count is None else words.count_text(item.count, item.bounded)
    return {"label": item.label, "url": item.url, "current": item.current, "count": count}


def url_or_none(name: str, *args: object) -> str | None:
    """The path of a named URL; None on a surface that does not have it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None


def language_switch(context: Context) -> dict[str, Any]:
    english = (get_language() or "").startswith("en")
    return {
        "action": url_or_none("set_language"),
        "next": _here(context),
        "code": "zh-hans" if english else "en",
        "lang": "zh-Hans" if english else "en",
        "label": "简体中文" if english else "English",
    }


def display_switch(context: Context) -> dict[str, Any]:
    """Large print and high contrast, each with the value that its button sends."""
    looks = {name: bool(context.get(name)) for name in CHOICES}
    return {"action": url_or_none("set_display"), "next": _here(context), **looks}


def read_aloud() -> dict[str, Any]:
    """A button that a browser which can speak shows (static/js/aloud.js)."""
    return {}


def _here(context: Context) -> str:
    """Where a switch returns to: `here` of the context where this address only takes posts, else this address."""
    request = context.get("request")
    return str(context.get("here") or (request.get_full_path() if request is not None else "/"))


def quick_leave(url: str = "") -> dict[str, Any]:
    """One tap away from the page (H3): by the portal's own way out where it has one, which also ends the session."""
    return {"url": url or url_or_none("portal:leave") or getattr(settings, "QUICK_LEAVE_URL", "") or "/"}


def site_mark() -> SafeString:
    return icons.mark()


def unit_name() -> str:
    """The unit whose site this is, in the active language."""
    return str(pick(settings.SITE.unit, settings.SITE.unit_en))


def site_unit(context: Context) -> str:
    """The unit whose site this is; `site_unit` in the context names another."""
    return str(context.get("site_unit") or unit_name())


def root_attributes(context: Context, lang: str = "") -> SafeString:
    """Language (the active one, or `lang`) and how the page looks, for <html>."""
    language = lang or ("en" if (get_language() or "").startswith("en") else "zh-Hans")
    looks = format_html_join("", " data-{}", ((name,) for name in CHOICES if context.get(name)))
    return format_html('lang="{}"{}', language, looks)


def demo_band(context: Context, both: bool = False) -> dict[str, Any]:
    """Said on every page of a demonstration; `both` in both languages, where none was chosen."""
    demo = bool(context.get("demo_city", getattr(settings, "DEMO_CITY", False)))
    return {"shown": demo and not both, "both": demo and both}


def portal_nav(context: Context) -> dict[str, Any]:
    """The portal's destinations; on a desk alone there is none."""
    named = (
        ("portal:file", _("我要说")),
        ("portal:track", _("查进度")),
        ("portal:how", _("怎么办理")),
        ("portal:call_me", _("给我打电话")),
    )
    request = context.get("request")
    path = request.path if request is not None else ""
    links = [(url_or_none(name), label) for name, label in named]
    return {
        "links": [
            {"url": url, "label": label, "current": path.startswith(url)}
            for url, label in links
            if url is not None
        ]
    }


def desk_bar(context: Context) -> dict[str, Any]:
    """Top bar of the desk: `desk_nav` (list of NavItem), `desk_unit`, `desk_post` and `desk_home` from the context;
    where it says `desk_keys`, a button that lists the keys."""
    request = context.get("request")
    signed_in = getattr(getattr(request, "user", None), "is_authenticated", False)
    return {
        "links": [counted(item) for item in all_shaped(NavItem, context.get("desk_nav") or ())],
        "unit": str(context.get("desk_unit") or ""),
        "post": str(context.get("desk_post") or ""),
        "home": context.get("desk_home") or url_or_none("desk:board") or "/",
        "sign_out": url_or_none("desk:sign_out") if signed_in or context.get("desk_nav") else None,
        "account": url_or_none("desk:account") if signed_in or context.get("desk_nav") else None,
        "search": url_or_none("desk:search") if context.get("desk_searches") else None,
        "keys": bool(context.get("desk_keys")),
        "words": str(context.get("words") or ""),
        "csrf_token": context.get("csrf_token", ""),
        "request": request,
        "here": context.get("here"),
        **{name: context.get(name) for name in CHOICES},
    }


def site_footer(context: Context) -> dict[str, Any]:
    return {
        "unit": site_unit(context),
        "accessibility": url_or_none("portal:accessibility"),
        "privacy": url_or_none("portal:privacy"),
        "how": url_or_none("portal:how"),
        "figures": url_or_none("portal:figures"),
        "call_me": url_or_none("portal:call_me"),
        "site": settings.SITE,
    }
