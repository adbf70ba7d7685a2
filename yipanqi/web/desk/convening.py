"""Planning a conference, and preparing it: agenda, venues, who is invited by which rule, and papers on one page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.burden import advice
from yipanqi.meetings.mechanism_models import Mechanism
from yipanqi.meetings.mechanisms import draft_agenda, may_keep
from yipanqi.meetings.meeting_access import Invited
from yipanqi.meetings.meeting_actions import plan_meeting
from yipanqi.meetings.meeting_procedure import MEETING
from yipanqi.meetings.meeting_queries import find_planned, invited_to
from yipanqi.meetings.models import Conference, Invitation
from yipanqi.meetings.papers import attach
from yipanqi.meetings.preparing import (
    ItemDraft,
    Rule,
    VenueDraft,
    add_paper,
    invite,
    lay_out_venue,
    note_test_call,
    set_agenda,
    strike_off,
)
from yipanqi.organisations.models import Area, Unit
from yipanqi.organisations.queries import living_unit
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.desk.given import given
from yipanqi.web.desk.instructions import scan_field, taken_in
from yipanqi.web.desk.meeting_shown import SEATS, invited_groups, time_text, venue_table
from yipanqi.web.desk.meetings import form_page
from yipanqi.web.desk.senders import ask_for_sender, chosen_sender, senders
from yipanqi.web.steps import (
    Choice,
    Line,
    Number,
    Several,
    Some,
    Tick,
    UnitInput,
    UnitInputs,
    area_choices,
    first_form,
    put_beside,
    unit_names,
)

_ITEM = re.compile(r"^(\*|＊)?\s*(\d{1,3})\s+([^|｜]+?)\s*(?:[|｜]\s*(.*))?$")


def _kinds() -> list[tuple[str, str]]:
    """The kinds that living units are of, with what they are called."""
    known = {
        "city": _("市"), "party_committee": _("党委"), "government": _("政府"), "party_department": _("党委部门"),
        "department": _("政府部门"), "people_organisation": _("群团组织"), "industry_committee": _("行业党委"),
        "intake": _("受理单位"), "district": _("区"), "county": _("县"), "zone": _("功能区"), "street": _("街道"),
        "town": _("镇"), "community": _("社区或村"),
    }  # fmt: skip
    kinds = Unit.objects.filter(valid_to__isnull=True).values_list("kind", flat=True).distinct()
    order = list(known)
    ranked = sorted(kinds, key=lambda kind: (order.index(kind) if kind in known else len(order), kind))
    return [("", _("不限")), *((kind, known.get(kind, kind)) for kind in ranked)]


def _levels() -> list[tuple[str, str]]:
    return [
        ("", _("不限")),
        ("city", _("市一级")),
        ("district", _("区县一级")),
        ("street", _("街道乡镇一级")),
        ("community", _("社区和村一级")),
    ]


class AgendaForm(forms.Form):
    """The agenda, one item a line."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="agenda_%s")
        self.fields["agenda"] = Line(
            label=_("议程各项"),
            widget=forms.Textarea,
            max_length=8000,
            help_text=_(
                "每行一项：分钟数，空格，议题，竖线，发言单位或岗位。例如：15 传达学习上级会议精神 | 市委社会工作部。主要讲话以星号开头。"
            ),
        )


