"""Taking in calls, visits and letters, with the same receipt and rights as on the portal; and finding what was lost."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipanqi.cases.actions import (
    KINDS,
    LONGEST,
    Filed,
    ForAnother,
    Words,
    close_call_with_case,
    file_submission,
    open_call_request,
)
from yipanqi.cases.models import Case, Channel as Door, How, Relation
from yipanqi.cases.persons import AGENTS, REPRESENTATIVES
from yipanqi.cases.queries import LOST_WITHIN, find_lost
from yipanqi.core import access_log, attempts
from yipanqi.core.asks import read_day
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor, Channel, Viewer, visible
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter, new_id
from yipanqi.core.procedure import Role
from yipanqi.notices.actions import set_silence
from yipanqi.organisations.models import Area, Category
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.desk import mending, seen
from yipanqi.web.desk.shown import badge_of
from yipanqi.web.desk.words import channel_word, how_word, kind_words, relation_word, ways_to_be_known
from yipanqi.web.steps import Choice, Day, Line, Tick, area_choices, category_choices, put_beside

HOWS = (How.WRITTEN, How.PRESENT, How.ORAL)
DOORS = (Door.PHONE, Door.VISIT, Door.PAPER)
# A counter looks up some people an hour; somebody who tries numbers one after the other meets this.
LOOK_UPS = {"most": 60, "seconds": 3600}


class IntakeForm(forms.Form):
    """What somebody says on the telephone or at the counter. The action checks it; typed text is kept."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {
            "kind": Choice(
                label=_("说的是什么"),
                widget=forms.RadioSelect,
                choices=[(code, kind_words(code)) for code in KINDS],
                initial=KINDS[0],
            ),
            "channel": Choice(
                label=_("怎么来的"),
                widget=forms.RadioSelect,
                choices=[(door.value, channel_word(door.value)) for door in DOORS],
                initial=Door.PHONE.value,
            ),
            "title": Line(
                label=_("用一句话说是什么事"), help_text=_("最多 %(n)d 字。") % {"n": LONGEST["title"]}
            ),
            "text": Line(
                label=_("经过和要求"),
                widget=forms.Textarea,
                max_length=LONGEST["text"],
                help_text=_(
                    "照本人的话记，口头说的记完念给本人听，本人说对了再登记。办理单位看不到这里，只看到清理以后的文字。"
                ),
            ),
            "place": Line(label=_("地点"), required=False, help_text=_("记到认得出是哪里就可以。")),
            "category": Choice(label=_("类别"), choices=category_choices(), required=False),
            "area": Choice(label=_("所在街道、镇"), choices=area_choices(), required=False),
            "anonymity": Choice(
                label=_("身份方式"),
                widget=forms.RadioSelect,
                choices=ways_to_be_known(),
                initial="named",
                help_text=_(
                    "请先把能选的三种方式念给本人听，由本人选。申诉求决须由办理单位听取本人意见并送达，不能对它隐去。"
                ),
            ),
            "name": Line(label=_("姓名"), required=False),
            "phone": Line(label=_("电话"), required=False),
            "email": Line(label=_("电子邮箱"), required=False),
            "address": Line(label=_("联系地址"), required=False),
            "representatives": Line(
                label=_("其他代表"),
                required=False,
                widget=forms.Textarea,
                help_text=_(
                    "来访的：一行一位，姓名和电话。连同上面登记的这一位，最多 %(n)d 名（%(basis)s）。"
                )
                % {"n": REPRESENTATIVES.amount, "basis": str(REPRESENTATIVES.basis)},
            ),
            "signatories": Line(
                label=_("其他联名人"),
                required=False,
                widget=forms.Textarea,
                help_text=_("联名信：一行一位。只登记一件，答复给上面登记的联系人。"),
            ),
            "relation": Choice(
                label=_("替谁反映"),
                widget=forms.RadioSelect,
                choices=[(code, relation_word(code)) for code in ("", *Relation.values)],
                initial="",
                required=False,
            ),
            "person": Line(
                label=_("他（她）本人的姓名"), required=False, help_text=_("匿名的不填，只记是替别人反映。")
            ),
            "person_phone": Line(
                label=_("他（她）本人的电话"), required=False, help_text=_("孩子的不填：打给监护人。")
            ),
            "how": Choice(
                label=_("凭什么代办"),
                widget=forms.RadioSelect,
                choices=[(how.value, how_word(how.value)) for how in HOWS],
                required=False,
                help_text=_("申诉求决由别人代办的，要看本人签名的书面委托书，代办人一至二名。"),
            ),
            "second_agent": Line(
                label=_("另一名代办人"),
                required=False,
                help_text=_("姓名和电话。代办人最多 %(n)d 名（%(basis)s）。")
                % {"n": AGENTS.amount, "basis": str(AGENTS.basis)},
            ),
            "agreed": Tick(
                label=_("问过了：本人知道并同意；孩子的，监护人同意"),
                required=False,
                help_text=_("监护人代为反映的，请把儿童个人信息规则的要点念给监护人听。"),
            ),
            "no_notices": Tick(
                label=_("本人不要消息"),
                required=False,
                help_text=_("请问一句：留了邮箱，有进展时发邮件行不行？"),
            ),
            # The case's id, made with the page: a form that is sent twice opens one case.
            "once": Line(widget=forms.HiddenInput, initial=str(new_id()), required=False),
            # The request to be called that it comes of.
            "call": Line(widget=forms.HiddenInput, required=False),
        }

    def words(self) -> Words:
        """What was said, as the action takes it."""
        given = {name: str(self.cleaned_data.get(name) or "") for name in Words.__dataclass_fields__}
        return Words(**given)

    def mandate(self) -> ForAnother | None:
        """That somebody speaks for another, as the clerk was told."""
        given = self.cleaned_data
        relation = str(given.get("relation") or "")
        if not relation:
            return None
        return ForAnother(relation, str(given.get("how") or ""), bool(given.get("agreed")))

    @property
    def for_another(self) -> bool:
        """Whether what is asked of whoever speaks for another stands open."""
        return any(
            self.data.get(name) for name in ("relation", "person", "person_phone", "second_agent", "agreed")
        )

    @property
    def several(self) -> bool:
        """Whether what is asked of those who come together stands open."""
        return any(self.data.get(name) for name in ("representatives", "signatories"))

    def once(self) -> UUID:
        """The id that the page brought; a new one where it brought none."""
        return self._id("once") or new_id()

    def call(self) -> UUID | None:
        """The request to be called that became this case."""
        return self._id("call")

    def _id(self, name: str) -> UUID | None:
        try:
            return UUID(str(self.cleaned_data.get(name) or ""))
        except ValueError:
            return None


