"""The security administrator's accounts: who holds which post, shutting an account, and setting one up anew."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.insight import registers
from yipanqi.people.actions import deactivate_account, reset_account
from yipanqi.people.models import Account
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.desk.given import given
from yipanqi.web.desk.second import confirmed, to_confirm
from yipanqi.web.steps import Line, put_beside


@staff("accounts.manage")
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts with their posts."""
    page = registers.accounts(after=given(request, "after", 60))
    further = f"{reverse('desk:accounts')}?{urlencode({'after': page.next})}" if page.next else ""
    context = {"accounts": page.rows, "next": further, "own": request.user.pk}
    return render(request, "desk/accounts.html", context)


@staff("accounts.manage")
@require_POST
def deactivate(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Shut an account; it bites at its next request (S4)."""
    account = get_object_or_404(Account, pk=account_id)
    viewer = viewer_of_request(request)
    assert viewer.account is not None
    try:
        deactivate_account(account=account, by=viewer.account, at=timezone.now())
        messages.success(request, _("账号 %(login)s 已停用。") % {"login": account.login})
    except Refused as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(reverse("desk:accounts"))


class ResetForm(forms.Form):
    """Why, for the record."""

    use_required_attribute = False
    reason = Line(
        label=gettext_lazy("为什么重置"),
        help_text=gettext_lazy("写明谁在什么时候来申请、怎样核对了身份。会留在记录里；不要写密码。"),
        max_length=500,
        widget=forms.Textarea,
    )


@staff("accounts.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Take password and factors of an account away and give out a set-up code, shown this once: whoever finds the desk of
    the security administrator open becomes nobody else by it."""
    account = get_object_or_404(Account, pk=account_id)
    if not confirmed(request):
        return to_confirm(request.path)
    if request.method != "POST":
        return render(request, "desk/reset.html", {"account": account, "form": ResetForm()})
    form = ResetForm(request.POST)
    form.full_clean()
    try:
        code = reset_account(
            account=account,
            reason=str(form.cleaned_data.get("reason") or ""),
            by=viewer_of_request(request),
            at=timezone.now(),
        )
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        put_beside(form, refusal)
        return render(request, "desk/reset.html", {"account": account, "form": form}, status=422)
    return render(request, "desk/set_up_code.html", {"account": account, "code": code})
