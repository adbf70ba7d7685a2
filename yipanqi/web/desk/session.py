"""Signing in and out.

First the password, then the second factor on a page of its own; nobody is signed in before both were shown. An unknown
login is answered like a wrong password, in the same words and after the same work (S22). Limits: web.desk.tries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
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
from yipanqi.people import actions, passwords, queries
from yipanqi.people.access import second_factor_required
from yipanqi.people.models import Account, SignIn
from yipanqi.web.access import public, staff
from yipanqi.web.components.words import moment_text
from yipanqi.web.desk import devices, half, tries
from yipanqi.web.desk.nav import landing
from yipanqi.web.portal.network import network_of

RENEWED = 60  # seconds after which use renews it: a write for each page would cost as much as reading one
# What a session says of itself: since when, when it was renewed, by what second factor ("none" where none is required),
# which row of the sign-ins it is, up to which its owner was told of others, and that another password is due.
SINCE, SEEN, SECOND, SIGN_IN, TOLD, DUE = (
    "desk_since",
    "seen",
    "desk_second",
    "desk_sign_in",
    "desk_told",
    "desk_password_due",
)


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
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("请填写密码。")},
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The password; then the second factor, or where one wanted to go."""
    if isinstance(request.user, Account):
        return HttpResponseRedirect(where_to(request.user, ""))
    if request.method != "POST":
        return _page(request, SignInForm(initial={"next": request.GET.get("next", "")}))
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    try:
        account = _check(request, form.cleaned_data)
    except attempts.TooMany as refusal:
        return refused_for_a_while(_page(request, _with(form, too_many_words()), 429), refusal)
    if account is None:
        return _page(request, _with(form, _("账号或密码不对。请核对后再试；忘记密码请找安全管理员。")), 422)
    return further(request, account, form.cleaned_data["next"])


def _page(request: HttpRequest, form: SignInForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "offered": not second_factor_required()}
    return render(request, "desk/sign_in.html", context, status=status)


def _with(form: SignInForm, why: str) -> SignInForm:
    form.add_error(None, why)
    return form


def too_many_words() -> str:
    """Said to whoever tried too often."""
    return _("尝试次数太多，请过几分钟再试。别人试错也不会让您一直进不来。")


def refused_for_a_while(response: HttpResponse, refusal: attempts.TooMany) -> HttpResponse:
    """The same page with when to come back."""
    response["Retry-After"] = str(refusal.retry_after)
    return response


def _check(request: HttpRequest, given: dict[str, Any]) -> Account | None:
    """The account, or None."""
    name, now = str(given["login"]), timezone.now()
    one = tries.Try(request, "sign-in", name, tries.PASSWORD, now)
    one.count()
    found = authenticate(request, login=name, password=given["password"])
    if isinstance(found, Account):
        one.give_back()
        return found
    account = Account.objects.filter(login=name).first()
    if account is None:
        tries.count_unknown(now)
    else:
        note(request, account, SignIn.PASSWORD)
    return None


def note(request: HttpRequest, account: Account, outcome: str, session_key: str | None = None) -> SignIn:
    """Write down for its owner that somebody came in with the account, or tried to."""
    device = devices.device_of(request)
    return actions.note_sign_in(
        account=account,
        outcome=outcome,
        browser=device.browser,
        system=device.system,
        network=network_of(request),
        new_device=not devices.known_as(request, account.login),
        session_key=session_key,
        at=timezone.now(),
    )


def further(request: HttpRequest, account: Account, wanted: str) -> HttpResponse:
    """After the right password: to the second factor, to setting one up, or in where a demonstration asks for none."""
    has_one = queries.has_factor(account)
    if not has_one and not second_factor_required():
        return entered(request, account, wanted, second="none")
    half.begin(request, account, wanted)
    return HttpResponseRedirect(reverse("desk:second" if has_one else "desk:factor"))


def enter(request: HttpRequest, account: Account, *, second: str) -> None:
    """Make the session the account's. Whoever calls has seen the password and, where one is there, the second factor;
    the browser is to remember the account (`devices.remember`)."""
    half.forget(request)
    now = timezone.now()
    login(request, account)  # gives the session a new id (S23)
    session = request.session
    session[SINCE], session[SECOND] = now.timestamp(), second
    if passwords.outworn(account, now):
        session[DUE] = True
    row = note(request, account, SignIn.ENTERED, session.session_key)
    session[SIGN_IN] = session[TOLD] = str(row.pk)
    _tell(request, account, row)
    access_log.note(account=account.pk, page="sign_in", at=now)


