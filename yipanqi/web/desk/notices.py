"""What is new for the holder of a post: which step was taken on which matter. What a matter says is for its page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipanqi.core import access_log
from yipanqi.core.errors import Refused
from yipanqi.core.kinds import Words
from yipanqi.insight.queue import SEEING
from yipanqi.insight.rows import Row, rows_of
from yipanqi.notices import queries
from yipanqi.notices.actions import mark_read
from yipanqi.notices.queries import News
from yipanqi.web.access import staff, units, viewer as viewer_of_request
from yipanqi.web.components.shapes import Tab
from yipanqi.web.desk.given import given
from yipanqi.web.desk.queue import row_title
from yipanqi.web.desk.week import told_in_words


@staff(*SEEING)
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """The unread ones first, a page at a time; a POST marks those of one matter, or all, as read."""
    if request.method != "POST":
        return _page(request)
    try:
        upto, matter = (_id(request.POST.get(name, "")) for name in ("upto", "matter"))
        mark_read(upto=upto, matter=matter, units=units(request), by=viewer_of_request(request))
    except Refused as refusal:
        return _page(request, refused=refusal.message, status=422)
    return HttpResponseRedirect(_url(everything=request.POST.get("show") == "all"))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _url(*, everything: bool, after: UUID | None = None) -> str:
    asked = {"show": "all" if everything else "", "after": str(after or "")}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("desk:notices") + (f"?{query}" if query else "")


def _page(request: HttpRequest, *, refused: str = "", status: int = 200) -> HttpResponse:
    viewer, now = viewer_of_request(request), timezone.now()
    everything, after = given(request, "show") == "all", _id(given(request, "after"))
    page = queries.page(viewer, units(request), everything=everything, after=after)
    rows = {
        row.id: row for row in rows_of([one.matter for one in page.news if one.lost is None], viewer, now)
    }
    shown = [
        _lost(news, news.lost) if news.lost is not None else _shown(news, rows[news.matter.pk])
        for news in page.news
        if news.lost is not None or news.matter.pk in rows
    ]
    titles = any(row.title or row.said for row in rows.values()) or any(one.lost for one in page.news)
    access_log.note(account=viewer.account, page="notices", at=now, fields=["titles"] if titles else [])
    context = {
        "tabs": [
            Tab(_("未读"), _url(everything=False), current=not everything),
            Tab(_("全部"), _url(everything=True), current=everything),
        ],
        "news": shown,
        "everything": everything,
        "upto": queries.newest(units(request)) if any(one["unread"] for one in shown) else None,
        "next": _url(everything=everything, after=page.next) if page.next else "",
        "refused": refused,
        "week": told_in_words(queries.week_of(viewer)),
    }
    return render(request, "desk/notices.html", context, status=status)


def _lost(news: News, words: Words) -> dict[str, object]:
    """Of what the unit has no more part in: that it is so, and what it knew. It leads nowhere."""
    said = {
        "task": _("您单位不再牵头这项任务，不用再办。有疑问请问下达单位。"),
        "plan": _("方案修改后，您单位在里面不再有分工，不用再答复。"),
    }
    return _told(news) | {
        "title": words.title,
        "number": words.reference,
        "note": said.get(news.matter.procedure, _("您单位在这件事里不再有分工。")),
    }


def _shown(news: News, row: Row) -> dict[str, object]:
    return _told(news) | {
        "url": reverse("desk:matter", args=[news.matter.pk]),
        "title": row_title(row),
        "number": row.number,
    }


def _told(news: News) -> dict[str, object]:
    return {
        "matter": news.matter.pk,
        "upto": news.upto,
        "unread": news.unread,
        "at": news.moves[0].at,
        "what": _("、").join(news.labels),
    }
