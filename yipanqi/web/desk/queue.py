"""The queue: what waits for us, by time left, with its filters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

from yipanqi.cases.actions import KINDS
from yipanqi.cases.references import read_reference
from yipanqi.core import access_log
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import all_kinds
from yipanqi.insight import calls, queue as lists
from yipanqi.insight.moments import TROUBLES
from yipanqi.insight.places import Cursor
from yipanqi.insight.queue import (
    ALL,
    HOLIDAY,
    LATE,
    MONTH,
    SEEING,
    TODAY,
    WAITS,
    WEEK,
    Count,
    Page,
    Wanted,
    kind_label,
)
from yipanqi.insight.rows import Row
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, Facet, FacetGroup, Tab, TableRow
from yipanqi.web.desk.given import given, given_in
from yipanqi.web.desk.models import HeldOrder, SavedView
from yipanqi.web.desk.shown import badge_of
from yipanqi.web.desk.views import context_of


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
    wanted = read_wanted(request.GET, WAITS if acting else ALL)
    after, before = (Cursor.read(given(request, name)) for name in ("after", "before"))
    wishes, unfold = lists.facet_wishes(wanted), bool(wanted.state or wanted.kind or wanted.pending)
    shown, folded = [*wishes["whose"], *wishes["when"]], [w for n in FOLDED for w in wishes[n]]
    if unfold:
        shown, folded = [*shown, *folded], []
    counts = lists.counts(viewer, shown, now, most=MOST, spare=folded)
    page = lists.page(viewer, wanted, now, after=after, before=before)
    access_log.note(account=viewer.account, page="queue", at=now, fields=_shown(page))
    several = _several(viewer, wanted, page)
    ticks = [Column("pick", _("勾选"))] if several else []
    context = {
        "columns": [*ticks, *_columns(wanted)],
        "rows": [_table_row(row) for row in page.rows],
        "bulk": several,
        "tabs": [*_tabs(wanted, wishes["whose"], counts), *_calls(viewer, now)],
        "when": [_when(wanted, wishes["when"], counts)],
        "facets": _facets(wanted, wishes, counts),
        "unfold": unfold,
        "taken": _taken(wanted),
        "previous": list_url(wanted, before=page.previous) if page.previous else "",
        "next": list_url(wanted, after=page.next) if page.next else "",
        "out": list_url(wanted).replace(reverse("desk:queue"), reverse("desk:queue_out", args=["xlsx"]), 1),
        "ledger": "?" + list_url(wanted).partition("?")[2] if wanted.kind == "task" else "",
        "number": number,
        "clear": list_url(replace(wanted, whose=ALL, when="", state="", kind="", pending=False)),
        "may_take_in": viewer.has("cases.register"),
        "filtered": wanted != Wanted(whose=wanted.whose),
        "orders": _orders(viewer),
        **context_of(request, list_url(wanted).partition("?")[2], lambda view: _opens(view, wanted)),
    }
    return render(request, "desk/queue.html", context)


def _opens(view: SavedView, wanted: Wanted) -> tuple[str, bool]:
    found = read_wanted(QueryDict(view.query), WAITS)
    return list_url(found), found == wanted


def _orders(viewer: Viewer) -> list[HeldOrder]:
    """What this viewer ordered on several that is held, or that could not follow."""
    # Imported here: an order's page names rows as the queue does.
    from yipanqi.web.desk.orders import orders_of

    return orders_of(viewer.account) if viewer.account else []


# What is counted in the filters of a page, and no further: somebody with more does not go by the number.
MOST = 100
FOLDED = ("state", "kind", "pending")


def _several(viewer: Viewer, wanted: Wanted, page: Page) -> dict[str, str]:
    """The steps that may be taken on several rows at once, with what they are called: of what waits for us, where a row
    stands in their state. One button a step, though kinds call it otherwise: it is taken on all that are picked."""
    here = {(row.kind, row.state_code) for row in page.rows if wanted.whose == WAITS}
    called: dict[str, dict[str, None]] = {}
    for kind in all_kinds():
        states = {state for name, state in here if name == str(kind.procedure.label)}
        for step in kind.procedure.steps:
            if step.bulk and step.sources & states and any(viewer.has(step.needed(r)) for r in step.by):
                called.setdefault(step.name, {})[str(step.label)] = None
    return {name: _("、").join(_within(labels)) for name, labels in called.items()}


def _within(labels: Iterable[str]) -> list[str]:
    """Labels in one line: in English the first alone begins with a capital."""
    first, *others = labels
    return [first, *(label[:1].lower() + label[1:] for label in others)]


def _shown(page: Page) -> list[str]:
    return ["titles"] if any(row.title or row.said for row in page.rows) else []


def read_wanted(parameters: QueryDict, whose: str) -> Wanted:
    """The filters in an address; what is none of them is left out."""
    states = {state.code for kind in all_kinds() for state in kind.procedure.states if state.open}
    kinds = {kind.procedure.code for kind in all_kinds()}

    def one_of(name: str, known: set[str], default: str = "") -> str:
        value = given_in(parameters, name)
        return value if value in known else default

    def unit_of(name: str) -> UUID | None:
        try:
            return UUID(given_in(parameters, name))
        except ValueError:
            return None

    return Wanted(
        whose=one_of("whose", {WAITS, ALL}, whose),
        when=one_of("when", {LATE, TODAY, WEEK, MONTH, HOLIDAY}),
        state=one_of("state", states),
        kind=one_of("kind", kinds),
        pending=given_in(parameters, "pending") == "1",
        unit=unit_of("unit"),
        category=given_in(parameters, "category", 60),
        area=given_in(parameters, "area", 20),
        holder=unit_of("holder"),
        **{name: given_in(parameters, name) == "1" for name in TROUBLES},
    )


def list_url(wanted: Wanted, *, after: Cursor | None = None, before: Cursor | None = None) -> str:
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
        **{name: "1" for name in TROUBLES if getattr(wanted, name)},
        "after": after.text if after else "",
        "before": before.text if before else "",
    }
    return f"{reverse('desk:queue')}?{urlencode({k: v for k, v in filters.items() if v})}"


def _tabs(wanted: Wanted, wishes: list[Wanted], counts: dict[Wanted, Count]) -> list[Tab]:
    labels = {WAITS: _("等我们办的"), ALL: _("我们的全部")}
    return [
        Tab(labels[w.whose], list_url(w), w.whose == wanted.whose, counts[w].number, counts[w].bounded)
        for w in wishes
    ]


def _calls(viewer: Viewer, at: dt.datetime) -> list[Tab]:
    """How many calls there are to make: what waits for a call-back officer waits there."""
    if not viewer.has("cases.callback"):
        return []
    count = calls.count(viewer, at, most=MOST)
    return [Tab(_("要打的电话"), reverse("desk:calls"), count=count.number, bounded=count.bounded)]


def _facet(wish: Wanted, name: str, label: str, wanted: Wanted, counts: dict[Wanted, Count]) -> Facet:
    """A choice; folded ones of somebody who has very many are not counted."""
    count, current = counts.get(wish), getattr(wish, name) == getattr(wanted, name)
    if count is None:
        return Facet(label, list_url(wish), None, current)
    return Facet(label, list_url(wish), count.number, current, count.bounded)


def _when(wanted: Wanted, wishes: list[Wanted], counts: dict[Wanted, Count]) -> FacetGroup:
    labels = {"": _("不限"), LATE: _("已超期"), TODAY: _("今天到期")}
    labels |= {WEEK: _("七天内到期"), MONTH: _("三十天内到期"), HOLIDAY: _("节前到期")}
    return FacetGroup(_("期限"), [_facet(w, "when", labels[w.when], wanted, counts) for w in wishes])


def _facets(wanted: Wanted, wishes: dict[str, list[Wanted]], counts: dict[Wanted, Count]) -> list[FacetGroup]:
    """The further filters. States and kinds of which there is none are left out, unless one is chosen."""

    def options(name: str, label: Callable[[str], str]) -> list[Facet]:
        chosen = getattr(wanted, name)
        some = [w for w in wishes[name] if _some(counts.get(w)) or getattr(w, name) in ("", chosen)]
        code = [(w, getattr(w, name)) for w in some]
        return [_facet(w, name, label(c) if c else _("不限"), wanted, counts) for w, c in code]

    groups = [FacetGroup(_("状态"), options("state", lists.state_label))]
    kinds = options("kind", lists.kind_label)
    if len(kinds) > 2 or wanted.kind:
        groups.append(FacetGroup(_("种类"), kinds))
    pending = wishes["pending"][0]
    off = Facet(_("不限"), list_url(replace(wanted, pending=False)), None, not wanted.pending)
    groups.append(FacetGroup(_("申请"), [off, _facet(pending, "pending", _("等待决定"), wanted, counts)]))
    return groups


def _some(count: Count | None) -> bool:
    return count is None or count.number > 0


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
        found.append({"label": text, "url": list_url(without[name])})
    troubles = {
        _("还没有主办单位"): (wanted.unassigned, replace(wanted, unassigned=False)),
        _("退回过"): (wanted.bounced, replace(wanted, bounced=False)),
        _("日期暂定"): (wanted.provisional, replace(wanted, provisional=False)),
        _("七天内收到"): (wanted.came, replace(wanted, came=False)),
        _("七天内送达答复"): (wanted.answered, replace(wanted, answered=False)),
        _("三十天内收到"): (wanted.came_month, replace(wanted, came_month=False)),
        _("三十天内送达答复"): (wanted.answered_month, replace(wanted, answered_month=False)),
    }
    found += [{"label": text, "url": list_url(off)} for text, (on, off) in troubles.items() if on]
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
    if row.title and row.joined:
        more = ngettext("%(title)s（另有 %(n)d 件一起办）", "%(title)s（另有 %(n)d 件一起办）", row.joined)
        return more % {"title": row.title, "n": row.joined}
    if row.title:
        return row.title
    if row.said:
        return _("（待清理）%(said)s") % {"said": row.said}
    told = _("%(about)s（正文未打开）") if row.title is None else _("%(about)s（待清理）")
    return (told % {"about": about_of(row)}).strip()


def about_of(row: Row) -> str:
    """Category and place: what tells matters without a title apart."""
    return _("、").join(filter(None, (row.category, row.area)))


def waits_text(row: Row) -> str:
    """Whom it waits for."""
    if row.waits_for_submitter:
        return _("本人")
    return _("随另一件办理") if row.follows else row.waits_for


def _table_row(row: Row) -> TableRow:
    usual = row.kind == kind_label(KINDS[0])
    return TableRow(
        cells={
            "pick": format_html(
                '<input type="checkbox" name="pick" value="{}" aria-label="{}">',
                row.id,
                _("勾选%(title)s") % {"title": row_title(row)},
            ),
            # Most are of one kind: what is of another says so.
            "title": row_title(row) if usual else f"{row.kind} · {row_title(row)}",
            "due": row.due,
            "term": _("；").join(filter(None, (row.due.label if row.due else "", row.pending))),
            "state": badge_of(row.state_code, row.state),
            "about": about_of(row) if row.title else "",
            "unit": row.unit,
            "waits": waits_text(row),
            "number": row.number,
        },
        url=reverse("desk:matter", args=[row.id]),
        late=row.due is not None and row.due.late_by > 0,
    )
