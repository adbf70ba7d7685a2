"""From a report to a conference: a text is read by the machine, looked over by a person, and laid down. And the text
again, with the requirements that were found in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yipanqi.core import gate
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor, Channel, Viewer
from yipanqi.files.checking import words_of
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.actions import LONGEST_REPORT, LineDraft, ReportFacts, keep_report, lay_down_lines
from yipanqi.meetings.models import FORMS, INSTRUCTION, Conference, Line as Requirement, Named, Report as Kept
from yipanqi.meetings.queries import city_duties, propose_units
from yipanqi.text.clean import clean
from yipanqi.text.reports import Report, Requirement as Found, read_report
from yipanqi.text.sentences import around
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Row
from yipanqi.web.desk.meetings import ConferenceForm, enter_conference, read_lines
from yipanqi.web.steps import Choice, Line, Tick, put_beside

TASK, PRINCIPLE, STANDING, MERGE, DROP = "task", "principle", "standing", "merge", "drop"
LONGEST_THEME = 24  # characters
SEPARATORS = ("，", ",", "\t", " ")


class TextForm(forms.Form):
    """A report: its words, or the file that has them."""

    use_required_attribute = False

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.fields["text"] = Line(
            label=_("报道或纪要的全文"),
            widget=forms.Textarea(attrs={"rows": 12}),
            required=False,
            max_length=LONGEST_REPORT,
            help_text=_("粘贴进来。夹杂的拼音、繁体字和网页代码会自动修好，原文照样保留。"),
        )
        self.fields["file"] = forms.FileField(
            label=_("或者上传文件"),
            required=False,
            help_text=_("Word（.docx）、PDF、网页或纯文本，20 MB 以内。"),
        )

    def text(self) -> str:
        """The words that were brought. Raises `Refused`."""
        brought = self.files.get("file")
        typed = str(self.data.get("text") or "").strip()
        if brought is not None:
            try:
                typed = words_of(brought.name or "", brought.read())
            except Refused as refusal:
                raise Refused(refusal.message, fields={"file": refusal.message}) from None
        why = ""
        if not typed:
            why = _("请粘贴全文，或者选一个文件。")
        if len(typed) > LONGEST_REPORT:
            why = _("太长：最多 %(n)d 字。") % {"n": LONGEST_REPORT}
        if why:
            raise Refused(why, fields={"text": why})
        return typed


class RowForm(forms.Form):
    """One requirement that was found, as it is to be laid down."""

    use_required_attribute = False

    def __init__(self, found: Found, number: int, data: Any = None) -> None:
        initial = {
            "what": found.kind.value,
            "text": "".join(found.clause.split("\n")),
            # A clause that opens its sentence is a theme to those after it, unless it is a sentence itself.
            "theme": found.theme if found.theme != found.clause and len(found.theme) <= LONGEST_THEME else "",
            "units": "、".join(found.units),
            "due": found.due,
        }
        super().__init__(data, prefix=str(number), initial=initial)
        choices = [
            (TASK, _("要办的事")),
            (STANDING, _("长期坚持的，每年定目标")),
            (PRINCIPLE, _("原则性要求，只传达")),
            (DROP, _("不是要求，去掉")),
        ]
        if number > 1:
            choices.insert(3, (MERGE, _("并入上一条")))
        self.fields["text"] = Line(label=_("要求"))
        self.fields["what"] = Choice(label=_("这是"), choices=choices)
        self.fields["theme"] = Line(label=_("主题"), required=False)
        self.fields["units"] = Line(label=_("原文提到的单位"), required=False)
        self.fields["due"] = Line(label=_("原文提到的日期"), required=False)

    def told(self, name: str) -> str:
        return str(self[name].value() or "").strip()


class FactsForm(ConferenceForm):
    """The conference as the report tells of it; what it does not say is empty."""

    def __init__(self, read: Report, data: Any = None) -> None:
        super().__init__(data)
        del self.fields["lines"]
        whole = len(read.date) == len("2026-02-14")
        self.initial = {
            "title": read.title,
            "kind": "conference",
            "held_on": read.date if whole else "",
            "held_text": "" if whole else _date_words(read.date),
            "form": next(
                (code for code, label in FORMS.items() if read.form and read.form[:2] in label.zh), ""
            ),
            "chair": read.chair,
            "speech_by": read.speech_by,
            "attending": "\n".join(f"{one.name}，{one.post}".rstrip("，") for one in read.attending),
            "leaders": "\n".join(read.leaders),
            "conveyed": "\n".join(read.conveyed),
            "speakers": "\n".join(read.speakers),
            "main_venue": read.main_venue,
            "branch_venues": read.branch_venues,
            "attended": "\n".join(read.attendees),
        }
        one_each = _("每行一个。")
        forms_of = [("", _("没有说")), *((code, str(label)) for code, label in FORMS.items())]
        self.fields["form"] = Choice(label=_("会议形式"), choices=forms_of, required=False)
        self.fields["chair"] = Line(label=_("主持"), required=False)
        self.fields["speech_by"] = Line(label=_("讲话"), required=False)
        self.fields["attending"] = _several(
            _("出席的领导"), _("每行一位：姓名，职务。"), *map(str, read.attending)
        )
        self.fields["leaders"] = _several(_("其他点到名的领导"), one_each, *read.leaders)
        self.fields["conveyed"] = _several(_("传达学习的文件和精神"), one_each, *read.conveyed)
        self.fields["speakers"] = _several(_("交流发言的单位"), one_each, *read.speakers)
        self.fields["main_venue"] = Line(label=_("主会场"), required=False)
        self.fields["branch_venues"] = Tick(label=_("设了分会场"), required=False)
        self.fields["attended"] = _several(_("参加会议的人员"), _("每行一类，照原文。"), *read.attendees)
        self.fields["more"] = _several(
            _("没有读出来的要求"), _("每行一条，一个动作加一个对象；星号开头的是原则性要求。")
        )

    def told(self, name: str) -> str:
        return str(self[name].value() or "").strip()

    def rows(self, name: str) -> list[str]:
        return [line.strip() for line in self.told(name).splitlines() if line.strip()]

    def named(self) -> list[tuple[str, str, str]]:
        """Whom the report names and what each did: (role, name, post); each once, the chair and the speaker also where
        they stand in no list."""
        chair, speaker = self.told("chair"), self.told("speech_by")
        present = [_name_and_post(line) for line in self.rows("attending")]
        known = {name for name, _post in present}
        present += [(name, "") for name in dict.fromkeys((speaker, chair)) if name and name not in known]
        role = {speaker: Named.SPEECH, chair: Named.CHAIR}
        found = [(role.get(name, Named.PRESENT), name, post) for name, post in present]
        return found + [(Named.OTHER, *_name_and_post(line)) for line in self.rows("leaders")]


def _several(label: str, hint: str, *read: str) -> forms.Field:
    rows = max(2, min(len(read) + 1, 8))
    return Line(label=label, widget=forms.Textarea(attrs={"rows": rows}), required=False, help_text=hint)


def _name_and_post(line: str) -> tuple[str, str]:
    for mark in SEPARATORS:
        name, found, post = line.partition(mark)
        if found:
            return name.strip(), post.strip()
    return line, ""


def _date_words(date: str) -> str:
    """A day without a year in the words of a report."""
    month, _dash, day = date.partition("-")
    return f"{int(month)}月{int(day)}日" if month.isdigit() and day.isdigit() else date


class Sentence(NamedTuple):
    """A sentence of the report with what was found in it, marked, and the forms of these requirements."""

    words: SafeString
    rows: list[ShownRow]


class ShownRow(NamedTuple):
    """One found requirement on the page: its form, and whom the duty list proposes."""

    form: RowForm
    number: int
    proposed: str


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def from_report(request: HttpRequest) -> HttpResponse:
    """Bring a report; it is read, and what was read is asked back before anything is laid down."""
    if request.method != "POST":
        return text_page(request, TextForm())
    if "original" in request.POST:
        return _confirmed(request, _plain(str(request.POST["original"])))
    form = TextForm(request.POST, request.FILES)
    try:
        original = _plain(form.text())
    except Refused as refusal:
        form.full_clean()
        put_beside(form, refusal)
        return text_page(request, form, status=422)
    read = read_report(original)
    return _facts_page(request, original, read, FactsForm(read), _row_forms(read))


def _plain(text: str) -> str:
    """With line ends of one kind: a browser writes its own, and places are counted in characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def text_page(request: HttpRequest, form: TextForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "mailbox": settings.REPORT_MAILBOX is not None}
    return render(request, "desk/report_new.html", context, status=status)