class VenueForm(forms.Form):
    """A venue; that of a unit that has one already is entered anew."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="venue_%s")
        self.fields["unit"] = Line(
            widget=UnitInput("units_to_choose", unit_names()), label=_("会场在哪个单位")
        )
        self.fields["main"] = Tick(label=_("这是主会场"), required=False)
        self.fields["room"] = Line(label=_("房间"))
        self.fields["link"] = Line(
            label=_("视频地址"),
            required=False,
            help_text=_(
                "本市视频会议系统的地址：http、https、h323 或 sip 开头。平台不入会，只检查运维指定的系统连不连得上。"
            ),
        )
        self.fields["keeper"] = Line(label=_("管理岗位"), required=False, help_text=_("写岗位，不写姓名。"))
        self.fields["heads"] = Number(label=_("预计人数"), required=False)


class RuleForm(forms.Form):
    """A rule that says whom to invite."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="rule_%s")
        self.fields["kind"] = Choice(label=_("单位类型"), choices=_kinds(), required=False)
        self.fields["level"] = Choice(label=_("层级"), choices=_levels(), required=False)
        self.fields["area"] = Choice(label=_("地域"), choices=area_choices(whole=True), required=False)
        self.fields["under"] = Line(
            widget=UnitInput("units_to_choose", None),
            label=_("由哪个单位管理或业务指导"),
            required=False,
            help_text=_("例如填市委社会工作部，就是各区县委社会工作部。"),
        )
        self.fields["named"] = Several(
            widget=UnitInputs("units_to_choose", None), label=_("另外点名的单位"), required=False
        )
        self.fields["post"] = Line(
            label=_("请哪个岗位"), help_text=_("例如：分管负责同志。只写岗位，不写姓名。")
        )
        seats = [(code, word()) for code, word in SEATS.items()]
        self.fields["seat"] = Choice(label=_("出席或列席"), widget=forms.RadioSelect, choices=seats)


class StrikeForm(forms.Form):
    """The list as it is, to take posts off it: those who attend and those who observe apart."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, rows: Sequence[Invitation]) -> None:
        super().__init__(data, auto_id="strike_%s")
        for seat, word in SEATS.items():
            posts = [(str(one.number), f"{one.unit} · {one.post}") for one in rows if one.seat == seat]
            if posts:
                boxes = forms.CheckboxSelectMultiple
                self.fields[seat] = Some(label=word(), widget=boxes, choices=posts, required=False)


class PaperForm(forms.Form):
    """A paper that will be conveyed."""

    use_required_attribute = False

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="paper_%s")
        self.fields["title"] = Line(label=_("题名"))
        self.fields["characters"] = Number(label=_("字数"), required=False)
        self.fields["scan"] = scan_field(required=False, label=_("文件"))
        levels = [
            ("public", _("公开")),
            ("internal", _("内部")),
            ("secret", _("秘密")),
            ("confidential", _("机密")),
            ("top_secret", _("绝密")),
        ]
        self.fields["secrecy"] = Choice(
            label=_("密级"),
            widget=forms.RadioSelect,
            choices=levels,
            help_text=_("秘密级及以上的文件不能进本平台。"),
        )


def read_agenda(text: str) -> list[ItemDraft]:
    """The agenda as it is typed, one item a line."""
    found = []
    for raw in filter(None, (line.strip() for line in text.splitlines())):
        match = _ITEM.match(raw)
        if match is None:
            why = _("没有看懂“%(line)s”：请写成“15 传达学习 | 市委社会工作部”。") % {"line": raw[:40]}
            raise Refused(why, fields={"agenda": why})
        star, minutes, title, speaker = match.groups()
        found.append(ItemDraft(title.strip(), int(minutes), (speaker or "").strip(), main=bool(star)))
    return found


def _written(conference: Conference) -> str:
    """The agenda as it would be typed."""
    lines = []
    for item in conference.agenda.select_related("speaker").order_by("number"):
        speaker = item.speaker.name_zh if item.speaker else item.speaker_post
        lines.append(
            f"{'*' if item.main else ''}{item.minutes} {item.title}" + (f" | {speaker}" if speaker else "")
        )
    return "\n".join(lines)


# --- pages -----------------------------------------------------------------------------------------------------------


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Plan a conference. A unit over which one may draft convenes it."""
    convening = senders(viewer_of_request(request))
    if not convening:
        raise Http404
    form = first_form(MEETING.initial, data=request.POST if request.method == "POST" else None)
    mechanism = _mechanism(request)
    if mechanism is not None:
        convening = [mechanism.unit]
        form.initial = {"title": str(mechanism), "kind": "joint"}
    ask_for_sender(form, convening, _("由哪个单位召开"))

    def enter(by: Actor, at: dt.datetime) -> str:
        sender = chosen_sender(form, convening)
        with transaction.atomic():
            one = plan_meeting(sender=sender, answers=form.answers(), by=by, at=at, mechanism=mechanism)
            if mechanism is not None:
                draft_agenda(conference=one, by=by, at=at)
        messages.success(request, _("已登记进计划。接着写议程、定会场、列名单。"))
        return reverse("desk:prepare", args=[one.pk])

    context = {
        "heading": _("筹备会议"),
        "under": str(mechanism or ""),
        "back": reverse("desk:mechanism", args=[mechanism.pk]) if mechanism else reverse("desk:meetings"),
        "send": _("登记进计划"),
    }
    return form_page(request, form, enter, context)