@staff("cases.register")
@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: HttpRequest) -> HttpResponse:
    """Take in a call, a visit or a letter, and hand over reference and secret."""
    if request.method != "POST":
        return render(request, "desk/intake.html", {"form": IntakeForm()})
    form = IntakeForm(request.POST)
    form.full_clean()
    viewer, now = viewer_of_request(request), timezone.now()
    if request.POST.get("go") == "from_call":
        return _from_call(request, form.call(), viewer, now)
    if Matter.objects.filter(pk=form.once()).exists():
        return _twice(request, form)
    try:
        filed = _take_in(form, viewer, now)
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        put_beside(form, refusal)
        return render(request, "desk/intake.html", {"form": form}, status=422)
    except IntegrityError:
        if not Matter.objects.filter(pk=form.once()).exists():
            raise
        return _twice(request, form)
    access_log.note(account=viewer.account, page="intake", at=now, matter=filed.case.pk, fields=["original"])
    words = form.words()
    context = {
        "case": filed.case,
        "secret": filed.secret,
        "mend": mending.offered(words.title, words.text),
        "seen_before": seen.like(words.title, f"{words.text}\n{words.place}", filed.case, viewer),
    }
    return render(request, "desk/secret.html", context)


def _from_call(request: HttpRequest, call: UUID | None, viewer: Viewer, at: dt.datetime) -> HttpResponse:
    """The form with what somebody left who asked to be called. It travels in a post: never in an address."""
    if call is None:
        raise Http404
    try:
        row, fields = open_call_request(request=call, by=viewer, at=at)
    except NotAllowed:
        raise Http404 from None
    said = {"name": fields.get("name"), "phone": fields.get("number"), "text": fields.get("about")}
    form = IntakeForm(initial={**said, "call": str(row.pk), "channel": Door.PHONE.value})
    return render(request, "desk/intake.html", {"form": form})


