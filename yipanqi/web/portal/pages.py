"""Pages that say how things are: the start, how a case travels, privacy, accessibility."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipanqi.cases.actions import CHILDREN_VERSION, NOTICE_VERSION
from yipanqi.insight import public as published
from yipanqi.insight.board import Share
from yipanqi.web.access import public
from yipanqi.web.components.shapes import Column, TableRow
from yipanqi.web.portal import promises


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, the three things to do, and what happens by when."""
    context = {"hotline": promises.hotline(), "amounts": promises.amounts(timezone.now())}
    return render(request, "portal/home.html", context)


@public
@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """How a case travels, from the procedure itself."""
    at = timezone.now()
    context = {
        "travels": promises.travels(at),
        "hotline": promises.hotline(),
    }
    return render(request, "portal/how.html", context)


@public
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """How we are doing, in figures that say what they count."""
    found = published.figures()
    context = {
        "figures": found,
        "columns": [
            Column("about", _("什么事"), main=True),
            Column("open", _("正在办")),
            Column("closed", _("已办结")),
            Column("in_time", _("按期办结"), "number"),
            Column("solved", _("本人说解决了"), "number"),
        ],
        "rows": [
            TableRow(
                {
                    "about": one.name,
                    "open": one.open or _("少于 5 件"),
                    "closed": one.closed or _("少于 5 件"),
                    "in_time": share_text(one.in_time),
                    "solved": share_text(one.solved),
                }
            )
            for one in found.categories
            if one.open or one.closed
        ],
        "in_time": share_text(found.all.in_time),
        "solved": share_text(found.all.solved),
    }
    return render(request, "portal/figures.html", context)


def share_text(share: Share) -> str:
    """A share with what it is of: 83%（25/30）; of fewer than five nothing is told."""
    if not share.shown:
        return "—"
    return _("%(percent)d%%（%(good)d/%(of)d）") % {
        "percent": share.percent,
        "good": share.good,
        "of": share.of,
    }


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is done with what people tell us."""
    context = {"hotline": promises.hotline(), "notice_version": NOTICE_VERSION}
    return render(request, "portal/privacy.html", context)


@public
@require_safe
def children(request: HttpRequest) -> HttpResponse:
    """The rules for the data of children, to which a guardian consents (PIPL 31)."""
    context = {"hotline": promises.hotline(), "rules_version": CHILDREN_VERSION}
    return render(request, "portal/children.html", context)


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How to use these pages in large print, by keyboard, by voice, or not at all."""
    return render(request, "portal/accessibility.html", {"hotline": promises.hotline()})
