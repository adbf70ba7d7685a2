"""The board, the first page of the desk: what a conference decided, who carries it, by when, how it stands and what
those concerned say of it. And behind each figure, the matters that it counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

from yipanqi.core import access_log
from yipanqi.core.gate import Viewer
from yipanqi.insight import behind, board as figures
from yipanqi.insight.behind import CLOSED, HELD, LATE, OPEN, SHOWS, UNSOLVED
from yipanqi.insight.board import CaseFigures, LineRow, Share
from yipanqi.insight.places import Cursor
from yipanqi.insight.rows import Row
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.meeting_queries import found_by
from yipanqi.meetings.models import KINDS, Conference, Line, LineBinding, Task
from yipanqi.meetings.queries import latest_conference, years_without_goal
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, Tab, TableRow
from yipanqi.web.desk import city, meetings, reading
from yipanqi.web.desk.given import given
from yipanqi.web.desk.nav import landing
from yipanqi.web.desk.plans import plans_of_conference
from yipanqi.web.desk.queue import about_of, row_title
from yipanqi.web.desk.shown import badge_of
from yipanqi.web.desk.task_rows import COLOURS, by_colour, late_context, light_name, task_columns, task_table

TASKS = "tasks"
MOST_STONES = 12
OTHERS = 6  # other conferences that the board links to


# --- the board -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """A figure of a line: its words, what stands behind it, and whether it is one to worry about."""

    text: str
    url: str
    late: bool = False


@dataclass(frozen=True)
class LineView:
    """A line as the template places it."""

    row: LineRow
    url: str
    led: str
    stones: Sequence[str]
    more: int
    tasks: str
    tasks_url: str
    spoken: str
    nodes: str
    numbers: Sequence[Number]
    in_time: Number | None
    solved: Number | None
    elsewhere: bool = False


@staff()
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The whole city in several views, or one conference. This is the desk's own address: whoever has no board is led on
    to their first page."""
    viewer, now = viewer_of_request(request), timezone.now()
    if not viewer.has("board.see"):
        return HttpResponseRedirect(landing(viewer))
    view = given(request, "view")
    if view not in (*city.VIEWS, city.MEETING):
        view = city.MEETING if given(request, "conference") else city.UNITS
    conference = latest_conference() if view != city.MEETING else _asked_for(request, viewer)
    # Before a conference laid something down there is no board but the way to enter one.
    if view != city.MEETING and conference is not None:
        return city.page(request, viewer, now, view)
    context: dict[str, Any] = {
        "may_draft": viewer.has("decisions.draft"),
        "conference": conference,
        "views": city.tabs(city.MEETING),
    }
    if conference is not None:
        shown = figures.board(conference, viewer, now)
        context |= {
            "board": shown,
            "kind": str(KINDS[conference.kind]),
            "lines": [_line_view(row, whole=figures.sees_all(viewer)) for row in shown.lines],
            "lights": _lights(conference, by_colour(shown.tasks)),
            "tasks": shown.tasks.total(),
            "orders": _numbers(shown.cases, _conference_url(conference)),
            "solved": _share(shown.cases.solved, _url(_conference_url(conference), CLOSED)),
            "in_time": _share(shown.cases.in_time, _url(_conference_url(conference), CLOSED)),
            **late_context(shown.waiting, shown.late, viewer, now, bounded=shown.waiting_bounded),
            "others": found_by(viewer).exclude(pk=conference.pk).order_by("-pk")[:OTHERS],
        }
    return render(request, "desk/board.html", context)


def _asked_for(request: HttpRequest, viewer: Viewer) -> Conference | None:
    asked = given(request, "conference", 9)
    if not asked:
        return latest_conference()
    found = found_by(viewer).filter(pk=asked).first() if asked.isascii() and asked.isdecimal() else None
    if found is None:
        raise Http404
    return found


def _conference_url(conference: Conference) -> str:
    return reverse("desk:conference", args=[conference.pk])


def _url(base: str, show: str, **more: str) -> str:
    return f"{base}?{urlencode({'show': show, **more})}"


def _line_view(row: LineRow, *, whole: bool = True) -> LineView:
    """`whole`: the viewer sees every unit. To others a line that shows nothing is not one that nobody carries."""
    url = reverse("desk:line", args=[row.line.pk])
    colours, count = by_colour(row.lights), row.lights.total()
    stones = [c for c in COLOURS for _n in range(min(colours.get(c, 0), MOST_STONES))]
    done, of = row.nodes
    return LineView(
        row=row,
        url=url,
        led=_led(row) if whole or row.units else "",
        stones=stones[:MOST_STONES],
        more=max(count - MOST_STONES, 0),
        tasks=ngettext("%(n)d 项", "%(n)d 项", count) % {"n": count} if count else "",
        tasks_url=_url(url, TASKS),
        spoken=_("、").join(f"{light_name(c)} {colours[c]}" for c in COLOURS if c in colours),
        nodes=_("节点 %(done)d/%(of)d") % {"done": done, "of": of} if of else "",
        numbers=_numbers(row.cases, url) if row.cases else [],
        in_time=_share(row.cases.in_time, _url(url, CLOSED)) if row.cases else None,
        solved=_share(row.cases.solved, _url(url, CLOSED)) if row.cases else None,
        elsewhere=not (whole or count or (row.cases and (row.cases.open or row.cases.closed))),
    )