@transaction.atomic
def _take_in(form: IntakeForm, viewer: Viewer, at: dt.datetime) -> Filed:
    given = form.cleaned_data
    filed = file_submission(
        words=form.words(),
        anonymity=str(given.get("anonymity") or ""),
        channel=_door(str(given.get("channel") or "")),
        by=Actor(viewer, Role.SENDER),
        at=at,
        kind=str(given.get("kind") or ""),
        category=_found(Category, given.get("category"), "category"),
        area=_found(Area, given.get("area"), "area"),
        matter_id=form.once(),
        mandate=form.mandate(),
    )
    if given.get("no_notices"):
        set_silence(submission=filed.submission, silent=True)
    call = form.call()
    if call is not None:
        close_call_with_case(request=call, submission=filed.submission, by=viewer, at=at)
    return filed


def _door(code: str) -> str:
    if code not in DOORS:
        raise Refused(_("有几处需要改一下。"), fields={"channel": _("请从所列选项中选择。")})
    return code


def _found(model: type[Category | Area], code: Any, field: str) -> Any:
    """The row that was chosen, None where none was."""
    if not code:
        return None
    row = model.objects.filter(pk=str(code).replace("\x00", "")).first()
    if row is None:
        raise Refused(_("有几处需要改一下。"), fields={field: _("请从所列选项中选择。")})
    return row


def _twice(request: HttpRequest, form: IntakeForm) -> HttpResponse:
    """The same form was sent twice: the case is there; its secret was shown on the first answer alone."""
    viewer = viewer_of_request(request)
    case = Case.objects.filter(
        pk=form.once(), matter__in=Matter.objects.filter(visible(viewer, Channel.DESK)).values("pk")
    ).first()
    return render(request, "desk/twice.html", {"case": case}, status=409)


@staff("cases.register")
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    """Find, by the telephone number they left and about when they filed, the case of somebody at the counter who lost
    the reference: one at a time, so that nobody's cases can be listed (trust-and-ux H1).

    The number never stands in an address. Each look is written down.
    """
    if request.method != "POST":
        return render(request, "desk/lost.html", {"form": LostForm()})
    form = LostForm(request.POST)
    form.full_clean()
    viewer, now = viewer_of_request(request), timezone.now()
    phone, on = str(form.cleaned_data.get("phone") or "").strip(), _day(form)
    if sum(c.isdigit() for c in phone) < 7:
        form.add_error("phone", _("请填写登记时留的电话号码。"))
    if on is None or form.errors:
        return render(request, "desk/lost.html", {"form": form}, status=422)
    try:
        attempts.count(kind="lost", value=str(viewer.account), at=now, **LOOK_UPS)
    except attempts.TooMany as refusal:
        form.add_error("phone", refusal.message)
        return render(request, "desk/lost.html", {"form": form}, status=429)
    among = Matter.objects.filter(visible(viewer, Channel.DESK))
    case = find_lost(phone=phone, on=on, among=among)
    matter = case.pk if case is not None else None
    access_log.note(account=viewer.account, page="lost", at=now, matter=matter, fields=["phone"])
    context = {"form": form, "looked": True, "case": case}
    if case is not None:
        state = procedure_of(case.matter).state[case.matter.state]
        context["badge"] = badge_of(state.code, str(state.label))
    return render(request, "desk/lost.html", context)


def _day(form: LostForm) -> dt.date | None:
    """The day that was typed, within what a calendar can count; None for what is none, which the form then says."""
    try:
        day = read_day(form.cleaned_data.get("on"))
    except Refused as refusal:
        form.add_error("on", refusal.message)
        return None
    if dt.date(2000, 1, 1) < day < dt.date(2200, 1, 1):
        return day
    form.add_error("on", _("这一天不在能查的范围里。"))
    return None


class LostForm(forms.Form):
    """A telephone number, and about when it was filed."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = Line(
            label=_("登记时留的电话号码"),
            widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        )
        days = LOST_WITHIN.days
        self.fields["on"] = Day(
            label=_("大概哪天提交的"),
            help_text=_("前后 %(n)d 天都找，只给出离这天最近的一件。") % {"n": days},
        )
