"""Exchanges of experience at the desk: the kept ones to search, one of them, and clearing one for sharing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yipanqi.core.gate import Actor
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.exchange_models import Exchange
from yipanqi.meetings.exchanges import LONGEST, ExchangeDraft, exchanges, share_exchange, themes
from yipanqi.meetings.meeting_queries import found_by
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.desk.meetings import form_page
from yipanqi.web.steps import Choice, Line, Tick

READING = (*SENDING, "decisions.work", "board.see")


class SearchForm(forms.Form):
    """By theme and by words. It is posted: what somebody looks for stands in no address."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        known = [("", _("全部主题")), *((theme, theme) for theme in themes())]
        self.fields["theme"] = Choice(label=_("主题"), choices=known, required=False)
        self.fields["words"] = Line(label=_("关键词"), required=False, max_length=60)


class ExchangeForm(forms.Form):
    """What a unit told, as it is to be shared."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, one: Exchange) -> None:
        initial = {"title": one.title, "theme": one.theme, "text": one.text}
        super().__init__(data, initial=initial)
        self.fields["title"] = Line(label=_("标题"), required=False, max_length=LONGEST["title"])
        self.fields["theme"] = Line(label=_("主题"), required=False, max_length=LONGEST["theme"])
        self.fields["text"] = Line(
            label=_("讲了什么"),
            widget=forms.Textarea,
            required=False,
            max_length=LONGEST["text"],
            help_text=_("写做法和效果，别的单位照着能做；不写具体的人。清空就不再共享。"),
        )
        self.fields["sure"] = Tick(label=_("提到的人看过了，需要保留"), required=False)


@staff(*READING)
@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: HttpRequest) -> HttpResponse:
    """What was kept, to search by theme and words."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    form.full_clean()
    told = form.cleaned_data if form.is_bound else {}
    rows, more = exchanges(theme=str(told.get("theme") or ""), words=str(told.get("words") or ""))
    context = {"form": form, "rows": rows, "more": more, "searched": form.is_bound}
    return render(request, "desk/exchanges.html", context)


@staff(*READING)
@require_safe
def exchange(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """One that is shared; what was not cleared is nobody's to read."""
    of = Exchange.objects.select_related("conference", "unit").filter(shared_at__isnull=False)
    one = of.filter(pk=exchange_id).first()
    if one is None:
        raise Http404
    viewer = viewer_of_request(request)
    may = viewer.has("decisions.draft") and found_by(viewer).filter(pk=one.conference_id).exists()
    keep = reverse("desk:keep_exchange", args=[one.pk]) if may else ""
    return render(request, "desk/exchange.html", {"one": one, "keep": keep})


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """Clear what a unit told for sharing."""
    one = Exchange.objects.select_related("conference").filter(pk=exchange_id).first()
    if one is None or not found_by(viewer_of_request(request)).filter(pk=one.conference_id).exists():
        raise Http404
    form = ExchangeForm(request.POST if request.method == "POST" else None, one=one)

    def enter(by: Actor, at: dt.datetime) -> str:
        told = form.cleaned_data
        words = {name: str(told[name] or "") for name in LONGEST}
        draft = ExchangeDraft(**words, sure=bool(told["sure"]))
        shared = share_exchange(exchange=one, draft=draft, by=by, at=at).shared_at is not None
        messages.success(request, _("已共享，各单位都能查到。") if shared else _("已不再共享。"))
        return reverse("desk:exchange", args=[one.pk]) if shared else reverse("desk:exchanges")

    context = {
        "heading": _("整理交流发言"),
        "under": f"{one.conference} · {one.speaker}",
        "back": reverse("desk:exchanges"),
        "send": _("共享"),
    }
    return form_page(request, form, enter, context)


urlpatterns: list[URLPattern] = [
    path("exchanges/", kept, name="exchanges"),
    path("exchanges/<int:exchange_id>/", exchange, name="exchange"),
    path("exchanges/<int:exchange_id>/keep", keep, name="keep_exchange"),
]
