"""Who else has the matter open: said, never kept (models.Presence)."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yipanqi.core import gate
from yipanqi.core.gate import Channel
from yipanqi.insight.queue import SEEING
from yipanqi.web.access import staff, units, viewer as viewer_of_request
from yipanqi.web.desk import actions
from yipanqi.web.desk.queries import has_part, who_is_here


@staff(*SEEING)
@require_POST
def presence(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """A sign of life, or that the page was left; answered with who else is here. It is no use of the desk: a page left
    open does not keep its session (session.SessionAgeMiddleware)."""
    viewer, now = viewer_of_request(request), timezone.now()
    if viewer.account is None or gate.find(matter_id, viewer, Channel.DESK) is None:
        raise Http404
    if request.POST.get("leave"):
        actions.leave(account=viewer.account, matter=matter_id)
    elif has_part(matter_id, units(request)):
        actions.be_here(
            account=viewer.account, matter=matter_id, writing=request.POST.get("writing") == "1", at=now
        )
    said = told(request, matter_id)
    response = HttpResponse(said, content_type="text/plain; charset=utf-8")
    setattr(response, "no_use", True)  # noqa: B010 - what the session's middleware looks for
    return response


def told(request: HttpRequest, matter_id: UUID) -> str:
    """Who else is at the matter, in one line, for whoever has a part in it; empty for others and where nobody is."""
    viewer = viewer_of_request(request)
    found = who_is_here(matter_id, viewer.account, timezone.now()) if viewer.account else []
    if not found or not has_part(matter_id, units(request)):
        return ""
    lines = []
    for here in found:
        text = _("%(unit)s%(post)s正在写") if here.writing else _("%(unit)s%(post)s也在看")
        lines.append(text % {"unit": str(here.posting.unit), "post": here.posting.post})
    return _("；").join(lines)
