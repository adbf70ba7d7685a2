"""Reply templates: the page on which they are written, and offering them where a step asks for a text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import kind_named, procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Kind, Step
from yipanqi.insight.queue import SEEING
from yipanqi.notices import replies, texts
from yipanqi.notices.actions import keep_template, remove_template
from yipanqi.notices.letters import day_words
from yipanqi.notices.models import ReplyTemplate
from yipanqi.notices.queries import headed_units, kept_by, templates_for
from yipanqi.organisations.models import Category, Unit
from yipanqi.organisations.timeline import written
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Looked, Offer, Row
from yipanqi.web.looking import findings
from yipanqi.web.steps import Choice, Line, StepForm, category_choices, put_beside

CITY = "city"
SAMPLE = "K7MQ-3Q9X-D"  # the last character does not fit the others: it can never be anybody's


# --- where a step asks for a text ------------------------------------------------------------------------------------


def offers(
    matter: Matter, subject: Any, steps: Sequence[Step], viewer: Viewer
) -> Mapping[str, Sequence[Offer]]:
    """The templates for the texts of these steps, filled from the matter as its submitter may know it."""
    names = [step.name for step in steps if replies.asks_for_submitter(step)]
    if not names:
        return {}
    units = [viewer.unit] if viewer.unit else []
    category = getattr(subject, "category_id", None)
    rows = templates_for(procedure=matter.procedure, steps=names, units=units, category=category)
    if not rows:
        return {}
    values = replies.values_of(matter)
    found: dict[str, list[Offer]] = {}
    for row in rows:
        offer = Offer(str(row.pk), row.title, row.ask, replies.filled(row, values))
        found.setdefault(row.step, []).append(offer)
    return found


def with_template(posted: QueryDict, offered: Sequence[Offer]) -> QueryDict:
    """What was posted, with the chosen template below what was typed already."""
    chosen = next((offer for offer in offered if offer.key == posted.get("template")), None)
    if chosen is None:
        return posted
    data = posted.copy()
    before = data.get(chosen.ask, "").rstrip()
    data[chosen.ask] = f"{before}\n{chosen.text}" if before else chosen.text
    return data


def looked(matter: Matter, step: Step, form: StepForm, at: dt.datetime) -> Looked:
    """What the submitter will read, and what in it may give a person away."""
    form.full_clean()
    said = {ask.name: form.cleaned_data.get(ask.name) for ask in step.shown_asks}
    served = procedure_of(matter).step.get("serve")
    title = step.produces or (served.produces if served and step.name == "answer" else None) or step.plain
    said_texts = [str(said.get(ask.name) or "") for ask in step.asks if ask.kind in (Kind.LINE, Kind.TEXT)]
    return Looked(str(title or step.label), at, written(step, said), tuple(findings(said_texts)))


# --- writing them ----------------------------------------------------------------------------------------------------


class TemplateForm(forms.Form):
    """For whom, where, and the text; the action checks it."""

    use_required_attribute = False

    def __init__(self, owners: list[tuple[str, str]], data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["owner"] = Choice(
            label=_("给谁用"), choices=owners, widget=forms.RadioSelect, initial=owners[0][0]
        )
        self.fields["place"] = Choice(label=_("用在哪一步"), choices=_places())
        self.fields["category"] = Choice(
            label=_("类别"), choices=category_choices(), required=False, help_text=_("不选就是各类都能用。")
        )
        self.fields["title"] = Line(label=_("模板名称"), max_length=replies.LONGEST_TITLE)
        self.fields["text"] = Line(label=_("文字"), widget=forms.Textarea, max_length=replies.LONGEST_TEXT)


def _places() -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for procedure, step, ask in replies.places():
        label = _("%(step)s：%(ask)s") % {"step": str(step.label), "ask": str(ask.label)}
        key = f"{procedure}.{step.name}.{ask.name}"
        groups.setdefault(str(kind_named(procedure).procedure.label), []).append((key, label))
    return [("", _("请选择")), *groups.items()]


def _owners(viewer: Viewer, units: Sequence[Unit]) -> list[tuple[str, str]]:
    city = [(CITY, _("全市"))] if viewer.has("organisations.manage") else []
    return [*city, *((str(unit.pk), str(unit)) for unit in units)]


@staff("organisations.manage", *SEEING)
@require_http_methods(["GET", "HEAD", "POST"])
def templates(request: HttpRequest) -> HttpResponse:
    """The templates that this viewer writes, and a form for one. Nothing for whoever writes none."""
    viewer, now = viewer_of_request(request), timezone.now()
    units = headed_units(viewer, now)
    owners = _owners(viewer, units)
    if not owners:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    number = given.get("edit", "")
    row = (
        kept_by(viewer, now).filter(pk=int(number)).first()
        if number.isascii() and number.isdecimal() and len(number) < 10
        else None
    )
    if request.method != "POST":
        return _page(request, TemplateForm(owners, initial=_initial(row)), row)
    form = TemplateForm(owners, request.POST)
    form.full_clean()
    try:
        return _written(request, form, row, units, now)
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        put_beside(form, refusal)
        return _page(request, form, row, status=422)


def _written(
    request: HttpRequest,
    form: TemplateForm,
    row: ReplyTemplate | None,
    units: Sequence[Unit],
    at: dt.datetime,
) -> HttpResponse:
    viewer, go = viewer_of_request(request), request.POST.get("go")
    typed = {name: str(form.cleaned_data.get(name) or "") for name in form.fields}
    if go == "remove" and row is not None:
        remove_template(template=row, by=viewer, at=at)
        messages.success(request, _("已删去这条模板。"))
        return HttpResponseRedirect(reverse("desk:templates"))
    if go != "save":
        replies.clean(typed["title"], typed["text"])
        return _page(request, form, row, sample=typed["text"])
    unit = next((unit for unit in units if str(unit.pk) == typed["owner"]), None)
    if unit is None and typed["owner"] != CITY:
        raise Refused(_("请选择给谁用。"), fields={"owner": _("请选择给谁用。")})
    keep_template(
        template=row,
        unit=unit,
        place=typed["place"],
        category=Category.objects.filter(pk=typed["category"]).first(),
        title=typed["title"],
        text=typed["text"],
        by=viewer,
        at=at,
    )
    messages.success(request, _("已保存，办这一步的人现在就能用。"))
    return HttpResponseRedirect(reverse("desk:templates"))


def _initial(row: ReplyTemplate | None) -> dict[str, str] | None:
    if row is None:
        return None
    return {
        "owner": str(row.unit_id or CITY),
        "place": f"{row.procedure}.{row.step}.{row.ask}",
        "category": row.category_id or "",
        "title": row.title,
        "text": row.text,
    }


def _page(
    request: HttpRequest,
    form: TemplateForm,
    row: ReplyTemplate | None,
    *,
    sample: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    places = {f"{p}.{step.name}.{ask.name}": str(step.label) for p, step, ask in replies.places()}
    values = {
        "title": _("示例路路灯不亮"),
        "unit": _("示例单位"),
        "telephone": "0531-00000000",
        "due": day_words(timezone.localtime(now).date() + dt.timedelta(days=5)),
        "reference": SAMPLE,
    }
    context = {
        "rows": [
            {"one": one, "step": places.get(f"{one.procedure}.{one.step}.{one.ask}", one.step)}
            for one in kept_by(viewer_of_request(request), now)
        ],
        "form": form,
        "row": row,
        "variables": [Row(f"{{{name}}}", str(label)) for name, label in replies.VARIABLES.items()],
        "sample": texts.fill(sample, values) if sample else "",
    }
    return render(request, "desk/templates.html", context, status=status)