def _row_forms(read: Report, data: Any = None) -> list[RowForm]:
    return [RowForm(found, number, data) for number, found in enumerate(read.requirements, start=1)]


def _facts_page(
    request: HttpRequest,
    original: str,
    read: Report,
    form: FactsForm,
    rows: Sequence[RowForm],
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "sentences": _sentences(read, rows), "read": read, "original": original}
    context["mended"] = len(clean(original).changes)
    return render(request, "desk/report_facts.html", context, status=status)


def _sentences(read: Report, rows: Sequence[RowForm]) -> list[Sentence]:
    """The found requirements under the sentences they stand in."""
    duties = city_duties()
    proposed = [propose_units(found, duties) for found in read.requirements]
    shown = [
        ShownRow(row, number, "、".join(units))
        for number, (row, units) in enumerate(zip(rows, proposed, strict=True), start=1)
    ]
    together = groupby(
        zip(read.requirements, shown, strict=True),
        key=lambda pair: around(read.text, pair[0].start, pair[0].end),
    )
    return [
        Sentence(_marked(read.text, *place, [found for found, _row in pairs]), [row for _found, row in pairs])
        for place, pairs in ((place, list(group)) for place, group in together)
    ]


def _marked(text: str, first: int, last: int, found: Sequence[Found]) -> SafeString:
    """A sentence with the requirements in it marked."""
    parts, here = [], first
    for each in found:
        parts.append((text[here : each.start], text[max(here, each.start) : each.end]))
        here = max(here, each.end)
    return format_html("{}{}", format_html_join("", "{}<mark>{}</mark>", parts), text[here:last])


