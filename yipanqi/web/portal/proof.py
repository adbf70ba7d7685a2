"""What the session knows of a resident who showed reference and secret: two ids and a time, one case at a time."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from yipanqi.cases.models import Submission, TrackingSecret
from yipanqi.cases.queries import NotProved, living_secrets, prove
from yipanqi.cases.references import read_reference
from yipanqi.core.attempts import TooMany
from yipanqi.web.portal.network import network_of, too_many

KEY = "tracking"
LASTS = dt.timedelta(hours=12)  # at most, however busy (trust-and-ux S24); idle sessions end by their own age


def remember(request: HttpRequest, submission: Submission, secret: TrackingSecret, at: dt.datetime) -> None:
    """Note that the secret was shown. The session gets a new key (S23), and what it knew before is forgotten."""
    request.session.cycle_key()
    request.session[KEY] = {
        "submission": str(submission.pk),
        "secret": secret.pk,
        "since": int(at.timestamp()),
    }


def posted(request: HttpRequest) -> Submission | HttpResponse:
    """The submission whose reference and secret a page posts that shows them; else what is answered instead."""
    try:
        submission, _row = prove(
            reference=request.POST.get("reference", ""),
            secret=request.POST.get("secret", ""),
            network=network_of(request),
            at=timezone.now(),
        )
    except TooMany as refusal:
        return too_many(request, refusal)
    except NotProved:
        return redirect("portal:track")
    return submission


def proved(request: HttpRequest, reference: str, at: dt.datetime) -> tuple[Submission, TrackingSecret] | None:
    """The submission of this reference (or of the case with this number), if this session has proved it with a secret that is still valid."""
    held = request.session.get(KEY)
    if not isinstance(held, dict) or at.timestamp() - held["since"] > LASTS.total_seconds():
        return None
    row = (
        living_secrets()
        .select_related("submission")
        .filter(
            pk=held["secret"],
            submission=held["submission"],
            submission__cases__number=read_reference(reference) or "",
        )
        .first()
    )
    return None if row is None else (row.submission, row)


def forget(request: HttpRequest) -> None:
    """End it: the session and its key are gone."""
    request.session.flush()