def _led(row: LineRow) -> str:
    """The units that lead the tasks of a line; where it has none, those that have most of its open orders."""
    names = [str(unit) for unit in row.units]
    if not names:
        return "" if row.line.principle else _("还没有落到单位")
    more, text = row.more_units, _("、").join(names)
    if more:
        text = ngettext("%(units)s 等 %(n)d 家", "%(units)s 等 %(n)d 家", more) % {"units": text, "n": more}
    return _("牵头：%(units)s") % {"units": text} if row.led else _("主要承办：%(units)s") % {"units": text}


def _numbers(cases: CaseFigures, base: str) -> list[Number]:
    """Open orders, and what of them is late or on hold; a nought beside the first is left out."""
    found = [Number(_("未结 %(n)d") % {"n": cases.open}, _url(base, OPEN))]
    if cases.late:
        text = _("超期至少 %(n)d") if cases.bounded else _("超期 %(n)d")
        found.append(Number(text % {"n": cases.late}, _url(base, LATE), late=True))
    if cases.on_hold:
        found.append(Number(_("挂账 %(n)d") % {"n": cases.on_hold}, _url(base, HELD)))
    return found


def _share(share: Share, url: str) -> Number | None:
    """A share with its numerator and denominator, or nothing where it is too small to be one."""
    if not share.shown:
        return None
    return Number(f"{share.percent}% ({share.good}/{share.of})", url)


def _lights(conference: Conference, tasks: dict[str, int]) -> list[dict[str, Any]]:
    """How many tasks show each light: the legend of the board and its summary in one."""
    base = _conference_url(conference)
    return [
        {"colour": c, "name": light_name(c), "count": tasks.get(c, 0), "url": _url(base, TASKS, light=c)}
        for c in COLOURS
        if tasks.get(c) or c != "grey"
    ]


# --- what stands behind ----------------------------------------------------------------------------------------------


@staff("board.see", *SENDING)
@require_safe
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """One requirement: its tasks and its orders, each figure a tab."""
    found = Line.objects.select_related("conference").filter(pk=line_id).first()
    viewer = viewer_of_request(request)
    if found is None or not found_by(viewer).filter(pk=found.conference_id).exists():
        raise Http404
    shown = figures.lines_now(found.conference, viewer, timezone.now(), only=found)
    row = shown.rows[0]
    task = _task_of(request, found)
    context = {
        "line": found,
        "view": _line_view(row, whole=figures.sees_all(viewer)),
        "bindings": list(row.line.bindings.all()),
        "without_goal": years_without_goal(found, timezone.localdate()),
        "listed": {each.task.pk for each in behind.tasks(shown.rows, viewer)},
        "may_draft": viewer.has("decisions.draft") and not found.principle,
    }
    if task is not None:
        cases = figures.task_cases(task, viewer, timezone.now()) or CaseFigures()
        shown = replace(shown, cases=cases)
    base = reverse("desk:line", args=[found.pk])
    return _behind(request, "desk/board_line.html", context, shown, base, task)


def _task_of(request: HttpRequest, line: Line) -> Task | None:
    """The task of this line whose cases alone are to be listed. Nothing of the task itself is told."""
    try:
        asked = UUID(given(request, "task", 36))
    except ValueError:
        return None
    return Task.objects.filter(pk=asked, line=line).first()


@staff("board.see", *SENDING)
@require_safe
def conference(request: HttpRequest, conference_id: int) -> HttpResponse:
    """All tasks and orders of a conference, each figure a tab."""
    found = found_by(viewer_of_request(request)).filter(pk=conference_id).first()
    if found is None:
        raise Http404
    shown = figures.lines_now(found, viewer_of_request(request), timezone.now())
    context = {"conference": found, "kind": str(KINDS[found.kind])}
    context |= plans_of_conference(found, viewer_of_request(request))
    return _behind(request, "desk/board_behind.html", context, shown, _conference_url(found))


