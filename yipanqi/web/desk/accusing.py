"""Taking an accusation out of a mixed letter: one button on the page of a case that intake has not sent on yet."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yipanqi.cases.mixed import split_accusation
from yipanqi.cases.models import Case
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.web.access import staff
from yipanqi.web.desk.matter import open_matter


@staff("cases.route")
@require_POST
def accuse(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Take it out, and go to the accusation, which is to be forwarded; the case is then to be cleared."""
    opened = open_matter(request, matter_id)
    if not isinstance(opened.subject, Case):
        raise Http404
    try:
        made = split_accusation(case=opened.subject, by=Actor(opened.viewer), at=opened.at)
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.message)
        return HttpResponseRedirect(reverse("desk:matter", args=[matter_id]))
    messages.success(request, _("检举控告已单独立一件，请密封转送。原来那一件的文字要去掉这一部分，再转办。"))
    return HttpResponseRedirect(reverse("desk:matter", args=[made.pk]))
