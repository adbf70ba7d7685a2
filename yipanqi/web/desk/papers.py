"""Documents to take out, as DOCX, PDF or XLSX: each figure in them leads back to the list that makes it."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Hashable
from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipanqi.core import access_log, gate
from yipanqi.core.gate import Channel
from yipanqi.exchange import paper_docx, paper_pdf, paper_xlsx
from yipanqi.exchange.paper import Address, Paper
from yipanqi.insight.closed import Closed
from yipanqi.insight.official import conference as briefs, ledger, overdue, period
from yipanqi.insight.official.frame import BoardOf, PageOf, TasksOf
from yipanqi.insight.queue import ALL, SEEING, Wanted
from yipanqi.insight.weekly import SEES
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.meeting_queries import found_by
from yipanqi.meetings.models import INSTRUCTION
from yipanqi.meetings.reminders import CAPABILITY
from yipanqi.notices.papers import URGING
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.desk.closed import closed_url
from yipanqi.web.desk.queue import list_url, read_wanted
from yipanqi.web.desk.taken_out import mark
from yipanqi.web.desk.task_rows import light_name

KINDS = {
    "docx": paper_docx.CONTENT_TYPE,
    "pdf": paper_pdf.CONTENT_TYPE,
    "xlsx": paper_xlsx.CONTENT_TYPE,
}
ZIP = "zip"


# --- what makes a figure ---------------------------------------------------------------------------------------------


def path_of(source: Hashable) -> str:
    """Where the list is that makes a figure."""
    if isinstance(source, Wanted):
        return list_url(source)
    if isinstance(source, Closed):
        return closed_url(source)
    if isinstance(source, PageOf):
        return reverse("desk:matter", args=[source.matter]) + (f"#{source.part}" if source.part else "")
    if isinstance(source, BoardOf):
        return f"{reverse('desk:board')}?{urlencode({'conference': source.conference})}#lines"
    assert isinstance(source, TasksOf)
    name, which = ("conference", source.conference) if source.line is None else ("line", source.line)
    light = {"light": source.light} if source.light else {}
    return f"{reverse(f'desk:{name}', args=[which])}?{urlencode({'show': 'tasks', **light})}"


def _address(request: HttpRequest) -> Address:
    """Whole addresses: a document lies on somebody's disk."""
    return lambda source: request.build_absolute_uri(path_of(source))


def written(kind: str, paper: Paper, address: Address) -> bytes:
    """The bytes of a document of a kind."""
    if kind == "docx":
        return paper_docx.docx(paper, address)
    if kind == "pdf":
        return paper_pdf.pdf(paper, address)
    return paper_xlsx.xlsx(paper, address, text=_("正文"))


def packed(paper: Paper, address: Address) -> bytes:
    """A document in every kind, as one file to hand over."""
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind in KINDS:
            archive.writestr(f"{paper.name}.{kind}", written(kind, paper, address))
    return to.getvalue()


def _out(
    request: HttpRequest, kind: str, make: Callable[[], Paper], at: dt.datetime, matter: UUID | None = None
) -> HttpResponse:
    """The document, and that somebody took it out."""
    if kind not in (*KINDS, ZIP):
        raise Http404
    paper = replace(make(), mark=mark(request, at))
    account = viewer_of_request(request).account
    access_log.note(account=account, page="export", at=at, matter=matter, fields=["titles"])
    address = _address(request)
    data = packed(paper, address) if kind == ZIP else written(kind, paper, address)
    response = HttpResponse(data, content_type=KINDS.get(kind, "application/zip"))
    name = f"{paper.name}-{timezone.localtime(at):%Y%m%d-%H%M}.{kind}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


# --- of a conference -------------------------------------------------------------------------------------------------


@staff("board.see", *SENDING)
@require_safe
def conference_out(request: HttpRequest, conference_id: int, what: str, kind: str) -> HttpResponse:
    """The brief of a conference, or the ledger of its tasks."""
    viewer, now = viewer_of_request(request), timezone.now()
    found = found_by(viewer).filter(pk=conference_id).first()
    # A brief tells of a meeting; an instruction has a ledger alone.
    if found is None or what not in ("brief", "ledger") or (what == "brief" and found.kind == INSTRUCTION):
        raise Http404
    if what == "brief":
        return _out(request, kind, lambda: briefs.brief(found, viewer, now, light_name), now)
    return _out(request, kind, lambda: ledger.of_conference(found, viewer, now), now)


# --- of a list -------------------------------------------------------------------------------------------------------


@staff(*SEEING)
@require_safe
def tasks_out(request: HttpRequest, kind: str) -> HttpResponse:
    """The ledger of the tasks in the list with these filters."""
    viewer, now = viewer_of_request(request), timezone.now()
    wanted = replace(read_wanted(request.GET, ALL), kind="task")
    return _out(request, kind, lambda: ledger.of_list(viewer, wanted, now), now)


@staff(*SEES)
@require_safe
def period_out(request: HttpRequest, what: str, kind: str) -> HttpResponse:
    """The report of a week or a month."""
    viewer, now = viewer_of_request(request), timezone.now()
    if what not in period.SPANS:
        raise Http404
    return _out(request, kind, lambda: period.report(what, viewer, now), now)


# --- of a late task --------------------------------------------------------------------------------------------------


@staff(CAPABILITY)
@require_safe
def task_out(request: HttpRequest, matter_id: UUID, what: str, kind: str) -> HttpResponse:
    """The notice to the lead unit of a late task, or the file on it for the inspection office; for who checks it."""
    viewer, now = viewer_of_request(request), timezone.now()
    matter = gate.find(matter_id, viewer, Channel.DESK)
    if matter is None or matter.procedure != "task":
        raise Http404
    view = gate.present(matter, viewer, Channel.DESK)
    if what not in overdue.papers_of(view, viewer):
        raise Http404
    make = overdue.notice if what == URGING else overdue.file_of
    return _out(request, kind, lambda: make(view, now), now, matter.pk)


urlpatterns: list[URLPattern] = [
    path("meetings/<int:conference_id>/<slug:what>.<slug:kind>", conference_out, name="conference_out"),
    path("queue/ledger.<slug:kind>", tasks_out, name="tasks_out"),
    path("week/<slug:what>.<slug:kind>", period_out, name="period_out"),
    path("matters/<uuid:matter_id>/papers/<slug:what>.<slug:kind>", task_out, name="task_out"),
]
