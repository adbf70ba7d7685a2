"""The queue: what waits for us, by time left, with its filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipanqi.cases.references import read_reference
from yipanqi.core import access_log
from yipanqi.core.kinds import all_kinds
from yipanqi.insight import queue as lists
from yipanqi.insight.queue import ALL, LATE, SEEING, TODAY, WAITS, Count, Cursor, Page, Row, Wanted
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, Facet, FacetGroup, Tab, TableRow
from yipanqi.web.desk.given import given
from yipanqi.web.desk.shown import badge_of


@staff(*SEEING)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """A page of the queue."""
    viewer, now = viewer_of_request(request), timezone.now()
    number = given(request, "number", 40)
    if number:
        found = lists.find_number(viewer, read_reference(number) or number.upper())
        if found is not None:
            return HttpResponseRedirect(reverse("desk:matter", args=[found]))
    acting = any(viewer.has(c) for c in lists.ACTING)
    wanted = read_wanted(request, WAITS if acting else ALL)
    after, before = (Cursor.read(given(request, name)) for name in ("after", "before"))
    page = lists.page(viewer, wanted, now, after=after, before=before)
    wishes = lists.facet_wishes(wanted)
    counts = lists.counts(viewer, [wish for group in wishes.values() for wish in group], now)
    access_log.note(account=viewer.account, page="queue", at=now, fields=_shown(page))
    context = {
        "columns": _columns(wanted),
        "rows": [_table_row(row) for row in page.rows],
        "tabs": _tabs(wanted, wishes["whose"], counts),
        "when": [_when(wanted, wishes["when"], counts)],
        "facets": _facets(wanted, wishes, counts),
        "unfold": bool(wanted.state or wanted.kind or wanted.pending),
        "taken": _taken(wanted),
        "previous": _url(wanted, before=page.previous) if page.previous else "",
        "next": _url(wanted, after=page.next) if page.next else "",
        "number": number,
        "clear": _url(replace(wanted, whose=ALL, when="", state="", kind="", pending=False)),
        "may_take_in": viewer.has("cases.register"),
        "filtered": wanted != Wanted(whose=wanted.whose),
    }
    return render(request, "desk/queue.html", context)


def _shown(page: Page) -> list[str]:
    return ["titles"] if any(row.title or row.said for row in page.rows) else []


def read_wanted(request: HttpRequest, whose: str) -> Wanted:
    """The filters in an address; what is none of them is left out."""
    states = {state.code for kind in all_kinds() for state in kind.procedure.states if state.open}
    kinds = {kind.procedure.code for kind in all_kinds()}

    def one_of(name: str, known: set[str], default: str = "") -> str:
        value = given(request, name)
        return value if value in known else default

    def unit_of(name: str) -> UUID | None:
        try:
            return UUID(given(request, name))
        except ValueError:
            return None

    return Wanted(
        whose=one_of("whose", {WAITS, ALL}, whose),
        when=one_of("when", {LATE, TODAY}),
        state=one_of("state", states),
        kind=one_of("kind", kinds),
        pending=given(request, "pending") == "1",
        unit=unit_of("unit"),
        category=given(request, "category", 60),
        area=given(request, "area", 20),
        holder=unit_of("holder"),
    )


def _url(wanted: Wanted, *, after: Cursor | None = None, before: Cursor | None = None) -> str:
    """The address of these filters, from a place on."""
    filters = {
        "whose": wanted.whose,
        "when": wanted.when,
        "state": wanted.state,
        "kind": wanted.kind,
        "pending": "1" if wanted.pending else "",
        "unit": str(wanted.unit or ""),
        "category": wanted.category,
        "area": wanted.area,
        "holder": str(wanted.holder or ""),
        "after": after.text if after else "",
        "before": before.text if before else "",
    }
    return f"{reverse('desk:queue')}?{urlencode({k: v for k, v in filters.items() if v})}"


def _tabs(wanted: Wanted, wishes: list[Wanted], counts: dict[Wanted, Count]) -> list[Tab]:
    labels = {WAITS: _("等我们办的"), ALL: _("我们的全部")}
    return [
        Tab(labels[w.whose], _url(w), w.whose == wanted.whose, counts[w].number, counts[w].bounded)
        for w in wishes
    ]


def _facet(wish: Wanted, name: str, label: str, wanted: Wanted, counts: dict[Wanted, Count]) -> Facet:
    count, current = counts[wish], getattr(wish, name) == getattr(wanted, name)
    return Facet(label, _url(wish), count.number, current, count.bounded)


def _when(wanted: Wanted, wishes: list[Wanted], counts: dict[Wanted, Count]) -> FacetGroup:
    labels = {"": _("不限"), LATE: _("已超期"), TODAY: _("今天到期")}
    return FacetGroup(_("期限"), [_facet(w, "when", labels[w.when], wanted, counts) for w in wishes])


def _facets(wanted: Wanted, wishes: dict[str, list[Wanted]], counts: dict[Wanted, Count]) -> list[FacetGroup]:
    """The further filters. States and kinds of which there is none are left out, unless one is chosen."""

    def options(name: str, label: Callable[[str], str]) -> list[Facet]:
        chosen = getattr(wanted, name)
        some = [w for w in wishes[name] if counts[w].number or getattr(w, name) in ("", chosen)]
        code = [(w, getattr(w, name)) for w in some]
        return [_facet(w, name, label(c) if c else _("不限"), wanted, counts) for w, c in code]

    groups = [FacetGroup(_("状态"), options("state", lists.state_label))]
    kinds = options("kind", lists.kind_label)
    if len(kinds) > 2 or wanted.kind:
        groups.append(FacetGroup(_("种类"), kinds))
    pending = wishes["pending"][0]
    off = Facet(_("不限"), _url(replace(wanted, pending=False)), None, not wanted.pending)
    groups.append(FacetGroup(_("申请"), [off, _facet(pending, "pending", _("等待决定"), wanted, counts)]))
    return groups


def _taken(wanted: Wanted) -> list[dict[str, str]]:
    """Filters that a figure brought along, each with the address without it."""
    without = {
        "unit": replace(wanted, unit=None),
        "category": replace(wanted, category=""),
        "area": replace(wanted, area=""),
        "holder": replace(wanted, holder=None),
    }
    found = []
    for name, label in lists.names_of(wanted).items():
        text = _("等：%(unit)s") % {"unit": label} if name == "holder" else label
        found.append({"label": text, "url": _url(without[name])})
    return found


def _columns(wanted: Wanted) -> list[Column]:
    """Whom it waits for is told where it is not us."""
    waits = [Column("waits", _("等谁"))] if wanted.whose == ALL else []
    return [
        Column("title", _("事项"), main=True),
        Column("due", _("剩余时间"), "due"),
        Column("term", _("期限")),
        Column("state", _("状态"), "badge"),
        Column("about", _("类别和地点")),
        Column("unit", _("主办单位")),
        *waits,
        Column("number", _("编号"), "reference"),
    ]


def row_title(row: Row) -> str:
    """The title; one that this viewer may not read, or that nobody has written yet, is told as such: with what the
    submitter called it for whom that is meant, else with category and place."""
    if row.title:
        return row.title
    if row.said:
        return _("（待清理）%(said)s") % {"said": row.said}
    told = _("%(about)s（正文未打开）") if row.title is None else _("%(about)s（待清理）")
    return (told % {"about": about_of(row)}).strip()


def about_of(row: Row) -> str:
    """Category and place: what tells matters without a title apart."""
    return _("、").join(filter(None, (row.category, row.area)))


def _table_row(row: Row) -> TableRow:
    return TableRow(
        cells={
            "title": row_title(row),
            "due": row.due,
            "term": _("；").join(filter(None, (row.due.label if row.due else "", row.pending))),
            "state": badge_of(row.state_code, row.state),
            "about": about_of(row) if row.title else "",
            "unit": row.unit,
            "waits": _("本人") if row.waits_for_submitter else row.waits_for,
            "number": row.number,
        },
        url=reverse("desk:matter", args=[row.id]),
        late=row.due is not None and row.due.late_by > 0,
    )
