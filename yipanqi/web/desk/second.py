"""The second factor: after the password when signing in, and with it once more before factors change (S25)."""

from __future__ import annotations

import datetime as dt
import ipaddress
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yipanqi.core import attempts
from yipanqi.people import factors, passwords, queries
from yipanqi.people.factors import Asked, Site
from yipanqi.people.models import Account, OneTimeCode, SignIn
from yipanqi.web.access import public, staff
from yipanqi.web.desk import half, tries
from yipanqi.web.desk.session import (
    entered,
    note,
    refused_for_a_while,
    renew_id,
    too_many_words,
    where_to,
)

CONFIRMED = "desk_confirmed"
CONFIRMATION_LASTS = 300  # seconds


class CodeForm(forms.Form):
    """A code of an app or a recovery code; or what a passkey answered, which the page's script puts in."""

    use_required_attribute = False
    code = forms.CharField(
        label=gettext_lazy("验证码"),
        help_text=gettext_lazy("手机应用上的六位数字；手机不在身边，填一个恢复码。"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("请填写验证码。")},
    )
    credential = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not self.data.get("credential")


class ConfirmForm(CodeForm):
    """The password as well; `next` is what one was about to do."""

    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("请填写密码。")},
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)
    field_order = ("password", "code", "credential", "next")


def site_of(request: HttpRequest) -> Site | None:
    """For which site a passkey is; none where the address is a number, which no passkey takes."""
    host = request.get_host()
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return Site(name, f"{request.scheme}://{host}")
    return None


def ask(request: HttpRequest, account: Account) -> Asked | None:
    """Ask for a passkey of the account, where it has one and this site can."""
    site = site_of(request)
    asked = factors.ask_passkey(account, site) if site else None
    if asked is not None:
        half.keep_challenge(request, asked.challenge)
    return asked


def shown(request: HttpRequest, account: Account, typed: dict[str, Any], at: dt.datetime) -> str:
    """Which second factor was shown rightly; empty for none."""
    if typed["credential"]:
        site, challenge = site_of(request), half.take_challenge(request)
        right = bool(site and challenge) and factors.use_passkey(
            account, typed["credential"], challenge, site or Site("", ""), at
        )
        return "passkey" if right else ""
    if factors.use_code_of_app(account, typed["code"], at):
        return "app"
    return "recovery" if factors.use_one_time_code(account, OneTimeCode.RECOVERY, typed["code"], at) else ""


@public
@sensitive_post_parameters("code", "credential")
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The second factor of whoever has just shown their password."""
    if isinstance(request.user, Account):
        return HttpResponseRedirect(where_to(request.user, ""))
    found = half.read(request)
    if found is None:
        return HttpResponseRedirect(reverse("desk:sign_in"))
    if not queries.has_factor(found.account):
        return HttpResponseRedirect(reverse("desk:factor"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _second_page(request, found.account, form, 422 if request.method == "POST" else 200)
    return _show(request, found, form)


def _show(request: HttpRequest, found: half.Half, form: CodeForm) -> HttpResponse:
    account, now = found.account, timezone.now()
    one = tries.Try(request, "factor", account.login, tries.FACTOR, now)
    try:
        one.count()
    except attempts.TooMany as refusal:
        form.add_error(None, too_many_words())
        return refused_for_a_while(_second_page(request, account, form, 429), refusal)
    how = shown(request, account, form.cleaned_data, now)
    if not how:
        note(request, account, SignIn.FACTOR)
        form.add_error("code", _wrong_words(form))
        return _second_page(request, account, form, 422)
    one.give_back()
    return entered(request, account, found.wanted, second=how)


def _wrong_words(form: CodeForm) -> str:
    if form.cleaned_data.get("credential"):
        return _("没有认出这个通行密钥。请再试一次，或填写验证码。")
    return _("验证码不对，或已经用过。请看现在显示的数字，等它换了再填；恢复码每个只能用一次。")


def _second_page(request: HttpRequest, account: Account, form: CodeForm, status: int) -> HttpResponse:
    context = {"form": form, "asked": ask(request, account), "login": account.login}
    return render(request, "desk/second.html", context, status=status)


# --- once more, before factors change --------------------------------------------------------------------------------


def confirmed(request: HttpRequest) -> bool:
    """Whether password and factor were shown once more a moment ago."""
    age = timezone.now().timestamp() - float(request.session.get(CONFIRMED, 0))
    return 0 <= age <= CONFIRMATION_LASTS


def to_confirm(wanted: str) -> HttpResponse:
    """To the page that asks for them, and back."""
    return HttpResponseRedirect(f"{reverse('desk:confirm')}?{urlencode({'next': wanted})}")


@staff()
@sensitive_post_parameters("password", "code", "credential")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Password and, where there is one, second factor once more."""
    account, now = request.user, timezone.now()
    assert isinstance(account, Account)
    needed = queries.has_factor(account)
    form = _confirm_form(request, needed)
    if request.method != "POST" or not form.is_valid():
        return _confirm_page(request, account, form, 422 if request.method == "POST" else 200)
    one = tries.Try(request, "factor", account.login, tries.FACTOR, now)
    try:
        one.count()
    except attempts.TooMany as refusal:
        form.add_error(None, too_many_words())
        return refused_for_a_while(_confirm_page(request, account, form, 429), refusal)
    typed = form.cleaned_data
    # The password first: a code that was right is used up only by whoever has both.
    right = account.check_password(typed["password"])
    if not right or (needed and not shown(request, account, typed, now)):
        form.add_error(None, _("密码或验证码不对，或验证码已经用过。请等数字换了再试。"))
        return _confirm_page(request, account, form, 422)
    one.give_back()
    request.session[CONFIRMED] = now.timestamp()
    renew_id(request)
    return HttpResponseRedirect(where_to(account, typed["next"] or reverse("desk:account")))


def _confirm_form(request: HttpRequest, needed: bool) -> ConfirmForm:
    posted = request.POST if request.method == "POST" else None
    form = ConfirmForm(posted, initial={"next": request.GET.get("next", "")})
    if not needed:
        del form.fields["code"]
    return form


def _confirm_page(request: HttpRequest, account: Account, form: ConfirmForm, status: int) -> HttpResponse:
    context = {"form": form, "asked": ask(request, account)}
    return render(request, "desk/confirm.html", context, status=status)