def _behind(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    shown: figures.Lines,
    base: str,
    task: Task | None = None,
) -> HttpResponse:
    """`task`: its cases alone, and each figure counts what it lists."""
    viewer, now = viewer_of_request(request), timezone.now()
    bindings = [binding for row in shown.rows for binding in row.line.bindings.all()]
    more = {"task": str(task.pk)} if task else {}
    if task is not None:
        bindings = [binding for binding in bindings if binding.task_id == task.pk]
    light = given(request, "light") if given(request, "light") in COLOURS else ""
    usual = TASKS if any(row.tasks for row in shown.rows) or not bindings else OPEN
    show = given(request, "show") if given(request, "show") in (TASKS, *SHOWS) else usual
    under = _under(request, shown) if show == TASKS else None
    named = light_name(light) if light and show == TASKS else ""
    if under is not None:
        named = _("%(light)s，属于 %(number)s") % {"light": named or _("全部"), "number": under.number}
    context |= {
        "show": show,
        "tabs": _tabs(base, show, shown, more, bound=bool(bindings)),
        "of_task": task is not None and show != TASKS,
        "light": named,
        "all_tasks": _url(base, TASKS),
    }
    if show == TASKS:
        rows = (
            behind.tasks(shown.rows, viewer, light)
            if under is None
            else behind.below(under, viewer, now, light)
        )
        context |= {"columns": task_columns(), "rows": task_table(rows, viewer, now)}
    else:
        context |= _orders(request, base, show, more, bindings, viewer, now)
    return render(request, template, context)


def _under(request: HttpRequest, shown: figures.Lines) -> Task | None:
    """The task of these lines whose children alone are to be listed. Of itself its number is told, as beside each child."""
    try:
        asked = UUID(given(request, "under", 36))
    except ValueError:
        return None
    return Task.objects.filter(pk=asked, line__in=[row.line.pk for row in shown.rows]).first()


def _tabs(base: str, show: str, shown: figures.Lines, more: Mapping[str, str], *, bound: bool) -> list[Tab]:
    tasks, cases = sum(len(row.tasks) for row in shown.rows), shown.cases
    tabs = [Tab(_("任务"), _url(base, TASKS), show == TASKS, tasks)]
    if not bound:
        return tabs
    names = {
        OPEN: (_("未结诉求"), cases.open),
        LATE: (_("超期诉求"), cases.late),
        HELD: (_("挂账诉求"), cases.on_hold),
        CLOSED: (_("已办结诉求"), cases.closed),
        UNSOLVED: (_("评价没有解决"), cases.not_solved),
    }
    return tabs + [
        Tab(label, _url(base, each, **more), show == each, number, cases.bounded and each == LATE)
        for each, (label, number) in names.items()
    ]


def _orders(
    request: HttpRequest,
    base: str,
    show: str,
    more: Mapping[str, str],
    bindings: Sequence[LineBinding],
    viewer: Viewer,
    now: dt.datetime,
) -> dict[str, Any]:
    after, before = (Cursor.read(given(request, name)) for name in ("after", "before"))
    page = behind.cases(bindings, show, viewer, now, after=after, before=before)
    access_log.note(
        account=viewer.account,
        page="board",
        at=now,
        fields=["titles"] if any(r.title or r.said for r in page.rows) else [],
    )
    return {
        "columns": _order_columns(ended=show in (CLOSED, UNSOLVED)),
        "rows": [_order_row(row) for row in page.rows],
        "previous": _url(base, show, before=page.previous.text, **more) if page.previous else "",
        "next": _url(base, show, after=page.next.text, **more) if page.next else "",
        "blind": not page.rows and not any(viewer.has(c) for c in ("cases.oversee", "cases.handle")),
    }


def _order_columns(*, ended: bool) -> list[Column]:
    waiting = [] if ended else [Column("due", _("剩余时间"), "due"), Column("waits", _("等谁"))]
    return [
        Column("title", _("诉求"), main=True),
        *waiting,
        Column("state", _("状态"), "badge"),
        Column("about", _("类别和地点")),
        Column("unit", _("主办单位")),
        Column("number", _("编号"), "reference"),
    ]


def _order_row(row: Row) -> TableRow:
    return TableRow(
        cells={
            "title": row_title(row),
            "due": row.due,
            "waits": _("本人") if row.waits_for_submitter else row.waits_for,
            "state": badge_of(row.state_code, row.state),
            "about": about_of(row) if row.title else "",
            "unit": row.unit,
            "number": row.number,
        },
        url=reverse("desk:matter", args=[row.id]),
        late=row.due is not None and row.due.late_by > 0,
    )


urlpatterns: list[URLPattern] = [
    path("", board, name="board"),
    path("lines/<int:line_id>/", line, name="line"),
    path("meetings/<int:conference_id>/", conference, name="conference"),
    *reading.urlpatterns,
    *meetings.urlpatterns,
]
