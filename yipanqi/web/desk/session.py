"""Signing in and out.

An unknown login is answered like a wrong password, in the same words and after the same work (S22). Limits have
short windows, and the tight one is for a login from one network: whoever guesses at somebody's password cannot lock
them out of their own office for good.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yipanqi.core import access_log, attempts
from yipanqi.organisations.access import viewer_of
from yipanqi.people.models import Account
from yipanqi.web.access import public, staff
from yipanqi.web.desk.nav import landing
from yipanqi.web.portal.network import network_of

# What is counted, how many at most, in how many seconds. A slip of the finger does not reach the first; a guesser
# from one network meets it at once; many networks together meet the second, for five minutes at a time.
TRIES = (("pair", 6, 300), ("login", 60, 300), ("network", 120, 300), ("all", 6000, 300))
LONGEST_SESSION = 12 * 3600  # seconds; idle ones end after half an hour (settings)
SINCE = "desk_since"


class SignInForm(forms.Form):
    """Login and password; `next` is where the person wanted to go."""

    use_required_attribute = False
    login = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": gettext_lazy("请填写账号。")},
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("请填写密码。")},
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in, and go where one wanted to or to one's own first page."""
    if isinstance(request.user, Account):
        return HttpResponseRedirect(_where_to(request.user, ""))
    if request.method != "POST":
        form = SignInForm(initial={"next": request.GET.get("next", "")})
        return render(request, "desk/sign_in.html", {"form": form})
    form = SignInForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/sign_in.html", {"form": form}, status=422)
    try:
        account = _check(request, form.cleaned_data)
    except attempts.TooMany as refusal:
        form.add_error(None, _("尝试次数太多，请过几分钟再试。别人试错也不会让您一直进不来。"))
        response = render(request, "desk/sign_in.html", {"form": form}, status=429)
        response["Retry-After"] = str(refusal.retry_after)
        return response
    if account is None:
        form.add_error(None, _("账号或密码不对。请核对后再试；忘记密码请找安全管理员。"))
        return render(request, "desk/sign_in.html", {"form": form}, status=422)
    return _enter(request, account, form.cleaned_data["next"])


def _check(request: HttpRequest, given: dict[str, Any]) -> Account | None:
    """The account, or None. Counted before the password is looked at, so that parallel tries cannot exceed the cap; a
    right password gives its try back, for two hundred colleagues come to work behind one address."""
    name, network = str(given["login"]), network_of(request)
    values = {"pair": f"{name.lower()}\0{network}", "login": name.lower(), "network": network, "all": ""}
    now = timezone.now()
    for kind, most, seconds in TRIES:
        attempts.count(kind=f"sign-in-{kind}", value=values[kind], most=most, seconds=seconds, at=now)
    found = authenticate(request, login=name, password=given["password"])
    if not isinstance(found, Account):
        return None
    for kind, _most, seconds in TRIES:
        attempts.give_back(kind=f"sign-in-{kind}", value=values[kind], seconds=seconds, at=now)
    return found


def _enter(request: HttpRequest, account: Account, wanted: str) -> HttpResponse:
    login(request, account)  # gives the session a new id (S23)
    now = timezone.now()
    request.session[SINCE] = now.timestamp()
    access_log.note(account=account.pk, page="sign_in", at=now)
    return HttpResponseRedirect(_where_to(account, wanted))


def _where_to(account: Account, wanted: str) -> str:
    """A page of this desk that was asked for, never one of another site (S28); else the first of one's own."""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and _on_the_desk(wanted):
        return wanted
    return landing(viewer_of(account, timezone.now()))


def _on_the_desk(wanted: str) -> bool:
    try:
        return resolve(wanted.partition("?")[0]).namespace == "desk"
    except Resolver404:
        return False


@staff()
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; nothing of it stays in the browser (S32)."""
    logout(request)
    response = HttpResponseRedirect(reverse("desk:sign_in"))
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@staff()
@require_safe
def nothing(request: HttpRequest) -> HttpResponse:
    """For an account that holds no post: there is nothing for it here, and whom to ask."""
    return render(request, "desk/nothing.html")


class SessionAgeMiddleware:
    """Ends a signed-in session twelve hours after it began, however busy it was (S24)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        since = request.session.get(SINCE)
        if since is not None and timezone.now().timestamp() - float(since) > LONGEST_SESSION:
            logout(request)
        return self.get_response(request)
