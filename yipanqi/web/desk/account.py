"""One's own account: password, second factors, recovery codes, sessions, and who came in. For its owner alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yipanqi.core import attempts
from yipanqi.core.errors import Refused
from yipanqi.people import actions, factors, passwords, queries
from yipanqi.people.access import second_factor_required
from yipanqi.people.models import Account, OneTimeCode, SignIn
from yipanqi.web.access import public, staff
from yipanqi.web.components.shapes import Badge, Column, TableRow
from yipanqi.web.components.words import moment_text
from yipanqi.web.desk import tries
from yipanqi.web.desk.devices import device_words
from yipanqi.web.desk.factors import kind_word, show_codes
from yipanqi.web.desk.second import confirmed, to_confirm
from yipanqi.web.desk.session import DUE, further, go_on, refused_for_a_while, too_many_words, where_to
from yipanqi.web.steps import put_beside

Act = Callable[[HttpRequest, Account], HttpResponse | None]


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """The page, and what its buttons do: `go` says which."""
    owner = request.user
    assert isinstance(owner, Account)
    if request.method != "POST":
        return _page(request, owner)
    try:
        return ACTS.get(request.POST.get("go", ""), _no_such)(request, owner) or HttpResponseRedirect(
            reverse("desk:account")
        )
    except Refused as refusal:
        return _page(request, owner, refusal.message)


def _page(request: HttpRequest, owner: Account, refused: str = "") -> HttpResponse:
    now = timezone.now()
    mine = list(queries.factors_of(owner))
    context = {
        "owner": owner,
        "refused": refused,
        "factors": [{"row": each, "kind": kind_word(each)} for each in mine],
        "keeps_last": second_factor_required() and len(mine) == 1,
        "offered": not second_factor_required(),
        "codes_left": factors.living_codes(owner, OneTimeCode.RECOVERY, now).count(),
        "rules": passwords.rules(),
        "sessions": [
            {"row": each.sign_in, "device": device_words(each.sign_in), "last": each.last, "own": each.own}
            for each in queries.sessions_of(owner, own_key=request.session.session_key or "", at=now)
        ],
        "columns": [
            Column("at", _("时间"), main=True),
            Column("outcome", _("结果"), "badge"),
            Column("device", _("设备")),
            Column("network", _("网络")),
        ],
        "sign_ins": [_sign_in_row(row) for row in queries.sign_ins_of(owner)],
    }
    return render(request, "desk/account.html", context, status=422 if refused else 200)


def _sign_in_row(row: SignIn) -> TableRow:
    words = {
        SignIn.ENTERED: Badge(_("已登录，新设备"), "waiting")
        if row.new_device
        else Badge(_("已登录"), "done"),
        SignIn.PASSWORD: Badge(_("密码不对"), "late"),
        SignIn.FACTOR: Badge(_("密码对，第二步不对"), "late"),
    }
    return TableRow(
        cells={
            "at": moment_text(row.at),
            "outcome": words[row.outcome],
            "device": device_words(row),
            "network": row.network,
        }
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused(_("请用页面上的按钮。")) from None


def _no_such(request: HttpRequest, owner: Account) -> None:
    raise Refused(_("请用页面上的按钮。"))


def _end(request: HttpRequest, owner: Account) -> None:
    ended = actions.end_session(
        account=owner, sign_in=_id(request.POST.get("session", "")), at=timezone.now()
    )
    messages.success(request, _("已结束那台设备上的登录。") if ended else _("那台设备上的登录已经结束了。"))


def _end_others(request: HttpRequest, owner: Account) -> None:
    go_on(request, actions.end_sessions(account=owner, at=timezone.now()))
    messages.success(request, _("其他设备上的登录都已结束。"))


def _remove(request: HttpRequest, owner: Account) -> HttpResponse | None:
    wanted = _id(request.POST.get("factor", ""))
    if not confirmed(request):
        return to_confirm(reverse("desk:account"))
    go_on(request, actions.remove_factor(account=owner, factor=wanted, at=timezone.now()))
    messages.success(request, _("已移除。您在其他设备上的登录都已结束。"))
    return None


def _renew_codes(request: HttpRequest, owner: Account) -> HttpResponse:
    if not confirmed(request):
        return to_confirm(reverse("desk:account"))
    codes = actions.renew_recovery_codes(account=owner, at=timezone.now())
    return show_codes(request, codes, reverse("desk:account"))


ACTS: dict[str, Act] = {"end": _end, "others": _end_others, "remove": _remove, "codes": _renew_codes}


class PasswordForm(forms.Form):
    """The old password and the new one."""

    use_required_attribute = False
    old = forms.CharField(
        label=gettext_lazy("原密码"),
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("请填写原密码。")},
    )
    new = forms.CharField(
        label=gettext_lazy("新密码"),
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("请填写新密码。")},
    )
    again = forms.CharField(
        label=gettext_lazy("再填一次新密码"),
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("请再填一次新密码。")},
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if {"new", "again"} <= found.keys() and found["new"] != found["again"]:
            self.add_error("again", _("两次填的不一样。"))
        return found


class SetUpForm(PasswordForm):
    """Login and set-up code, and the password that is to be."""

    login = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": gettext_lazy("请填写账号。")},
    )
    code = forms.CharField(
        label=gettext_lazy("设置码"),
        help_text=gettext_lazy("安全管理员交给您的十六位字母和数字，只能用一次，二十四小时内有效。"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("请填写设置码。")},
    )
    old = None  # type: ignore[assignment]
    field_order = ("login", "code", "new", "again")


@staff()
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; the old one is asked for, and counted like any guess at it."""
    owner = request.user
    assert isinstance(owner, Account)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _password_page(request, form, 422 if request.method == "POST" else 200)
    now = timezone.now()
    one = tries.Try(request, "sign-in", owner.login, tries.PASSWORD, now)
    try:
        one.count()
        changed = actions.change_password(
            account=owner, old=form.cleaned_data["old"], new=form.cleaned_data["new"], at=now
        )
    except attempts.TooMany as refusal:
        form.add_error(None, too_many_words())
        return refused_for_a_while(_password_page(request, form, 429), refusal)
    except Refused as refusal:
        if "old" not in refusal.fields:
            one.give_back()
        put_beside(form, refusal)
        return _password_page(request, form, 422)
    one.give_back()
    go_on(request, changed)
    request.session.pop(DUE, None)
    messages.success(request, _("密码已修改。您在其他设备上的登录都已结束。"))
    return HttpResponseRedirect(reverse("desk:account"))


