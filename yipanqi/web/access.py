"""Who may call a view: declared beside the view, refused where nothing is declared.

`declared()` walks the URL list; tests make the access table of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from yipanqi.core import access_log
from yipanqi.core.gate import NOBODY, Viewer
from yipanqi.organisations.access import held, viewer_of
from yipanqi.organisations.models import Posting
from yipanqi.people.models import Account

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """`public`: anybody. Otherwise a signed-in account with one of the capabilities (empty: any account)."""

    public: bool
    capabilities: tuple[str, ...] = ()


def public(view: View) -> View:
    """Declare that anybody may call the view."""
    view.access = Access(public=True)  # type: ignore[attr-defined]
    return view


def staff(*capabilities: str) -> Callable[[View], View]:
    """Declare that a signed-in account with one of these capabilities may call the view."""

    def declare(view: View) -> View:
        view.access = Access(public=False, capabilities=capabilities)  # type: ignore[attr-defined]
        return view

    return declare


def postings(request: HttpRequest) -> list[Posting]:
    """The posts that the account of this request holds now, and after them those that it covers (read once a request)."""
    found: list[Posting] | None = getattr(request, "_postings", None)
    if found is None:
        user = request.user
        found = []
        if isinstance(user, Account):
            found = held(user.pk, timezone.now()) if user.posts is None else list(user.posts)
        found.sort(key=lambda posting: posting.account_id != user.pk)
        request._postings = found  # type: ignore[attr-defined]
    return found


def units(request: HttpRequest) -> frozenset[UUID]:
    """The units at which the account of this request holds a post."""
    return frozenset(posting.unit_id for posting in postings(request))


def viewer(request: HttpRequest) -> Viewer:
    """The staff viewer of this request (read once a request), or nobody."""
    found: Viewer | None = getattr(request, "_viewer", None)
    if found is None:
        user = request.user
        found = viewer_of(user, timezone.now(), postings(request)) if isinstance(user, Account) else NOBODY
        request._viewer = found  # type: ignore[attr-defined]
    return found


def declared_access(view: Callable[..., Any]) -> Access | None:
    """What a view declares; views of the API framework and Django's own are declared in one list."""
    access = getattr(view, "access", None)
    if isinstance(access, Access):
        return access
    module = getattr(view, "__module__", "")
    return Access(public=True) if module.startswith(("ninja.", "django.views.static")) else None


class NoStoreMiddleware:
    """What a page shows of people stays in no cache (S32), nor does where somebody was sent, whoever of ours answers.
    Files under /static/ never come here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _note_refusal(request: HttpRequest) -> None:
    """Write down which matter or file a member of staff asked for by its address and did not find. There may be no such
    thing, and nothing is asked to know: what is done is the same, so that neither an answer nor its time tells.
    An auditor whose side it is not shut to sees which of these are matters (insight/registers.py)."""
    match = request.resolver_match
    if match is None or not isinstance(request.user, Account):
        return
    asked, enclosed = match.kwargs.get("matter_id"), match.kwargs.get("file_id")
    if isinstance(asked, UUID) or isinstance(enclosed, UUID):
        access_log.note(
            account=request.user.pk,
            page=access_log.REFUSED,
            at=timezone.now(),
            matter=asked,
            fields=[f"file:{enclosed}"] if enclosed else [],
        )


class AccessMiddleware:
    """Refuses a view that declares nothing; sends strangers to sign in; tells staff without the capability 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404:
            _note_refusal(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        access = declared_access(view)
        if access is None:
            raise Http404
        if access.public:
            return None
        if isinstance(request.user, AnonymousUser):
            return redirect_to_login(request.get_full_path(), reverse(settings.LOGIN_URL))
        if access.capabilities and not any(viewer(request).has(c) for c in access.capabilities):
            raise Http404
        return None