def entered(request: HttpRequest, account: Account, wanted: str, *, second: str) -> HttpResponse:
    """The same, and on to where one wanted to go."""
    response = HttpResponseRedirect(where_to(account, wanted))
    enter(request, account, second=second)
    devices.remember(request, response, account.login)
    return response


def _tell(request: HttpRequest, account: Account, row: SignIn) -> None:
    """On the next page: what its owner has to know of others who came in, or tried to."""
    news = queries.news_for(account, before=row)
    _tell_devices(request, news.devices)
    if news.failures:
        number = f"{news.failures}+" if news.bounded else str(news.failures)
        said = _("上次登录以后，有人用您的账号试了 %(count)s 次没有成功。不是您的话，请告诉安全管理员。")
        messages.warning(request, said % {"count": number})


def _tell_devices(request: HttpRequest, rows: list[SignIn]) -> None:
    for row in rows[:3]:
        said = _(
            "%(at)s 有一台新设备登录了您的账号：%(device)s。不是您的话，请在“我的账号”里结束它并改密码。"
        )
        told = {"at": moment_text(row.at), "device": devices.device_words(row)}
        messages.warning(request, said % told)


def go_on(request: HttpRequest, account: Account) -> None:
    """Go on in this session under a new id, while the others of the account have ended (S23, S25)."""
    update_session_auth_hash(request, account)
    request.user = account
    renew_id(request, cycled=True)


def renew_id(request: HttpRequest, *, cycled: bool = False) -> None:
    """Give the session a new id; the list of sessions goes with it."""
    if not cycled:
        request.session.cycle_key()
    sign_in_id, key = request.session.get(SIGN_IN), request.session.session_key
    if sign_in_id and key:
        actions.keep_session(sign_in=UUID(sign_in_id), key=key)


def where_to(account: Account, wanted: str) -> str:
    """A page of this desk that was asked for, never one of another site (S28); else the first of one's own."""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and on_the_desk(wanted):
        return wanted
    return landing(viewer_of(account, timezone.now()))


def on_the_desk(wanted: str) -> bool:
    """Whether an address is one of the desk's."""
    try:
        return resolve(wanted.partition("?")[0]).namespace == "desk"
    except Resolver404:
        return False


@staff()
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; nothing of it stays in the browser (S32) but that the device is known."""
    if request.session.session_key:
        actions.leave_session(key=request.session.session_key, at=timezone.now())
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
    """Ends a signed-in session twelve hours after it began, however busy it was (S24); keeps one that is used. Ends one
    that came in without a second factor where one is required, however it came in (S33)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session, now = request.session, timezone.now().timestamp()
        since = session.get(SINCE)
        if (since is not None and now - float(since) > queries.LONGEST_SESSION.total_seconds()) or (
            second_factor_required()
            and session.get(SECOND, "none") == "none"
            and isinstance(request.user, Account)
        ):
            logout(request)
        response = self._due(request) or self.get_response(request)
        # A page that only says that it is open is not used: idle sessions end all the same.
        if getattr(response, "no_use", False):
            return response
        if not session.is_empty() and now - float(session.get(SEEN, 0)) > RENEWED:
            session[SEEN] = now
        return response

    @staticmethod
    def _due(request: HttpRequest) -> HttpResponse | None:
        """Where the policy asks for another password, the page on which to choose it."""
        if not request.session.get(DUE) or not on_the_desk(request.path):
            return None
        page, free = reverse("desk:password"), reverse("desk:sign_out")
        return None if request.path in (page, free) else HttpResponseRedirect(page)


class NewsMiddleware:
    """Tells an owner, once a minute at most, that a new device came in while they were signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        told, user = session.get(TOLD), request.user
        if told and isinstance(user, Account) and _is_renewed_now(session.get(SEEN, 0)):
            rows = queries.new_devices_since(user, UUID(told))
            if rows:
                _tell_devices(request, rows)
                session[TOLD] = str(rows[-1].pk)
        return self.get_response(request)


def _is_renewed_now(seen: float) -> bool:
    return timezone.now().timestamp() - float(seen) > RENEWED
