"""The list as a table to take out: its filters, its columns and its rights, and on each row who took it out and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipanqi.core import access_log
from yipanqi.core.gate import Viewer
from yipanqi.exchange import writing
from yipanqi.insight import queue as lists
from yipanqi.insight.queue import ALL, SEEING, WAITS, Wanted
from yipanqi.insight.rows import Row
from yipanqi.web.access import postings, staff, viewer as viewer_of_request
from yipanqi.web.components.words import day_text, moment_text, read_due
from yipanqi.web.desk.queue import about_of, read_wanted, row_title, waits_text

MOST = 1000  # rows: what a person works through, not a copy of the city


@staff(*SEEING)
@require_safe
def queue_out(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows of the list with these filters, as its viewer may read them."""
    if kind not in writing.CONTENT_TYPES:
        raise Http404
    viewer, now = viewer_of_request(request), timezone.now()
    acting = any(viewer.has(c) for c in lists.ACTING)
    wanted = read_wanted(request.GET, WAITS if acting else ALL)
    access_log.note(account=viewer.account, page="export", at=now, fields=["titles"])
    made = mark(request, now)
    rows = ([*_cells(row), made] for row in _rows(viewer, wanted, now))
    response = HttpResponse(writing.written(kind, _headers(), rows), content_type=writing.CONTENT_TYPES[kind])
    name = f"{_('待办')}-{timezone.localtime(now):%Y%m%d-%H%M}.{kind}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def mark(request: HttpRequest, at: dt.datetime) -> str:
    """Who takes it out and when, for whoever finds the file."""
    post = next(iter(postings(request)), None)
    who = f"{post.unit} {post.post}" if post else ""
    login = getattr(request.user, "login", "")
    return _("%(who)s（%(login)s）于 %(at)s 导出，仅供办理使用") % {
        "who": who,
        "login": login,
        "at": moment_text(at),
    }


def _rows(viewer: Viewer, wanted: Wanted, at: dt.datetime) -> Iterator[Row]:
    after = None
    for _page in range(MOST // lists.PAGE):
        page = lists.page(viewer, wanted, at, after=after)
        yield from page.rows
        after = page.next
        if after is None:
            return


def _headers() -> list[str]:
    return [
        _("编号"),
        _("种类"),
        _("事项"),
        _("状态"),
        _("期限"),
        _("到期日"),
        _("剩余时间"),
        _("类别和地点"),
        _("主办单位"),
        _("等谁"),
        _("导出"),
    ]


def _cells(row: Row) -> list[str]:
    due = row.due
    return [
        row.number,
        row.kind,
        row_title(row),
        row.state,
        due.label if due else "",
        day_text(due.effective) if due and due.effective else "",
        read_due(due).words if due else "",
        about_of(row),
        row.unit,
        waits_text(row),
    ]
