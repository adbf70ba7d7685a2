"""Searching by words. What is typed may be somebody's name, so it stands in no address and no log.

The form posts the words; they are kept, sealed, in the session under a random name, and the page that shows the
results is called by that name alone. So its filters and pages are plain links, going back from a matter works, two
tabs do not mix, and an address that is passed on shows nothing: the words end with the session. The access log says that
somebody searched, not for what.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yipanqi.cases.references import read_reference
from yipanqi.core import access_log
from yipanqi.core.crypto.errors import Unopenable
from yipanqi.core.gate import Channel
from yipanqi.core.keys import keyring
from yipanqi.core.kinds import all_kinds
from yipanqi.core.search import Sight
from yipanqi.insight import hits, queue as lists, search as searching
from yipanqi.insight.queue import LATE, SEEING, TODAY
from yipanqi.insight.rows import Row
from yipanqi.insight.search import DAYS, LATER, MONTH, WEEK, YEAR, Asked, Place
from yipanqi.text.grams import words_of
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, Facet, FacetGroup, Tab, TableRow
from yipanqi.web.desk import views
from yipanqi.web.desk.given import given, given_in
from yipanqi.web.desk.models import SavedView
from yipanqi.web.desk.queries import words_of_view
from yipanqi.web.desk.queue import about_of, row_title
from yipanqi.web.desk.shown import badge_of

LONGEST = 100
KEPT = 10  # searches of a session whose pages can still be opened
SEARCHES = "searches"


@dataclass(frozen=True)
class _Page:
    """What the address asks for: which search, its filters, the order."""

    name: str
    asked: Asked
    best: bool

    def url(
        self, asked: Asked | None = None, *, best: bool | None = None, after: str = "", before: str = ""
    ) -> str:
        wanted = asked or self.asked
        filters = {
            "s": self.name,
            "order": "best" if (self.best if best is None else best) else "",
            "kind": wanted.kind,
            "state": wanted.state,
            "unit": str(wanted.unit or ""),
            "area": wanted.area,
            "time": wanted.time,
            "term": wanted.term,
            "after": after,
            "before": before,
        }
        return f"{reverse('desk:search')}?{urlencode({k: v for k, v in filters.items() if v})}"

    def filters(self) -> str:
        """What the address says beside which search it is."""
        return replace(self, name="").url().partition("?")[2]


@staff(*SEEING)
@sensitive_post_parameters("words")
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Keep what was typed and lead to its page; a whole reference leads to its matter."""
    if request.method != "POST":
        return _results(request)
    text = " ".join(request.POST.get("words", "").replace("\x00", "").split())[:LONGEST]
    number = read_reference(text) or text.upper()
    found = lists.find_number(viewer_of_request(request), number) if text else None
    if found is not None:
        return HttpResponseRedirect(reverse("desk:matter", args=[found]))
    if not words_of(text):
        return render(request, "desk/search.html", {"wrong": bool(text), "asked_nothing": True}, status=422)
    return HttpResponseRedirect(f"{reverse('desk:search')}?{urlencode({'s': _keep(request, text)})}")


def _keep(request: HttpRequest, text: str) -> str:
    """The name under which the words are kept; the name is what opens them, and is not stored beside them."""
    name = secrets.token_urlsafe(9)
    kept: list[str] = request.session.get(SEARCHES, [])
    sealed = base64.b64encode(keyring().seal_answer(_context(request, name), text.encode())).decode()
    request.session[SEARCHES] = [*kept, sealed][-KEPT:]
    return name


def _kept(request: HttpRequest, name: str) -> str:
    """The words that were kept under a name; empty where there are none (any more)."""
    for sealed in reversed(request.session.get(SEARCHES, [])):
        try:
            return keyring().open_answer(_context(request, name), base64.b64decode(sealed)).decode()
        except Unopenable:
            continue
    return ""


def _context(request: HttpRequest, name: str) -> bytes:
    return f"search\0{viewer_of_request(request).account}\0{name}".encode()


def shown_by(request: HttpRequest, parameters: QueryDict) -> tuple[str, str, str]:
    """Of the page with these parameters: its address, its filters alone, and its words. Whose words are gone is led to
    the empty page."""
    name = given_in(parameters, "s", 40)
    text = _kept(request, name)
    if not text:
        raise Http404
    page = _read(parameters, name, text)
    return page.url(), page.filters(), text


def _opened(request: HttpRequest, number: str) -> HttpResponse:
    """The page of a search that was kept: its words go into the session, as if they had been typed."""
    view = views.own_view(request, number, of_search=True)
    text = words_of_view(view)
    if not text:
        return render(request, "desk/search.html", {"gone": True, "asked_nothing": True})
    page = _read(QueryDict(view.query), _keep(request, text), text)
    return HttpResponseRedirect(page.url())


def _views(request: HttpRequest, page: _Page | None = None, text: str = "") -> dict[str, Any]:
    """The searches that were kept. Which of them is shown now is told by its words and filters."""

    def opens(view: SavedView) -> tuple[str, bool]:
        shown = page is not None and view.query == page.filters() and words_of_view(view) == text
        return f"{reverse('desk:search')}?{urlencode({'view': view.pk})}", shown

    query = page.url().partition("?")[2] if page else ""
    return views.context_of(request, query, opens, of_search=True)


