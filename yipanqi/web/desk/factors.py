"""Setting up a second factor: with the first password, or later from one's own account."""

from __future__ import annotations

from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yipanqi.core import attempts
from yipanqi.core.errors import Refused
from yipanqi.people import factors, queries
from yipanqi.people.access import second_factor_required
from yipanqi.people.actions import add_app, add_passkey
from yipanqi.people.models import Account, Factor
from yipanqi.web.access import public
from yipanqi.web.desk import devices, half, tries
from yipanqi.web.desk.second import confirmed, site_of, to_confirm
from yipanqi.web.desk.session import (
    SECOND,
    enter,
    entered,
    go_on,
    refused_for_a_while,
    too_many_words,
    where_to,
)
from yipanqi.web.steps import put_beside

SALT = "yipanqi.web.desk.factors"


class NewFactorForm(forms.Form):
    """A new app with a code that it shows, or a new passkey. The secret travels in the form, signed for this account:
    it stands on the page anyway, and looking at the page changes nothing."""

    use_required_attribute = False
    name = forms.CharField(
        label=gettext_lazy("给它起个名字"),
        help_text=gettext_lazy("例如“工作手机”，以后在列表里认得出。"),
        max_length=60,
        required=False,
    )
    code = forms.CharField(
        label=gettext_lazy("应用现在显示的六位数字"),
        max_length=12,
        error_messages={"required": gettext_lazy("请填写验证码。")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    secret = forms.CharField(widget=forms.HiddenInput, required=False, max_length=400)
    credential = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not self.data.get("credential")


@public
@sensitive_post_parameters("code", "secret", "credential")
@require_http_methods(["GET", "HEAD", "POST"])
def factor(request: HttpRequest) -> HttpResponse:
    """Add a factor: the first one of whoever has just shown their password, or a further one of whoever is signed in and
    has shown password and factor once more."""
    if isinstance(request.user, Account):
        if not confirmed(request):
            return to_confirm(request.path)
        return _add(request, request.user, None)
    found = half.read(request, lasts=half.SETTING_UP)
    if found is None:
        return HttpResponseRedirect(reverse("desk:sign_in"))
    if queries.has_factor(found.account):
        # Whoever has the password alone adds nothing to what the account has.
        return HttpResponseRedirect(reverse("desk:second"))
    return _add(request, found.account, found)


def _add(request: HttpRequest, account: Account, found: half.Half | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, account, NewFactorForm(), factors.new_secret())
    form = NewFactorForm(request.POST)
    valid = form.is_valid()
    secret = _secret_of(form, account)
    if not valid:
        return _page(request, account, form, secret or factors.new_secret(), 422)
    one = tries.Try(request, "factor", account.login, tries.FACTOR, timezone.now())
    try:
        one.count()
        codes = _added(request, account, form, secret)
    except attempts.TooMany as refusal:
        form.add_error(None, too_many_words())
        page = _page(request, account, form, secret or factors.new_secret(), 429)
        return refused_for_a_while(page, refusal)
    except Refused as refusal:
        put_beside(form, refusal)
        return _page(request, account, form, secret or factors.new_secret(), 422)
    one.give_back()
    account.refresh_from_db()  # its sessions have ended, this one goes on
    return _done(request, account, found, codes, "passkey" if form.cleaned_data["credential"] else "app")


def _added(request: HttpRequest, account: Account, form: NewFactorForm, secret: str) -> list[str]:
    typed, now, site = form.cleaned_data, timezone.now(), site_of(request)
    if typed.get("credential"):
        challenge = half.take_challenge(request)
        made = factors.read_new_passkey(typed["credential"], challenge, site) if site and challenge else None
        if made is None:
            raise Refused(_("没有登记成功：设备的回答不完整或太晚。请再试一次。"))
        name = devices.device_words(devices.device_of(request))
        return add_passkey(account=account, passkey=made, name=name, at=now)
    if not secret:
        raise Refused(_("这一页开得太久了，请重新扫描二维码。"))
    return add_app(
        account=account, secret=secret, code=typed.get("code", ""), name=typed["name"] or _("验证器"), at=now
    )


def _secret_of(form: NewFactorForm, account: Account) -> str:
    try:
        said = signing.loads(form.cleaned_data.get("secret", ""), salt=SALT, max_age=half.SETTING_UP)
    except signing.BadSignature:
        return ""
    return str(said["secret"]) if said["account"] == str(account.pk) else ""


def _page(
    request: HttpRequest, account: Account, form: NewFactorForm, secret: str, status: int = 200
) -> HttpResponse:
    site = site_of(request)
    asked = factors.ask_new_passkey(account, site) if site else None
    if asked is not None:
        half.keep_challenge(request, asked.challenge)
    code = segno.make(factors.address_of(secret, account), error="m")
    context: dict[str, Any] = {
        "form": form,
        "first": not queries.has_factor(account),
        "required": second_factor_required(),
        "signed_secret": signing.dumps({"secret": secret, "account": str(account.pk)}, salt=SALT),
        "secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        "picture": code.svg_data_uri(scale=4, border=4, light="#fff"),
        "asked": asked,
    }
    return render(request, "desk/factor.html", context, status=status)


def _done(
    request: HttpRequest, account: Account, found: half.Half | None, codes: list[str], how: str
) -> HttpResponse:
    """In, or on; with the recovery codes where this was the first factor."""
    if found is None:
        go_on(request, account)
        request.session[SECOND] = how
        messages.success(request, _("已添加。您在其他设备上的登录都已结束。"))
        onward = reverse("desk:account")
        return show_codes(request, codes, onward) if codes else HttpResponseRedirect(onward)
    if not codes:
        return entered(request, account, found.wanted, second=how)
    enter(request, account, second=how)
    response = show_codes(request, codes, where_to(account, found.wanted))
    devices.remember(request, response, account.login)
    return response


def show_codes(request: HttpRequest, codes: list[str], onward: str) -> HttpResponse:
    """The ten codes, this once."""
    return render(request, "desk/recovery_codes.html", {"codes": codes, "onward": onward})


def kind_word(factor: Factor) -> str:
    """A kind of factor in words."""
    return _("验证器应用") if factor.kind == Factor.TOTP else _("通行密钥")