def _confirmed(request: HttpRequest, original: str) -> HttpResponse:
    """Lay down what a person confirmed: the conference, what was read, its requirements; all or nothing."""
    read = read_report(original)
    form, rows = FactsForm(read, request.POST), _row_forms(read, request.POST)
    for each in (form, *rows):
        each.full_clean()
    by, at = Actor(viewer_of_request(request)), timezone.now()
    try:
        with transaction.atomic():
            conference = _lay_down(original, read, form, rows, by, at)
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        put_beside(form, refusal)
        return _facts_page(request, original, read, form, rows, status=422)
    messages.success(request, _("会议已录入，共 %(n)d 条要求。") % {"n": conference.lines.count()})
    return HttpResponseRedirect(f"{reverse('desk:board')}?conference={conference.pk}")


def _lay_down(
    original: str, read: Report, form: FactsForm, rows: Sequence[RowForm], by: Actor, at: dt.datetime
) -> Conference:
    conference = enter_conference(
        form,
        by,
        at,
        form=form.told("form"),
        main_venue=form.told("main_venue"),
        branch_venues=bool(form["branch_venues"].value()),
        attended=form.rows("attended"),
    )
    facts = ReportFacts(original, read.text, form.named(), form.rows("conveyed"), form.rows("speakers"))
    keep_report(conference=conference, facts=facts, by=by, at=at)
    lines = [*_kept(read, rows), *read_lines(form.told("more"))]
    try:
        lay_down_lines(conference=conference, lines=lines, by=by, at=at)
    except Refused as refusal:
        raise Refused(refusal.message, fields={"more": refusal.message}) from None
    return conference


