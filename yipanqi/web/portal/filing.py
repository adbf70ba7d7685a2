"""Filing without an account: a few pages, one question each, then the answers to check, then reference and secret."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yipanqi.cases.actions import Filed, file_submission
from yipanqi.cases.models import Anonymity, Submission
from yipanqi.cases.queries import mandate_of
from yipanqi.core import gate
from yipanqi.core.errors import Refused
from yipanqi.core.gate import NOBODY, Actor, Channel, Viewer
from yipanqi.core.procedure import Role
from yipanqi.notices.actions import set_silence
from yipanqi.web import display
from yipanqi.web.access import public
from yipanqi.web.portal import enclosing, proof
from yipanqi.web.portal.actions import forget_draft
from yipanqi.web.portal.draft import CHECK, FILES, FIRST, FORMS, Draft, read_token
from yipanqi.web.portal.keeping import KEEPING, turn
from yipanqi.web.portal.network import unlisted
from yipanqi.web.portal.promises import follows, hotline
from yipanqi.web.portal.receipt import dues_of, qr_code, tracking_address
from yipanqi.web.portal.shown import carried, files_page, show, switched


@public
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """The pages of the filing. Which one comes next is said by the button that was pressed (`go`)."""
    if request.method != "POST":
        return show(request, Draft(), FIRST)
    draft = Draft.read(request.POST)
    page = request.POST.get("page", "")
    page = page if page in draft.pages else FIRST
    at = timezone.now()
    if refusals := enclosing.take(request, draft, page, at):
        draft.keep(page, at)
        return files_page(request, draft, refusals)
    if "language" in request.POST or display.switches(request):
        return switched(request, KEEPING.get(request.POST.get("stay", ""), turn), draft, page)
    go = request.POST.get("go", "next")
    if go == "add" or "remove" in request.POST:
        go = FILES
    if go == "submit":
        return _submit(request, draft)
    return KEEPING.get(go, turn)(request, *_turned(draft, page, go))


def _turned(draft: Draft, page: str, go: str) -> tuple[Draft, str, bool]:
    """The page a button leads to, and whether it is shown with its errors."""
    if go in KEEPING:
        return draft, page, False
    if go == "back":
        return draft, draft.before(page), False
    if go in draft.pages:
        return draft, go, False
    if go == "another":
        return Draft(draft.values, checked=True), CHECK, False
    wrong = page in FORMS and not draft.form(page, checked=True).is_valid()
    return (draft, page, True) if wrong else (draft, draft.after(page), False)


def _submit(request: HttpRequest, draft: Draft) -> HttpResponse:
    """File it: once, however often the button is pressed or the page is loaded again."""
    matter_id = read_token(draft.token)
    if matter_id is None:
        # The page stood open for a day (or nobody gave out this token): the same answers under a new one.
        renewed = Draft(draft.values, checked=True)
        return show(request, renewed, CHECK, refused=_("页面打开得太久了。请再核对一遍，然后重新提交。"))
    if draft.first_wrong() is not None:
        return show(request, draft, CHECK)
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
        return show(request, draft, CHECK, refused=refusal.message)
    return _filed(request, filed.submission, filed.secret)


@transaction.atomic
def _file(draft: Draft, matter_id: UUID) -> Filed:
    if draft.code and draft.keep(CHECK, timezone.now()) is None:
        raise Refused(_("传过的文件也随草稿删掉了。请看看还要不要重新传，然后再按提交。"))
    filed = file_submission(
        words=draft.words(),
        anonymity=draft.values["anonymity"],
        channel="portal",
        kind=draft.kind,
        by=Actor(NOBODY, Role.SUBMITTER),
        at=timezone.now(),
        category=draft.category(),
        area=draft.area(),
        matter_id=matter_id,
        files=draft.files,
        mandate=draft.mandate(),
    )
    if draft.values["no_notices"]:
        set_silence(submission=filed.submission, silent=True)
    if draft.code:
        forget_draft(code=draft.code)
    return filed


def _filed_before(matter_id: UUID) -> bool:
    return gate.find(matter_id, Viewer(proved=frozenset({matter_id})), Channel.PORTAL) is not None


def _already(request: HttpRequest, draft: Draft, matter_id: UUID) -> HttpResponse:
    """It was filed before. Whoever loads the page again on a shared computer must not see the secret."""
    viewer = Viewer(proved=frozenset({matter_id}))
    matter = gate.find(matter_id, viewer, Channel.PORTAL)
    assert matter is not None
    context = carried(draft, CHECK) | {
        "number": gate.present(matter, viewer, Channel.PORTAL).number,
        "hotline": hotline(),
    }
    return render(request, "portal/file-already.html", context)


def _filed(request: HttpRequest, submission: Submission, secret: str) -> HttpResponse:
    """Reference and secret, shown in this one answer and kept nowhere."""
    context = {
        "reference": submission.reference_id,
        "secret": secret,
        "dues": dues_of(submission),
        "follows": follows(submission.kind, timezone.now()),
        "anonymous": submission.anonymity == Anonymity.ANONYMOUS,
        "for_another": mandate_of(submission) is not None,
        "hotline": hotline(),
        "qr": qr_code(tracking_address(request, str(submission.reference_id))),
    }
    return render(request, "portal/filed.html", context)


@public
@unlisted
@require_POST
def filed_again(request: HttpRequest) -> HttpResponse:
    """The page with the secret in the other language or in large print: whoever has both codes may see them again."""
    if "language" not in request.POST and not display.switches(request):
        return redirect("portal:track")
    found = proof.posted(request)
    if isinstance(found, HttpResponse):
        return found
    return switched(request, _filed, found, request.POST.get("secret", ""))