def _password_page(request: HttpRequest, form: PasswordForm, status: int) -> HttpResponse:
    context = {"form": form, "rules": passwords.rules(), "due": request.session.get(DUE, False)}
    return render(request, "desk/password.html", context, status=status)


@public
@sensitive_post_parameters("code", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """With the code of the security administrator: a new password, and next a second factor."""
    if isinstance(request.user, Account):
        return HttpResponseRedirect(where_to(request.user, ""))
    form = SetUpForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _set_up_page(request, form, 422 if request.method == "POST" else 200)
    typed, now = form.cleaned_data, timezone.now()
    one = tries.Try(request, "set-up", typed["login"], tries.PASSWORD, now)
    try:
        one.count()
        found = actions.set_up_anew(login=typed["login"], code=typed["code"], password=typed["new"], at=now)
    except attempts.TooMany as refusal:
        form.add_error(None, too_many_words())
        return refused_for_a_while(_set_up_page(request, form, 429), refusal)
    except Refused as refusal:
        one.give_back()
        put_beside(form, refusal)
        return _set_up_page(request, form, 422)
    if found is None:
        form.add_error(None, _("账号和设置码对不上，或设置码已经用过、过期、被新的代替。请找安全管理员。"))
        return _set_up_page(request, form, 422)
    one.give_back()
    return further(request, found, "")


def _set_up_page(request: HttpRequest, form: SetUpForm, status: int) -> HttpResponse:
    return render(request, "desk/set_up.html", {"form": form, "rules": passwords.rules()}, status=status)
