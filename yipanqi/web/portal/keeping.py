"""A draft that is kept: saving it, going on with it later, and forgetting it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipanqi.core.attempts import TooMany
from yipanqi.web.access import public
from yipanqi.web.portal.actions import NoDraft, find_draft, forget_draft, grouped, save_draft
from yipanqi.web.portal.draft import FIRST, Draft
from yipanqi.web.portal.forms import ResumeForm
from yipanqi.web.portal.network import network_of, too_many, unlisted
from yipanqi.web.portal.shown import carried, show


def turn(request: HttpRequest, draft: Draft, page: str, checked: bool = False) -> HttpResponse:
    """Show a page, and keep what was typed where it is kept."""
    draft.keep(page, timezone.now())
    return show(request, draft, page, checked)


def _save(request: HttpRequest, draft: Draft, page: str, checked: bool = False) -> HttpResponse:
    """Keep it, and show the code: pressed again, once more, for whoever did not write it down. It stands in no page
    that was not asked for."""
    at = timezone.now()
    kept = draft.keep(page, at)
    if kept is None:
        try:
            kept = save_draft(content=draft.content(page), network=network_of(request), at=at)
        except TooMany as refusal:
            return show(request, draft, page, refused=refusal.message)
        draft.code, draft.lost = kept.code, False
    context = carried(draft, "") | {"page": page, "code": grouped(kept.code), "until": kept.until}
    return render(request, "portal/file-saved.html", context)


def _typed(request: HttpRequest, draft: Draft, page: str, checked: bool = False) -> HttpResponse:
    """What a script sends after a pause in typing: no page, only whether it is kept."""
    return HttpResponse(status=204 if draft.keep(page, timezone.now()) else 410)


def _forget(request: HttpRequest, draft: Draft, page: str, checked: bool = False) -> HttpResponse:
    """Delete what is kept; what was typed is still on the page."""
    forget_draft(code=draft.code)
    draft.code = ""
    messages.success(request, _("存着的草稿已经删掉，取回码作废。这一页上写的还在。"))
    return show(request, draft, page)


# What a button of the filing does besides leading to a page.
KEEPING: Mapping[str, Callable[..., HttpResponse]] = {"save": _save, "keep": _typed, "forget": _forget}


@public
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a draft, and go on with it."""
    if request.method != "POST":
        return render(request, "portal/resume.html", {"form": ResumeForm()})
    form = ResumeForm(request.POST)
    if form.is_valid():
        try:
            kept = find_draft(code=form.cleaned_data["code"], network=network_of(request), at=timezone.now())
        except TooMany as refusal:
            return too_many(request, refusal)
        except NoDraft as refusal:
            form.add_error(None, refusal.message)
        else:
            return _go_on(request, Draft.resumed(kept), kept.content["page"])
    return render(request, "portal/resume.html", {"form": form}, status=422)


def _go_on(request: HttpRequest, draft: Draft, page: str) -> HttpResponse:
    messages.success(request, _("您存的草稿取回来了，接着写就行。以后每翻一页都会自动再存。"))
    return show(request, draft, page if page in draft.pages else FIRST)
