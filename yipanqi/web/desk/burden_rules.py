"""The bounds that the rules on meetings set, by row and day, and a new row from a future day on: as time limits are kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipanqi.core.asks import read_day
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.labels import Label
from yipanqi.meetings.burden import BOUND, rules
from yipanqi.meetings.burden_actions import MOST, set_burden_rule
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.words import day_text
from yipanqi.web.desk.administration import (
    dated_columns,
    dated_fields,
    dated_row,
    states_of,
    whole_number,
)
from yipanqi.web.steps import Number, put_beside


def _bound(what: Label, measure: Label) -> str:
    return _("%(what)s：%(measure)s") % {"what": what, "measure": measure} if str(measure) else str(what)


class BurdenForm(forms.Form):
    """A new dated row of a rule; the action checks it."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        bound = [(code, _bound(what, measure)) for code, (what, measure) in BOUND.items()]
        dated_fields(self, bound, _("哪条规定"), Number(label=_("最多多少"), min_value=1, max_value=MOST))


@staff("limits.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def burden_rules(request: HttpRequest) -> HttpResponse:
    """The rules with their numbers, bases and days; a new row from a future day on."""
    if request.method != "POST":
        return _page(request, BurdenForm())
    form = BurdenForm(request.POST)
    form.full_clean()
    typed = form.cleaned_data
    try:
        row = set_burden_rule(
            code=str(typed.get("code") or ""),
            valid_from=read_day(typed.get("valid_from"), "valid_from"),
            amount=whole_number(typed.get("amount"), len(str(MOST))),
            practice=bool(typed.get("practice")),
            basis_zh=str(typed.get("basis_zh") or ""),
            basis_en=str(typed.get("basis_en") or ""),
            by=viewer_of_request(request),
            at=timezone.now(),
        )
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        put_beside(form, refusal)
        return _page(request, form, status=422)
    messages.success(request, _("已登记，从 %(day)s 起按新的一行提示。") % {"day": day_text(row.valid_from)})
    return HttpResponseRedirect(reverse("desk:burden_rules"))


def _page(request: HttpRequest, form: BurdenForm, status: int = 200) -> HttpResponse:
    found = rules()
    states = states_of([(row.code, row.valid_from) for row in found], day_of(timezone.now()))
    rows = []
    for row, state in zip(found, states, strict=True):
        what, measure = BOUND[row.code]
        amount = (_("最多 %(n)s %(measure)s") % {"n": row.amount, "measure": str(measure)}).strip()
        rows.append(dated_row({"what": str(what), "amount": amount}, row.valid_from, state, row.basis))
    context = {
        "heading": _("会议减负规定"),
        "about": _("筹备会议时，超出的只作提示，不拦着。"),
        "form_heading": _("登记新的一行"),
        "form": form,
        "outcome": "",
        "tries": False,
        "columns": dated_columns(_("规定"), _("数")),
        "rows": rows,
    }
    return render(request, "desk/dated_rows.html", context, status=status)


urlpatterns: list[URLPattern] = [path("burden-rules/", burden_rules, name="burden_rules")]
