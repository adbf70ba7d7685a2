"""The texts of messages to submitters and the fixed words of documents: what they say, how that looks, those of cases on
paper too; and what could not be delivered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext, override
from django.views.decorators.http import require_http_methods

from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.insight.rehearsal import Rehearsal, rehearse, summed
from yipanqi.notices import papers, series, texts
from yipanqi.notices.actions import try_again, write_text
from yipanqi.notices.delivery import link_to
from yipanqi.notices.documents import sample
from yipanqi.notices.letters import day_words
from yipanqi.notices.models import Text
from yipanqi.notices.queries import given_up, telephone, text_in_force
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Row
from yipanqi.web.letters import letter
from yipanqi.web.steps import Line, put_beside

# The last character does not fit the others: it can never be anybody's.
SAMPLE = "K7MQ-3Q9X-D"
MOST = 1000


class TextForm(forms.Form):
    """A text in both languages; the action checks it."""

    use_required_attribute = False

    def __init__(self, code: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "subject_zh": _("标题（中文）"),
            "subject_en": _("标题（英文）"),
            "body_zh": _("正文（中文）"),
            "body_en": _("正文（英文）"),
        }
        for name in texts.LONGEST_SMS if code == texts.SMS else texts.LONGEST:
            widget = forms.Textarea if name.startswith("body") else forms.TextInput
            self.fields[name] = Line(label=labels[name], widget=widget)


@staff("system.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def notice_texts(request: HttpRequest) -> HttpResponse:
    """One text at a time, looked at first and then put into force; or what was given up is sent once more."""
    code = (request.POST if request.method == "POST" else request.GET).get("text", "")
    code = code if code in (*texts.CODES, *papers.CODES) else texts.RECEIPT
    if request.method != "POST":
        now = text_in_force(code)
        return _page(
            request, code, TextForm(code, initial={name: getattr(now, name) for name in texts.LONGEST})
        )
    if request.POST.get("go") == "again":
        return _again(request)
    form = TextForm(code, request.POST)
    form.full_clean()
    typed = {name: str(form.cleaned_data.get(name) or "") for name in form.fields}
    try:
        if request.POST.get("go") == "paper":
            return _sample(code, _module(code).clean(code, typed))
        change = partial(write_text, code=code, given=typed, by=viewer_of_request(request), at=timezone.now())
        if request.POST.get("go") != "save":
            outcome = (
                _tried_words(rehearse(change, on=day_of(timezone.now()))) if code in series.BY_CODE else ""
            )
            return _page(request, code, form, preview=_module(code).clean(code, typed), outcome=outcome)
        change()
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        put_beside(form, refusal)
        return _page(request, code, form, status=422)
    if code in papers.CODES:
        messages.success(request, _("已启用，以后导出的公文用新的文字。"))
    else:
        messages.success(request, _("已启用，以后发出的消息用新的文字。"))
    return HttpResponseRedirect(f"{reverse('desk:notice_texts')}?text={code}")


def _tried_words(found: Rehearsal) -> str:
    """What the new words would have meant, in sums: an administrator sees no case."""
    n = {"cases": found.cases, "touched": found.touched, **summed(found.differences)}
    if not found.touched:
        return _("最近 %(cases)d 件里，没有一份文书会不一样。") % n
    return _("最近 %(cases)d 件里，%(touched)d 件的 %(document)d 份文书会是新的文字。已经发出的不变。") % n


def _module(code: str) -> Any:
    """Where the rules of a text are."""
    return papers if code in papers.CODES else texts


def _again(request: HttpRequest) -> HttpResponse:
    number = try_again(by=viewer_of_request(request), at=timezone.now())
    text = ngettext("%(n)d 条消息会再试。", "%(n)d 条消息会再试。", number) % {"n": number}
    messages.success(request, text)
    return HttpResponseRedirect(reverse("desk:notice_texts"))


def _page(
    request: HttpRequest,
    code: str,
    form: TextForm,
    *,
    preview: Mapping[str, str] | None = None,
    outcome: str = "",
    status: int = 200,
) -> HttpResponse:
    own, lost, in_force = _module(code), given_up(MOST), text_in_force(code)
    fields = preview or {name: getattr(in_force, name) for name in texts.LONGEST}
    context = {
        "offered": [
            (_("消息"), _titles(texts, texts.CODES)),
            (_("公文"), _titles(papers, papers.OFFICE)),
            (_("诉求文书"), _titles(papers, series.BY_CODE)),
        ],
        "of_case": code in series.BY_CODE,
        "of_paper": own is papers,
        "code": code,
        "form": form,
        "variables": [
            Row(f"{{{name}}}", str(label))
            for name, label in own.VARIABLES.items()
            if name in own.ALLOWED[code]
        ],
        "previews": _papers(fields) if own is papers else _previews(fields),
        "tried": preview is not None,
        "outcome": outcome,
        "version": in_force.version,
        "since": in_force.at,
        "lost": lost,
        "bounded": lost >= MOST,
    }
    return render(request, "desk/notice_texts.html", context, status=status)


def _titles(own: Any, codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(each, str(own.TITLES[each])) for each in codes]


def _sample(code: str, typed: Mapping[str, str]) -> HttpResponse:
    """A document with these words as it would go out, of nobody."""
    with override("zh-hans"):
        return letter(sample(code, Text(code=code, **typed), reference=SAMPLE), code)


def _papers(fields: Mapping[str, str]) -> list[dict[str, Any]]:
    """The document in both languages, with the name of each value in its place."""
    found: list[dict[str, Any]] = []
    for language, short, name in (("zh-hans", "zh", _("中文")), ("en", "en", _("英文"))):
        with override(language):
            values = {each: f"〔{label}〕" for each, label in papers.VARIABLES.items()}
            day = day_words(day_of(timezone.now()))
        frame = papers.framed(fields.get(f"subject_{short}", ""), fields.get(f"body_{short}", ""), values)
        found.append(
            {
                "name": name,
                "lang": "zh-Hans" if short == "zh" else "en",
                "frame": frame,
                "day": day,
                "content": values["content"],
            }
        )
    return found


def _previews(fields: Mapping[str, str]) -> list[dict[str, str]]:
    """The text in both languages, filled with what stands for nobody."""
    found = []
    due = day_of(timezone.now()) + dt.timedelta(days=7)
    for language, short, name in (("zh-hans", "zh", _("中文")), ("en", "en", _("英文"))):
        with override(language):
            values = {
                "telephone": telephone(),
                "reference": SAMPLE,
                "link": link_to(SAMPLE),
                "due": day_words(due),
            }
        found.append(
            {
                "name": name,
                "lang": "zh-Hans" if short == "zh" else "en",
                "subject": fields.get(f"subject_{short}", ""),
                "body": texts.fill(fields.get(f"body_{short}", ""), values),
            }
        )
    return found