def _results(request: HttpRequest) -> HttpResponse:
    if number := given(request, "view", 20):
        return _opened(request, number)
    name = given(request, "s", 40)
    text = _kept(request, name) if name else ""
    if not text:
        context = {"gone": bool(name), "asked_nothing": True, **_views(request)}
        return render(request, "desk/search.html", context)
    viewer, now = viewer_of_request(request), timezone.now()
    page = _read(request.GET, name, text)
    sight = Sight.of(viewer, Channel.DESK)
    after, before = given(request, "after", 40), given(request, "before", 40)
    if page.best:
        found = hits.find_best(viewer, page.asked, now, start=_number(after or before), sight=sight)
    else:
        place = _place(after, before)
        found = searching.find(viewer, page.asked, now, place=place, size=searching.PAGE, sight=sight)
    choices = hits.choices(viewer, page.asked, now, sight=sight)
    texts = hits.excerpts(found.rows, viewer, page.asked.words)
    fields = [
        name
        for name, shown in (("titles", any(r.title or r.said for r in found.rows)), ("text", texts))
        if shown
    ]
    access_log.note(account=viewer.account, page="search", at=now, fields=fields)
    context = {
        "words": text,
        "columns": _columns(),
        "rows": [_row(row, page.asked, texts) for row in found.rows],
        "tabs": [
            Tab(_("最新的在前"), page.url(best=False), not page.best),
            Tab(_("最相关的在前"), page.url(best=True), page.best),
        ],
        "facets": _facets(page, choices),
        "filtered": page.asked != Asked(page.asked.words),
        "clear": page.url(Asked(page.asked.words)),
        "total": choices["kind"][0].count if page.asked == Asked(page.asked.words) else None,
        "found": found,
        "previous": page.url(before=found.previous) if found.previous else "",
        "next": page.url(after=found.next) if found.next else "",
        **_views(request, page, text),
    }
    return render(request, "desk/search.html", context)


def _read(parameters: QueryDict, name: str, text: str) -> _Page:
    """The filters in an address; what is none of them is left out."""
    states = {state.code for kind in all_kinds() for state in kind.procedure.states}

    def one_of(field: str, known: set[str]) -> str:
        value = given_in(parameters, field)
        return value if value in known else ""

    asked = Asked(
        words=words_of(text),
        kind=one_of("kind", {kind.procedure.code for kind in all_kinds()}),
        state=one_of("state", states),
        unit=_uuid(given_in(parameters, "unit")),
        area=given_in(parameters, "area", 40),
        time=one_of("time", set(DAYS)),
        term=one_of("term", {LATE, TODAY, LATER}),
    )
    return _Page(name, asked, given_in(parameters, "order") == "best")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return min(int(text), hits.RANKED) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _place(after: str, before: str) -> Place | None:
    found = _uuid(before) or _uuid(after)
    return Place(found, up=_uuid(before) is not None) if found else None


def _columns() -> list[Column]:
    return [
        Column("title", _("事项"), main=True),
        Column("state", _("状态"), "badge"),
        Column("about", _("类别和地点")),
        Column("unit", _("主办单位")),
        Column("opened", _("收到"), "day"),
        Column("due", _("剩余时间"), "due"),
        Column("number", _("编号"), "reference"),
    ]


def _row(row: Row, asked: Asked, texts: Mapping[UUID, list[hits.Piece]]) -> TableRow:
    return TableRow(
        cells={
            "title": _marked(hits.pieces(row_title(row), asked.words)) if row.title else row_title(row),
            "state": badge_of(row.state_code, row.state),
            "about": about_of(row) if row.title else "",
            "unit": row.unit,
            "opened": searching.received_at(row.id, row.state_code, row.opened_at),
            "due": row.due,
            "number": row.number,
        },
        url=reverse("desk:matter", args=[row.id]),
        note=_marked(texts[row.id]) if row.id in texts else "",
        late=row.due is not None and row.due.late_by > 0,
    )


def _marked(pieces: list[hits.Piece]) -> SafeString:
    """The text with what was looked for marked; each part is escaped."""
    return format_html_join(
        "", "{}{}{}", ((_OPEN, text, _CLOSE) if hit else ("", text, "") for text, hit in pieces)
    )


_OPEN, _CLOSE = SafeString("<mark>"), SafeString("</mark>")


def _facets(page: _Page, choices: Mapping[str, list[hits.Choice]]) -> list[FacetGroup]:
    """The filters that tell something apart; a filter with one choice alone is left out, unless it is chosen."""
    terms = {LATE: _("已超期"), TODAY: _("今天到期"), LATER: _("以后到期")}
    times = {WEEK: _("一周内"), MONTH: _("一个月内"), YEAR: _("一年内")}
    groups: list[tuple[str, str, Callable[[str], str]]] = [
        ("term", _("期限"), lambda value: terms[value]),
        ("time", _("时间"), lambda value: times[value]),
        ("state", _("状态"), lists.state_label),
        ("kind", _("种类"), lists.kind_label),
        ("area", _("地点"), str),
        ("unit", _("主办单位"), str),
    ]
    found = []
    for name, label, word in groups:
        options, chosen = choices[name], getattr(page.asked, name)
        if len(options) < (3 if name in {"kind", "state"} else 2) and not chosen:
            continue
        facets = [
            Facet(
                (each.name or word(each.value)) if each.value else _("不限"),
                page.url(each.asked),
                each.count.number,
                str(chosen or "") == each.value,
                each.count.bounded,
            )
            for each in options
        ]
        found.append(FacetGroup(label, facets))
    return found
