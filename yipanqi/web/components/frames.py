"""The frames around every page: bars, switches, bands and the way out. Registered as tags in `components`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext as _

from yipanqi.web.components import icons, words
from yipanqi.web.components.shapes import Facet, NavItem, Tab, all_shaped


def counted(item: Facet | Tab | NavItem) -> dict[str, Any]:
    """Label, url, whether it is the current one, and the count as text ("" for none)."""
    count = "" if item.count is None else words.count_text(item.count, item.bounded)
    return {"label": item.label, "url": item.url, "current": item.current, "count": count}


def url_or_none(name: str) -> str | None:
    """The path of a named URL; None on a surface that does not have it."""
    try:
        return reverse(name)
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


def elder_switch(context: Context) -> dict[str, Any]:
    elder = bool(context.get("elder"))
    return {"action": url_or_none("set_elder"), "next": _here(context), "elder": elder}


def _here(context: Context) -> str:
    """Where a switch returns to: `here` of the context where this address only takes posts, else this address."""
    request = context.get("request")
    return str(context.get("here") or (request.get_full_path() if request is not None else "/"))


def quick_leave(url: str = "") -> dict[str, Any]:
    """One tap away from the page (H3): by the portal's own way out where it has one, which also ends the session."""
    return {"url": url or url_or_none("portal:leave") or getattr(settings, "QUICK_LEAVE_URL", "") or "/"}


def site_mark() -> SafeString:
    return icons.mark()


def site_unit(context: Context) -> str:
    """The unit whose site this is; `site_unit` in the context names another."""
    return str(context.get("site_unit") or _("市委社会工作部"))


def root_attributes(context: Context, lang: str = "") -> SafeString:
    """Language (the active one, or `lang`) and size of the text, for <html>."""
    language = lang or ("en" if (get_language() or "").startswith("en") else "zh-Hans")
    elder = mark_safe(" data-elder") if context.get("elder") else ""
    return format_html('lang="{}"{}', language, elder)


def demo_band(context: Context, both: bool = False) -> dict[str, Any]:
    """Said on every page of a demonstration; `both` in both languages, where none was chosen."""
    demo = bool(context.get("demo_city", getattr(settings, "DEMO_CITY", False)))
    return {"shown": demo and not both, "both": demo and both}


def portal_nav(context: Context) -> dict[str, Any]:
    """The portal's three destinations; on a desk alone there is none."""
    named = (("portal:file", _("我要说")), ("portal:track", _("查进度")), ("portal:how", _("怎么办理")))
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
    """Top bar of the desk: `desk_nav` (list of NavItem), `desk_unit`, `desk_post` and `desk_home` from the context."""
    request = context.get("request")
    signed_in = getattr(getattr(request, "user", None), "is_authenticated", False)
    return {
        "links": [counted(item) for item in all_shaped(NavItem, context.get("desk_nav") or ())],
        "unit": str(context.get("desk_unit") or ""),
        "post": str(context.get("desk_post") or ""),
        "home": context.get("desk_home") or url_or_none("desk:board") or "/",
        "sign_out": url_or_none("desk:sign_out") if signed_in or context.get("desk_nav") else None,
        "csrf_token": context.get("csrf_token", ""),
        "request": request,
        "here": context.get("here"),
        "elder": context.get("elder"),
    }


def site_footer(context: Context) -> dict[str, Any]:
    return {
        "unit": site_unit(context),
        "accessibility": url_or_none("portal:accessibility"),
        "privacy": url_or_none("portal:privacy"),
        "how": url_or_none("portal:how"),
    }
