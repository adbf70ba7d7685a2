"""Pages that say how things are: the start, how a case travels, privacy, accessibility."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from yipanqi.cases.actions import NOTICE_VERSION
from yipanqi.web.access import public
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
        "stages": promises.stages(at),
        "ends": promises.ends(),
        "amounts": promises.amounts(at),
        "hotline": promises.hotline(),
    }
    return render(request, "portal/how.html", context)


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is done with what people tell us."""
    context = {"hotline": promises.hotline(), "notice_version": NOTICE_VERSION}
    return render(request, "portal/privacy.html", context)


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How to use these pages in large print, by keyboard, by voice, or not at all."""
    return render(request, "portal/accessibility.html", {"hotline": promises.hotline()})
