"""“Please telephone me”: a number, and no account. With a case that was just looked at, the call is about that case."""

from __future__ import annotations

import datetime as dt
import uuid
from urllib.parse import urlencode

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from yipanqi.cases.actions import ask_to_be_called
from yipanqi.cases.models import Anonymity, CallRequest, Submission
from yipanqi.cases.references import read_reference
from yipanqi.core import attempts
from yipanqi.core.errors import Refused
from yipanqi.web import display
from yipanqi.web.access import public
from yipanqi.web.portal import proof
from yipanqi.web.portal.forms import A_PHONE, PageForm
from yipanqi.web.portal.network import network_of, too_many, unlisted
from yipanqi.web.portal.promises import hotline
from yipanqi.web.portal.shown import switched
from yipanqi.web.steps import put_beside

SALT = "portal.call_me"
TOKEN_LASTS = 24 * 3600  # seconds
HOUR = 3600
# A service hall behind one address has many who ask; the whole bounds what a botnet could have the hotline dial.
ASKED = (("network", 20), ("all", 500))


class CallForm(PageForm):
    """Whom to call. One field must be filled in."""

    number = forms.CharField(
        label=gettext_lazy("打哪个电话"),
        error_messages={"required": gettext_lazy("请填写电话号码，我们才能打给您。")},
        validators=[A_PHONE],
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    name = forms.CharField(
        label=gettext_lazy("怎么称呼您"),
        help_text=gettext_lazy("例如：王女士。"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    about = forms.CharField(
        label=gettext_lazy("想说什么事"),
        help_text=gettext_lazy("一句话就可以，电话里再细说。"),
        required=False,
    )
    suits = forms.ChoiceField(
        label=gettext_lazy("什么时候方便"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", gettext_lazy("都可以")),
            (CallRequest.MORNING, gettext_lazy("上午")),
            (CallRequest.AFTERNOON, gettext_lazy("下午")),
            (CallRequest.EVENING, gettext_lazy("晚上")),
        ],
    )


@public
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def call_me(request: HttpRequest) -> HttpResponse:
    """Ask to be telephoned. However often the button is pressed, it is one request."""
    given = request.POST if request.method == "POST" else request.GET
    reference, at = read_reference(given.get("reference", "")) or "", timezone.now()
    proved = proof.proved(request, reference, at) if reference else None
    submission = proved[0] if proved else None
    if request.method != "POST":
        if request.GET.get("noted") == "1":
            return _page(request, None, reference, submission)
        return _page(request, CallForm(), reference, submission)
    if "language" in request.POST or display.switches(request):
        return switched(request, _again, reference, submission)
    return _asked(request, reference, submission, at)


def _again(request: HttpRequest, reference: str, submission: Submission | None) -> HttpResponse:
    """The page with what was typed, for whoever switched language or size on the way."""
    typed = {name: request.POST.get(name, "") for name in CallForm.base_fields}
    return _page(request, CallForm(initial=typed), reference, submission)


def _asked(
    request: HttpRequest, reference: str, submission: Submission | None, at: dt.datetime
) -> HttpResponse:
    form, key = CallForm(request.POST), _read_token(request.POST.get("token", ""))
    if form.is_valid() and key is None:
        form.add_error(None, _("页面打开得太久了。请再核对一遍，然后重新提交。"))
    if key is None or not form.is_valid():
        return _page(request, form, reference, submission, status=422)
    values = {"network": network_of(request), "all": ""}
    typed = form.cleaned_data
    try:
        attempts.count_each(
            limits=[(f"call-{kind}", values[kind], most) for kind, most in ASKED], seconds=HOUR, at=at
        )
        ask_to_be_called(
            request=key,
            phone=typed["number"],
            name=typed["name"],
            about=typed["about"],
            suits=typed["suits"],
            submission=submission,
            at=at,
        )
    except attempts.TooMany as refusal:
        return too_many(request, refusal)
    except Refused as refusal:
        put_beside(form, refusal)
        return _page(request, form, reference, submission, status=422)
    return HttpResponseRedirect(_url(noted="1", reference=reference if submission else ""))


def _url(**asked: str) -> str:
    """The page's address: of what was typed nothing stands in it."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("portal:call_me") + (f"?{query}" if query else "")


def _read_token(token: str) -> uuid.UUID | None:
    """The id in a token; None where we did not sign it or it is too old."""
    try:
        return uuid.UUID(signing.loads(token, salt=SALT, max_age=TOKEN_LASTS))
    except (signing.BadSignature, ValueError):
        return None


def _page(
    request: HttpRequest,
    form: CallForm | None,
    reference: str,
    submission: Submission | None,
    status: int = 200,
) -> HttpResponse:
    """The form, or (without one) that the request was noted."""
    kept = request.POST.get("token", "")
    token = kept if _read_token(kept) else signing.dumps(uuid.uuid4().hex, salt=SALT)
    context = {
        "form": form,
        "token": token,
        "reference": reference if submission else "",
        "anonymous": submission is not None and submission.anonymity == Anonymity.ANONYMOUS,
        "hotline": hotline(),
        "here": _url(noted="" if form is not None else "1", reference=reference if submission else ""),
    }
    return render(request, "portal/call-me.html", context, status=status)
