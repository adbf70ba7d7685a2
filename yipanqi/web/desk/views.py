"""Views of the queue and of searches that somebody keeps, for themselves or for their unit. The words of a search may be
somebody's name: they are sealed here as they are in the session (search.py), and stand in no address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yipanqi.core.errors import Refused
from yipanqi.insight.queue import SEEING, WAITS
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Tab
from yipanqi.web.desk import actions
from yipanqi.web.desk.models import SavedView
from yipanqi.web.desk.queries import saved_views

# Where a view leads, and whether that is what is shown now.
Opens = Callable[[SavedView], tuple[str, bool]]


def context_of(request: HttpRequest, query: str, opens: Opens, *, of_search: bool = False) -> dict[str, Any]:
    """What a list shows of its views: as tabs, and each with a form to rename or remove it. `query` says in an address
    what is shown now."""
    viewer = viewer_of_request(request)
    rows = _own(request, of_search=of_search)
    return {
        "views": [Tab(_label(row), *opens(row)) for row in rows],
        "kept_views": [{"pk": row.pk, "name": row.name, "of_unit": row.unit_id is not None} for row in rows],
        "view_query": query,
        "may_share": viewer.unit is not None,
        "of_search": of_search,
    }


def _own(request: HttpRequest, *, of_search: bool) -> list[SavedView]:
    viewer = viewer_of_request(request)
    rows = saved_views(viewer.account, viewer.unit) if viewer.account else []
    return [row for row in rows if (row.sealed is not None) == of_search]


def own_view(request: HttpRequest, number: str, *, of_search: bool) -> SavedView:
    """The view of this account or its unit with this number; to anybody else there is none."""
    view = next((row for row in _own(request, of_search=of_search) if str(row.pk) == number), None)
    if view is None:
        raise Http404
    return view


def _label(row: SavedView) -> str:
    return _("%(name)s（本单位）") % {"name": row.name} if row.unit_id else row.name


@staff(*SEEING)
@require_POST
def views(request: HttpRequest) -> HttpResponse:
    """Keep a view, rename one or take one away, and lead back to the list as it was."""
    # Imported here: the lists ask for their views.
    from yipanqi.web.desk.queue import list_url, read_wanted
    from yipanqi.web.desk.search import shown_by

    viewer, go = viewer_of_request(request), request.POST.get("go")
    if viewer.account is None:
        raise Http404
    asked = QueryDict(request.POST.get("query", "")[:1000])
    of_search = "s" in asked
    if of_search:
        back, query, words = shown_by(request, asked)
    else:
        back, words = list_url(read_wanted(asked, WAITS)), ""
        query = back.partition("?")[2]
    name = request.POST.get("name", "").replace("\x00", "")
    try:
        if go == "keep":
            shared = request.POST.get("for") == "unit" and viewer.unit is not None
            actions.keep_view(
                account=None if shared else viewer.account,
                unit=viewer.unit if shared else None,
                name=name,
                query=query,
                words=words,
            )
            told = _("已保存，在清单上面。")
        else:
            told = _change(own_view(request, request.POST.get("view", ""), of_search=of_search), go, name)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, told)
    return HttpResponseRedirect(back)


def _change(view: SavedView, go: str | None, name: str) -> str:
    if go == "remove":
        actions.remove_view(view=view)
        return _("已删去这份清单；里面的事项都没有动。")
    actions.rename_view(view=view, name=name)
    return _("已改名。")
