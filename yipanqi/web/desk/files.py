"""Files beside the text: through the gate, from an address of their own, and never as a page of ours."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _, pgettext
from django.views.decorators.http import require_safe

from yipanqi.cases.access import find_file
from yipanqi.core import access_log
from yipanqi.core.sealing import Erased
from yipanqi.files.formats import EXTENSIONS, MEDIA
from yipanqi.files.models import File
from yipanqi.files.queries import FileView, contents, plain_name
from yipanqi.insight.queue import SEEING
from yipanqi.meetings.papers import find_scan
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.words import size_text

POLICY = "sandbox; default-src 'none'"


def choices_of(view: Any) -> list[tuple[str, str]]:
    """The files that this viewer sees and may let go along, for a step's form."""
    return [(str(file.id), file.name) for file in getattr(view, "files", ()) if file.shown]


def ticked(view: Any) -> list[str]:
    """Which go along unless the clerk says otherwise: those that did; of somebody named, who told all, all; of anybody
    else none."""
    files = [file for file in view.files if file.shown]
    named = view.anonymity == "named" and not view.text
    return [str(file.id) for file in files if file.goes or named]


def of(view: Any) -> dict[str, Any] | None:
    """The files of a matter as its page shows them; None where it has none, or they are those of its papers."""
    files = () if hasattr(view, "papers") else getattr(view, "files", ())
    if not files:
        return None
    return {
        "heading": pgettext("several", "扫描件")
        if getattr(view, "kind", "") == "instruction"
        else _("照片和文件"),
        "rows": [row(file) for file in files],
        "unscanned": any(file.shown and not file.scanned for file in files),
    }


def row(file: FileView) -> dict[str, Any]:
    """A file in the one list of files."""
    address = reverse("desk:file", args=[file.id])
    facts = [size_text(file.size)]
    if file.width and file.height:
        facts.append(f"{file.width} × {file.height}")
    return {
        "name": file.name,
        "facts": " · ".join(facts),
        "url": address if file.shown else "",
        "original_url": f"{address}?as=original" if file.shown and file.original else "",
        "small": file.small,
        "note": _note(file),
    }


def _note(file: FileView) -> str:
    notes = {
        "held": _("病毒扫描程序没有应答，先扣下，谁也看不到；应答以后自动放行。"),
        "quarantined": _("扫描出病毒，已隔离，谁也看不到。"),
    }
    if file.state in notes:
        return notes[file.state]
    return _("随文字转给办理单位。") if file.original and file.goes else ""


@staff(*SEEING)
@require_safe
def file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """One file: a picture's copy to look at, anything else to keep. Every look is written down."""
    viewer, at = viewer_of_request(request), timezone.now()
    found = find_file(file_id, viewer, at) or find_scan(file_id, viewer)
    original = request.GET.get("as") == "original"
    if found is None or not found[1].shown or (original and not found[1].original):
        raise Http404
    matter, view = found
    what = "original" if original else "served"
    try:
        content = contents(File.objects.get(pk=file_id), what)
    except Erased:
        raise Http404 from None
    access_log.note(account=viewer.account, page="file", at=at, matter=matter.pk, fields=[f"file_{what}"])
    return _answer(view, content, original=original)


def _answer(view: FileView, content: bytes, *, original: bool) -> HttpResponse:
    """A copy is ours, made by our encoder, and may be shown; what a stranger's program wrote is only kept (S19)."""
    inline = not original and view.kind != "pdf"
    kind = "jpeg" if inline else view.kind
    name = f"{plain_name(view)}.{EXTENSIONS[kind][0]}"
    response = HttpResponse(content, content_type=MEDIA[kind])
    response.headers["Content-Disposition"] = content_disposition_header(not inline, name) or ""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
