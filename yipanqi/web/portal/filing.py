"""Filing without an account: a few pages, one question each, then the answers to check, then reference and secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yipanqi.cases.actions import Filed, file_submission
from yipanqi.cases.models import Anonymity, Submission
from yipanqi.cases.queries import NotProved, prove
from yipanqi.core import gate
from yipanqi.core.attempts import TooMany
from yipanqi.core.errors import Refused
from yipanqi.core.gate import NOBODY, Actor, Channel, Viewer
from yipanqi.core.procedure import Role
from yipanqi.web.access import public
from yipanqi.web.common import remember_elder
from yipanqi.web.components.shapes import Row
from yipanqi.web.context import ELDER_COOKIE
from yipanqi.web.portal.draft import CHECK, Draft, read_token
from yipanqi.web.portal.forms import anonymity_hints
from yipanqi.web.portal.network import network_of, too_many, unlisted
from yipanqi.web.portal.promises import amounts, hotline
from yipanqi.web.portal.revealing import sentences


@public
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """The pages of the filing. Which one comes next is said by the button that was pressed (`go`)."""
    if request.method != "POST":
        return _page(request, Draft(), "what")
    draft = Draft.read(request.POST)
    page, go = request.POST.get("page", ""), request.POST.get("go", "next")
    page = page if page in draft.pages else "what"
    if "language" in request.POST or "elder" in request.POST:
        return _switched(request, _page, draft, page)
    if go == "submit":
        return _submit(request, draft)
    return _page(request, *_turned(draft, page, go))


def _turned(draft: Draft, page: str, go: str) -> tuple[Draft, str, bool]:
    """The page a button leads to, and whether it is shown with its errors."""
    if go == "back":
        return draft, draft.before(page), False
    if go in draft.pages:
        return draft, go, False
    if go == "another":
        return Draft(draft.values, checked=True), CHECK, False
    wrong = page != CHECK and not draft.form(page, checked=True).is_valid()
    return (draft, page, True) if wrong else (draft, draft.after(page), False)


def _page(
    request: HttpRequest, draft: Draft, page: str, checked: bool = False, *, refused: str = ""
) -> HttpResponse:
    """Show a page; with its errors where it was `checked`."""
    if page == CHECK:
        wrong = draft.first_wrong()
        if wrong is None:
            return _check_page(request, draft, refused)
        page, checked = wrong, True
    form = draft.form(page, checked=checked)
    context = _carried(draft, page) | {
        "form": form,
        "hints": anonymity_hints(),
        "number": draft.pages.index(page) + 1,
        "first": page == "what",
    }
    return render(request, f"portal/file-{page}.html", context, status=422 if checked else 200)


def _carried(draft: Draft, page: str) -> dict[str, object]:
    """What every page of the filing needs."""
    return {"hidden": list(draft.hidden(page)), "total": len(draft.pages), "anonymous": draft.anonymous}


def _check_page(request: HttpRequest, draft: Draft, refused: str) -> HttpResponse:
    draft.checked = True
    hides = draft.values["anonymity"] != Anonymity.NAMED
    context = _carried(draft, CHECK) | {
        "rows": _rows(draft),
        "sentences": list(sentences(draft.values)) if hides else [],
        "refused": refused,
        "amounts": amounts(timezone.now()),
    }
    return render(request, "portal/file-check.html", context, status=422 if refused else 200)


def _rows(draft: Draft) -> list[Row]:
    """The answers, with what changes each. A choice is shown by its words."""
    rows = []
    for page in draft.pages[:-1]:
        form = draft.form(page, checked=True)
        for bound in form:
            value = draft.values[bound.name].strip()
            rows.append(Row(str(bound.label), _chosen(form, bound.name, value), change_go=page))
    return rows


def _chosen(form: Form, name: str, value: str) -> str:
    """The words of a choice, its group before it; anything else as it was typed."""
    for code, label in getattr(form.fields[name], "choices", ()):
        if code == value:
            return str(label)
        for key, text in label if isinstance(label, list) else ():
            if key == value:
                return str(text) if str(text).startswith(str(code)) else f"{code} · {text}"
    return value


def _submit(request: HttpRequest, draft: Draft) -> HttpResponse:
    """File it: once, however often the button is pressed or the page is loaded again."""
    matter_id = read_token(draft.token)
    if matter_id is None:
        # The page stood open for a day (or nobody gave out this token): the same answers under a new one.
        renewed = Draft(draft.values, checked=True)
        return _page(request, renewed, CHECK, refused=_("页面打开得太久了。请再核对一遍，然后重新提交。"))
    if draft.first_wrong() is not None:
        return _page(request, draft, CHECK)
    if _filed_before(matter_id):
        return _already(request, draft, matter_id)
    try:
        filed = _file(draft, matter_id)
    except IntegrityError:
        # The other half of a double click was faster: its commit is what we ran into.
        if _filed_before(matter_id):
            return _already(request, draft, matter_id)
        raise
    except Refused as refusal:
        return _page(request, draft, CHECK, refused=refusal.message)
    return _filed(request, filed.submission, filed.secret)


def _file(draft: Draft, matter_id: UUID) -> Filed:
    return file_submission(
        words=draft.words(),
        anonymity=draft.values["anonymity"],
        channel="portal",
        by=Actor(NOBODY, Role.SUBMITTER),
        at=timezone.now(),
        category=draft.category(),
        area=draft.area(),
        matter_id=matter_id,
    )


def _filed_before(matter_id: UUID) -> bool:
    return gate.find(matter_id, Viewer(proved=frozenset({matter_id})), Channel.PORTAL) is not None


def _already(request: HttpRequest, draft: Draft, matter_id: UUID) -> HttpResponse:
    """It was filed before. Whoever loads the page again on a shared computer must not see the secret."""
    viewer = Viewer(proved=frozenset({matter_id}))
    matter = gate.find(matter_id, viewer, Channel.PORTAL)
    assert matter is not None
    context = _carried(draft, CHECK) | {
        "number": gate.present(matter, viewer, Channel.PORTAL).number,
        "hotline": hotline(),
    }
    return render(request, "portal/file-already.html", context)


def _filed(request: HttpRequest, submission: Submission, secret: str) -> HttpResponse:
    """Reference and secret, shown in this one answer and kept nowhere."""
    proved = frozenset(submission.cases.values_list("pk", flat=True))
    viewer = Viewer(proved=proved, own_secret=proved)
    first = gate.find(min(proved), viewer, Channel.PORTAL)
    assert first is not None
    context = {
        "reference": submission.reference_id,
        "secret": secret,
        "dues": gate.present(first, viewer, Channel.PORTAL).dues,
        "amounts": amounts(timezone.now()),
        "anonymous": submission.anonymity == Anonymity.ANONYMOUS,
        "hotline": hotline(),
    }
    return render(request, "portal/filed.html", context)


@public
@unlisted
@require_POST
def filed_again(request: HttpRequest) -> HttpResponse:
    """The page with the secret in the other language or in large print: whoever has both codes may see them again."""
    if "language" not in request.POST and "elder" not in request.POST:
        return redirect("portal:track")
    secret = request.POST.get("secret", "")
    try:
        submission, _row = prove(
            reference=request.POST.get("reference", ""),
            secret=secret,
            network=network_of(request),
            at=timezone.now(),
        )
    except TooMany as refusal:
        return too_many(request, refusal)
    except NotProved:
        return redirect("portal:track")
    return _switched(request, _filed, submission, secret)


def _switched(request: HttpRequest, view: Callable[..., HttpResponse], *args: Any) -> HttpResponse:
    """A page that only an answer to a post can show, in the other language or size; nothing typed is lost."""
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
    elder = request.POST.get("elder", "")
    if elder in ("0", "1"):
        request.COOKIES[ELDER_COOKIE] = elder
    response = view(request, *args)
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            secure=settings.HTTPS,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    remember_elder(response, elder)
    return response