def _kept(read: Report, rows: Sequence[RowForm]) -> list[LineDraft]:
    """The requirements as they were edited: what was dropped is gone, what was merged stands with the one before."""
    kept: list[LineDraft] = []
    for row, found in zip(rows, read.requirements, strict=True):
        what = row.told("what")
        if what == DROP:
            continue
        if what == MERGE and kept:
            before = kept.pop()
            place = (before.place[0], found.end) if before.place else (found.start, found.end)
            text = f"{before.text}，{row.told('text')}"
            kept.append(LineDraft(text, before.theme, before.principle, standing=before.standing, place=place, units=before.units, due=before.due or row.told("due")))  # fmt: skip
            continue
        kept.append(
            LineDraft(
                row.told("text"),
                theme=row.told("theme"),
                principle=what == PRINCIPLE,
                standing=what == STANDING,
                place=(found.start, found.end),
                units=row.told("units"),
                due=row.told("due"),
            )
        )
    return kept


@staff(*SENDING, "board.see")
@require_safe
def report(request: HttpRequest, conference_id: int) -> HttpResponse:
    """The text of a report, each requirement a link from its sentence; and who was named, conveyed and spoke."""
    kept = Kept.objects.select_related("conference").filter(pk=conference_id).first()
    if kept is None:
        raise Http404
    conference = kept.conference
    if conference.kind == INSTRUCTION and not _found(conference, viewer_of_request(request)):
        raise Http404
    named = list(conference.named.order_by("number"))
    lists = {
        _("主持"): _names(named, Named.CHAIR),
        _("讲话"): _names(named, Named.SPEECH),
        _("出席的领导"): _names(named, Named.PRESENT),
        _("其他点到名的领导"): _names(named, Named.OTHER),
        _("会议形式"): str(FORMS[conference.form]) if conference.form else "",
        _("主会场"): conference.main_venue,
        _("传达学习的文件和精神"): "\n".join(
            conference.papers.order_by("number").values_list("title", flat=True)
        ),
        _("参加会议的人员"): conference.attended,
    }
    lines = conference.lines.filter(start__isnull=False).order_by("start", "number")
    context = {
        "conference": conference,
        "facts": [Row(label, value) for label, value in lists.items() if value],
        "exchanges": list(conference.exchanges.order_by("number")),
        "may_keep": viewer_of_request(request).has("decisions.draft"),
        "pieces": list(_pieces(kept.text, list(lines))),
    }
    return render(request, "desk/report.html", context)


def _found(conference: Conference, viewer: Viewer) -> bool:
    """Whether an instruction, whose words are its office's own and were published nowhere, is this viewer's to find."""
    return (
        conference.matter_id is not None and gate.find(conference.matter_id, viewer, Channel.DESK) is not None
    )


def _names(named: Sequence[Named], role: str) -> str:
    return "\n".join(f"{one.name} {one.post}".strip() for one in named if one.role == role)


def _pieces(text: str, lines: Sequence[Requirement]) -> list[tuple[str, Requirement | None]]:
    """The text in pieces, those that are a requirement with it; of two that overlap the first has its words."""
    pieces: list[tuple[str, Requirement | None]] = []
    here = 0
    for line in lines:
        start, end = line.start or 0, line.end or 0
        if start < here or end > len(text):
            continue
        pieces += [(text[here:start], None), (text[start:end], line)]
        here = end
    return [*pieces, (text[here:], None)]


urlpatterns: list[URLPattern] = [
    path("meetings/from-report", from_report, name="from_report"),
    path("meetings/<int:conference_id>/report", report, name="report"),
]