def _mechanism(request: HttpRequest) -> Mechanism | None:
    """The living mechanism whose meeting is planned, where the address names one that is this viewer's to convene."""
    asked = given(request, "mechanism", 9)
    if not asked:
        return None
    number = int(asked) if asked.isascii() and asked.isdecimal() else 0
    one = Mechanism.objects.select_related("unit").filter(pk=number, valid_to__isnull=True).first()
    if one is None or not may_keep(one.unit, Actor(viewer_of_request(request))):
        raise Http404
    return one


@staff(*SENDING)
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest, conference_id: int) -> HttpResponse:
    """Prepare a conference; each of its forms is sent by itself."""
    conference = _preparing(request, conference_id)
    blank = {name: make() for name, make in _forms(conference).items()}
    if request.method != "POST":
        return _page(request, conference, blank)
    go, by, at = request.POST.get("go", ""), Actor(viewer_of_request(request)), timezone.now()
    if go not in _TAKES:
        raise Http404
    name, take = _TAKES[go]
    make = _forms(conference).get(name, forms.Form)
    form = make(request.POST, request.FILES) if name == "paper" else make(request.POST)
    form.full_clean()
    try:
        messages.success(request, take(conference, form, request, {"by": by, "at": at}))
        return HttpResponseRedirect(reverse("desk:prepare", args=[conference.pk]))
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        if name in blank:
            put_beside(form, refusal)
        else:
            messages.error(request, refusal.message)
    return _page(request, conference, blank | {name: form}, refused=True)


def _forms(conference: Conference) -> dict[str, Callable[..., forms.Form]]:
    def agenda(data: Any = None) -> forms.Form:
        return AgendaForm(data, initial={"agenda": _written(conference)})

    def strike(data: Any = None) -> forms.Form:
        return StrikeForm(data, rows=invited_to(conference))

    return {"agenda": agenda, "venue": VenueForm, "strike": strike, "rule": RuleForm, "paper": PaperForm}


def _preparing(request: HttpRequest, conference_id: int) -> Conference:
    """The conference that this viewer may prepare; 404 for any other, and once nothing can be changed."""
    viewer = viewer_of_request(request)
    one = find_planned(viewer, "planned", "convened", pk=conference_id)
    if one is None or one.matter is None:
        raise Http404
    sender = one.matter.parts.filter(role="sender", until__isnull=True).select_related("unit")
    if not any(viewer.reaches("decisions.draft", part.unit.path) for part in sender):
        raise Http404
    return one


def _page(
    request: HttpRequest, one: Conference, given: dict[str, forms.Form], *, refused: bool = False
) -> HttpResponse:
    venues = list(one.venues.select_related("unit").order_by("-main", "number"))
    rows = [Invited(row, told=False, mine=False, papers=False) for row in invited_to(one)]
    assert one.matter is not None
    context = {
        **given,
        "conference": one,
        "time": time_text(one),
        "back": reverse("desk:matter", args=[one.matter.pk]),
        "planned": one.matter.state == "planned",
        "advice": advice(one, timezone.now()),
        "venues": venue_table(venues),
        "untested": [venue for venue in venues if venue.tested_at is None and not venue.main],
        "invited": invited_groups(rows, papers=False),
        "papers": list(one.papers.order_by("number")),
        "refused": refused,
    }
    return render(request, "desk/prepare.html", context, status=422 if refused else 200)


