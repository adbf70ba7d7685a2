"""Stand-ins: who covers whose post, from which day to which. For the security administrator, and for the head of a unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yipanqi.core.asks import read_day
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.insight.queue import SEEING
from yipanqi.organisations.actions import end_stand_in, give_stand_in
from yipanqi.organisations.models import Posting, StandIn
from yipanqi.organisations.queries import posts_to_cover, stand_ins
from yipanqi.people.models import Account
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.steps import Day, Line, UnitInput, put_beside


class StandInForm(forms.Form):
    """Who is away, who covers, from when to when and why; the action checks it."""

    use_required_attribute = False

    def __init__(self, posts: list[Posting], data: Any = None) -> None:
        super().__init__(data)
        logins = dict.fromkeys(
            (p.account.login, _("%(name)s，%(unit)s") % {"name": p.account.name, "unit": str(p.unit)})
            for p in posts
        )
        pairs = [(text, login) for login, text in logins]
        self.fields |= {
            "absent": Line(
                label=_("谁不在"),
                widget=UnitInput("accounts", pairs),
                help_text=_("填账号，或从列出的人里选。其全部岗位都由代办人办。"),
            ),
            "account": Line(
                label=_("谁代办"),
                widget=UnitInput("accounts", None),
                help_text=_("填账号，或从列出的人里选。不能安排自己。"),
            ),
            "since": Day(label=_("从哪天起")),
            "until": Day(label=_("到哪天为止"), help_text=_("当天 24 点自动结束，不用再操作。")),
            "basis": Line(label=_("依据"), help_text=_("例如：请假单、会议决定。")),
        }


@staff("accounts.manage", *SEEING)
@require_http_methods(["GET", "HEAD", "POST"])
def stand_ins_page(request: HttpRequest) -> HttpResponse:
    """The stand-ins that hold or will, and a form for one more. Nothing for whoever may give none."""
    viewer, now = viewer_of_request(request), timezone.now()
    posts = posts_to_cover(viewer, now)
    if not posts:
        raise Http404
    if request.method != "POST":
        return _page(request, StandInForm(posts))
    form = StandInForm(posts, request.POST)
    form.full_clean()
    typed = {name: str(form.cleaned_data.get(name) or "").strip() for name in form.fields}
    missing = {name: _("请填写。") for name, text in typed.items() if not text}
    if missing:
        put_beside(form, Refused(_("请填写。"), fields=missing))
        return _page(request, form, status=422)
    try:
        give_stand_in(
            absent=_account(typed, "absent"),
            account=_account(typed, "account"),
            since=read_day(typed["since"], "since"),
            until=read_day(typed["until"], "until"),
            basis=typed["basis"],
            by=viewer,
            at=now,
        )
    except Refused as refusal:
        beside = {"absent": refusal.message} if isinstance(refusal, NotAllowed) else refusal.fields
        put_beside(form, Refused(refusal.message, fields=beside))
        return _page(request, form, status=422)
    messages.success(request, _("代办已登记，到期自动结束。"))
    return HttpResponseRedirect(reverse("desk:stand_ins"))


def _account(typed: dict[str, str], name: str) -> Account:
    login = typed[name]
    found = Account.objects.filter(login=login).first() if "\x00" not in login else None
    if found is None:
        why = _("没有这个账号。")
        raise Refused(why, fields={name: why})
    return found


def _page(request: HttpRequest, form: StandInForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    rows = stand_ins(viewer_of_request(request), now)
    context = {"form": form, "rows": rows, "today": day_of(now)}
    return render(request, "desk/stand_ins.html", context, status=status)


@staff("accounts.manage", *SEEING)
@require_POST
def end(request: HttpRequest, stand_in_id: int) -> HttpResponse:
    """End one before its day; it bites at the next request."""
    found = get_object_or_404(StandIn, pk=stand_in_id)
    try:
        end_stand_in(stand_in=found, by=viewer_of_request(request), at=timezone.now())
        messages.success(request, _("代办已结束。"))
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(reverse("desk:stand_ins"))
