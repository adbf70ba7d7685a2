"""How the week stands, for whoever heads units or sees their board: figures of units, each leading to its list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipanqi.core import access_log
from yipanqi.insight.official.period import words_of
from yipanqi.insight.supervision import WEEK_WISHES, supervision
from yipanqi.insight.weekly import SEES
from yipanqi.notices.actions import set_week
from yipanqi.notices.models import Weekly
from yipanqi.notices.papers import WEEK
from yipanqi.notices.queries import week_of
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.desk.supervision import shown


@staff(*SEES)
@require_http_methods(["GET", "HEAD", "POST"])
def week(request: HttpRequest) -> HttpResponse:
    """The figures as they are now; whoever sees them has read their notice. A button has it sent no more, or again."""
    viewer, now = viewer_of_request(request), timezone.now()
    if viewer.account is None:
        raise Http404
    if request.method == "POST":
        off = request.POST.get("go") == "off"
        set_week(account=viewer.account, off=off)
        messages.success(request, _("不再每周通知。") if off else _("以后每周一通知。"))
        return HttpResponseRedirect(reverse("desk:week"))
    told = week_of(viewer)
    if told is not None and not told.read:
        set_week(account=viewer.account)
    found = supervision(viewer, now, WEEK_WISHES)
    access_log.note(account=viewer.account, page="week", at=now)
    context = {
        **shown(found, words_of(WEEK), WEEK_WISHES, whole=("answered",)),
        "off": told is not None and told.off,
    }
    return render(request, "desk/week.html", context)


def told_in_words(told: Weekly | None) -> dict[str, Any] | None:
    """The notice of a week: figures alone. None where it was read, or none is wanted."""
    if told is None or told.read or told.off:
        return None
    words = words_of(WEEK)
    return {
        "monday": told.monday,
        "figures": [
            _("%(label)s：%(n)s") % {"label": words[name], "n": f"{number}{'+' if bounded else ''}"}
            for name, (number, bounded) in told.figures.items()
            if name in words
        ],
    }