# --- what each form does: what it says when it is done ---------------------------------------------------------------

Doing = dict[str, Any]


def _agenda(one: Conference, form: forms.Form, _request: HttpRequest, acting: Doing) -> str:
    set_agenda(conference=one, items=read_agenda(str(form.cleaned_data["agenda"] or "")), **acting)
    return _("议程已保存。")


def _unit(text: object, field: str) -> Unit:
    try:
        return living_unit(text)
    except Refused as refusal:
        raise Refused(refusal.message, fields={field: refusal.message}) from None


def _number(value: object, field: str) -> int | None:
    text = str(value or "").strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) < 7):
        why = _("请填写整数。")
        raise Refused(why, fields={field: why})
    return int(text) if text else None


def _venue(one: Conference, form: forms.Form, _request: HttpRequest, acting: Doing) -> str:
    told = form.cleaned_data
    draft = VenueDraft(
        unit=_unit(told["unit"], "unit"),
        room=str(told["room"] or ""),
        link=str(told["link"] or ""),
        keeper=str(told["keeper"] or ""),
        heads=_number(told["heads"], "heads"),
        main=bool(told["main"]),
    )
    lay_out_venue(conference=one, draft=draft, **acting)
    return _("会场已登记。")


def _tested(one: Conference, _form: forms.Form, request: HttpRequest, acting: Doing) -> str:
    note_test_call(conference=one, venue=_number(request.POST.get("venue"), "venue") or 0, **acting)
    return _("已记下试机。")


def _invite(one: Conference, form: forms.Form, _request: HttpRequest, acting: Doing) -> str:
    told = form.cleaned_data
    area = Area.objects.filter(pk=str(told["area"])).first() if told["area"] else None
    if told["area"] and area is None:
        raise Refused(_("没有这个区域。"), fields={"area": _("没有这个区域。")})
    rule = Rule(
        post=str(told["post"] or ""),
        seat=str(told["seat"] or ""),
        kind=str(told["kind"] or ""),
        level=str(told["level"] or ""),
        area=area,
        under=_unit(told["under"], "under") if told["under"] else None,
        named=[_unit(name, "named") for name in told["named"] or ()],
    )
    n = invite(conference=one, rule=rule, **acting)
    return _("名单增加了 %(n)d 个岗位。请逐个核对。") % {"n": n}


def _strike(one: Conference, form: forms.Form, _request: HttpRequest, acting: Doing) -> str:
    ticked = [n for seat in SEATS for n in form.cleaned_data.get(seat) or ()]
    numbers = [int(n) for n in ticked if n.isascii() and n.isdecimal() and len(n) < 5]
    n = strike_off(conference=one, numbers=numbers, **acting)
    return _("从名单去掉了 %(n)d 个岗位。") % {"n": n}


def _paper(one: Conference, form: forms.Form, _request: HttpRequest, acting: Doing) -> str:
    told = form.cleaned_data
    secrecy = str(told["secrecy"] or "")
    with transaction.atomic():
        paper = add_paper(
            conference=one,
            title=str(told["title"] or ""),
            characters=_number(told["characters"], "characters"),
            secrecy=secrecy,
            **acting,
        )
        if files := taken_in(form, acting["at"]):
            attach(paper=paper, files=files, secrecy=secrecy, **acting)
    return _("文件已登记。")


# By the button: the form that it sends (empty: none of its own), and what is done.
_TAKES: dict[str, tuple[str, Callable[[Conference, forms.Form, HttpRequest, Doing], str]]] = {
    "agenda": ("agenda", _agenda),
    "venue": ("venue", _venue),
    "tested": ("", _tested),
    "invite": ("rule", _invite),
    "strike": ("strike", _strike),
    "paper": ("paper", _paper),
}

urlpatterns: list[URLPattern] = [
    path("meetings/plan", plan, name="plan_meeting"),
    path("meetings/<int:conference_id>/prepare", prepare, name="prepare"),
]
