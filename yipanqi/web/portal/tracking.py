"""Tracking with reference and secret: where the case stands, what is due, and the steps open to its submitter."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yipanqi.cases.access import CaseView
from yipanqi.cases.models import Anonymity, Case, Submission, TrackingSecret
from yipanqi.cases.queries import NotProved, ended, prove, viewer_of_submission, whole
from yipanqi.cases.references import read_reference
from yipanqi.core import gate
from yipanqi.core.attempts import TooMany
from yipanqi.core.gate import Actor, Channel, Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.procedure import Role
from yipanqi.notices.actions import set_silence
from yipanqi.notices.documents import Sheet, submitter_called
from yipanqi.notices.queries import silent
from yipanqi.organisations.timeline import DocumentView, Event
from yipanqi.web.access import public
from yipanqi.web.components.shapes import Row
from yipanqi.web.letters import in_chinese, letter, numbers, sheet_of
from yipanqi.web.looking import look_again
from yipanqi.web.portal import proof
from yipanqi.web.portal.cards import cards, own_steps, typed_in
from yipanqi.web.portal.forms import TrackForm, anonymity_choices, relation_choices
from yipanqi.web.portal.network import network_of, too_many, unlisted
from yipanqi.web.portal.promises import hotline
from yipanqi.web.steps import StepForm, step_form
from yipanqi.web.taking import take_from_post

# A page as innocent as any, for whoever looks over a shoulder (trust-and-ux H3).
ELSEWHERE = "https://www.weather.com.cn/"
KEPT = "kept_"  # before the names of what was typed on a page whose session had ended
LONGEST_INPUT = 60


@public
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Ask for reference and secret; the session is told that they were shown, and not what they were."""
    if request.method != "POST":
        return _ask_for_secret(request, request.GET.get("reference", ""))
    form, at = TrackForm(request.POST), timezone.now()
    if not form.is_valid():
        return _track_page(request, form, status=422)
    try:
        submission, row = prove(
            reference=form.cleaned_data["reference"],
            secret=form.cleaned_data["secret"],
            network=network_of(request),
            at=at,
        )
    except TooMany as refusal:
        return too_many(request, refusal)
    except NotProved as refusal:
        form.add_error(None, refusal.message)
        return _track_page(request, form, status=422)
    proof.remember(request, submission, row, at)
    if request.POST.get(f"{KEPT}step"):
        return _go_on(request, form.cleaned_data["reference"], submission, row, at)
    return redirect("portal:case", _known(form.cleaned_data["reference"]))


def _ask_for_secret(request: HttpRequest, reference: str) -> HttpResponse:
    return _track_page(request, TrackForm(initial={"reference": _known(reference)}))


def _known(reference: str) -> str:
    """A reference in its own form; what cannot be one as it came, cut to a bearable length."""
    return read_reference(reference) or reference[:LONGEST_INPUT]


def _track_page(
    request: HttpRequest, form: TrackForm, *, kept: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    kept = kept or {name: str(text) for name, text in request.POST.items() if name.startswith(KEPT)}
    context = {
        "form": form,
        "kept": list(kept.items()),
        "hotline": hotline(),
        "here": reverse("portal:track"),
    }
    return render(request, "portal/track.html", context, status=status)


@public
@unlisted
@require_safe
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """The case of a reference whose secret this session has shown."""
    at = timezone.now()
    found = proof.proved(request, reference, at)
    return to_track(reference) if found is None else _case_page(request, reference, *found, at)


def to_track(reference: str) -> HttpResponse:
    """Whether there is such a case or not, the answer is the same: show the secret first."""
    return HttpResponseRedirect(f"{reverse('portal:track')}?{urlencode({'reference': _known(reference)})}")


def own_case(reference: str, submission: Submission, secret: TrackingSecret) -> tuple[Case, Viewer]:
    """The submission's case with this number, through the gate; the first bears its reference."""
    viewer = viewer_of_submission(submission, secret)
    row = whole().get(submission=submission, number=read_reference(reference))
    if gate.find(row.pk, viewer, Channel.PORTAL) is None:
        raise Http404
    return row, viewer


def _case_page(
    request: HttpRequest,
    reference: str,
    submission: Submission,
    secret: TrackingSecret,
    at: dt.datetime,
    *,
    tried: StepForm | None = None,
    resumed: bool = False,
) -> HttpResponse:
    row, viewer = own_case(reference, submission, secret)
    view: CaseView = gate.present(row.matter, viewer, Channel.PORTAL)
    answered = [d for d in view.documents if d.kind == "serve"]
    steps = cards(row, view, viewer, at, tried=tried)
    lost = tried if tried is not None and not any(c.form is tried and not c.why_not for c in steps) else None
    context = {
        "view": view,
        "reference": view.number,
        "threads": _threads(row),
        "steps": steps,
        "refused": list(lost.non_field_errors()) if lost is not None else [],
        "typed": typed_in(lost) if lost is not None else [],
        "question": _question(view) if view.state_code == "asked" else "",
        "answer": _numbered(view, answered[-1:]),
        "others": _numbered(view, [d for d in view.documents if d not in answered[-1:]]),
        "events": _told_once(view.events),
        "facts": _facts(view, submission.kind),
        "hotline": hotline(),
        "resumed": resumed,
        "may_be_told": submission.has_contact and not ended(submission),
        "silent": silent(submission),
        "here": reverse("portal:case", args=[view.number]),
    }
    return render(request, "portal/case.html", context)


def _numbered(view: CaseView, documents: list[DocumentView]) -> list[tuple[int, DocumentView, str]]:
    """Documents with their place among all of the case's and the number they bear."""
    return [
        (view.documents.index(one) + 1, one, own)
        for one, own in zip(documents, numbers(documents), strict=True)
    ]


def _threads(current: Case) -> list[dict[str, Any]]:
    """The cases that one submission was split into, the oldest first; nothing where there is one alone."""
    own = Case.objects.filter(submission=current.submission_id).select_related("matter").order_by("pk")
    rows = [
        {
            "url": reverse("portal:case", args=[case.number]),
            "title": case.title or _untitled(case),
            "number": case.number,
            "kind": str(procedure_of(case.matter).label) if case.reviews_id else "",
            "state": str(procedure_of(case.matter).state[case.matter.state].plain),
            "current": case.pk == current.pk,
        }
        for case in own
    ]
    return rows if len(rows) > 1 else []


def _untitled(case: Case) -> str:
    """What has no title yet, or never has one: an accusation, which looks like anything else (trust-and-ux H3)."""
    fresh = case.matter.state == procedure_of(case.matter).initial.target
    return _("（标题还在整理）") if fresh else _("这份提交的另一部分")


def _told_once(events: list[Event]) -> list[Event]:
    """The newest first; a limit that still runs stands at the top of the page and is not told twice."""
    return [
        replace(event, due=[due for due in event.due if due.met is not None]) for event in reversed(events)
    ]


def _question(view: CaseView) -> str:
    asked = [event for event in view.events if event.step == "ask"]
    return asked[-1].text if asked else ""


def _facts(view: CaseView, kind: str) -> list[Row]:
    rows = [
        Row(_("标题"), view.title),
        Row(_("类别"), view.category),
        Row(_("地点"), view.area),
        Row(_("署名方式"), dict(anonymity_choices(kind))[view.anonymity]),
        Row(_("替谁反映"), _spoken_for(view)),
    ]
    return [row for row in rows if row.value]


def _spoken_for(view: CaseView) -> str:
    """For whom it was filed, without a name; nothing where somebody spoke for themselves."""
    if view.mandate is None:
        return ""
    if view.mandate.ended:
        return _("原来由别人代办，现在由本人自己办")
    return str(dict(relation_choices())[view.mandate.relation])


@public
@unlisted
@require_safe
def document(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """What was served in writing, as a letter to print. It bears no name: it lies among the downloads of a telephone that
    others pick up (docs/adr/0019), and the portal can open no seal."""
    found = proof.proved(request, reference, timezone.now())
    if found is None:
        return to_track(reference)
    with in_chinese():
        view, sheet = _sheet(reference, *found, number)
        return letter(sheet, f"{view.number}-{number}")


@public
@unlisted
@require_safe
def document_page(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The same in large print."""
    found = proof.proved(request, reference, timezone.now())
    if found is None:
        return to_track(reference)
    view, sheet = _sheet(reference, *found, number)
    context = {
        "sheet": sheet,
        "file": reverse("portal:document", args=[view.number, number]),
        "back": reverse("portal:case", args=[view.number]),
    }
    return render(request, "portal/document.html", context)


def _sheet(
    reference: str, submission: Submission, secret: TrackingSecret, number: int
) -> tuple[CaseView, Sheet]:
    row, viewer = own_case(reference, submission, secret)
    view: CaseView = gate.present(row.matter, viewer, Channel.PORTAL)
    addressee = submitter_called(row.matter.procedure)
    return view, sheet_of(view.documents, number, reference=view.number, addressee=addressee)


@public
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """Take a step of the submitter's. A GET, as after changing the language, leads back to the case."""
    at = timezone.now()
    found = proof.proved(request, reference, at)
    if request.method != "POST":
        return to_track(reference) if found is None else redirect("portal:case", _known(reference))
    if found is None:
        return _session_ended(request, reference, name)
    row, viewer = own_case(reference, *found)
    value = own_steps(row).get(name)
    if value is None:
        raise Http404

    def again(form: StepForm) -> HttpResponse:
        return _case_page(request, reference, *found, at, tried=form)

    def since(number: int) -> list[Event]:
        view: CaseView = gate.present(row.matter, viewer, Channel.PORTAL)
        return [event for event in view.events if event.number > number]

    form = step_form(value, subject=row, data=request.POST)
    if _gives_away(row, form, request):
        page = again(form)
        page.status_code = 422
        return page
    return take_from_post(
        request,
        form=form,
        by=Actor(viewer, Role.SUBMITTER),
        at=at,
        back=reverse("portal:case", args=[row.number]),
        again=again,
        since=since,
        frame="portal/frame.html",
        told=_told(name),
    )


def _gives_away(row: Case, form: StepForm, request: HttpRequest) -> bool:
    """Whether what somebody writes who stays hidden or anonymous may tell the unit who they are (trust-and-ux H5):
    they are told which words, as before filing, and decide."""
    if row.submission.anonymity == Anonymity.NAMED:
        return False
    why = _("办理单位会看到这段话，其中可能会让人认出您：%(what)s。请删去，或在下面确认要保留。")
    return look_again(form, request.POST, why=why)


def _told(name: str) -> str:
    return {
        "reply": _("您的回答已交给负责单位，它的期限接着计算。"),
        "evaluate": _("谢谢，已记下您的评价。评价期结束前办理单位看不到，您也可以修改。"),
        "ask_review": _("请求已送到审查的单位：它是单独的一件，在上面可以打开；最晚哪天作出意见，写在那里。"),
        "ask_second": _("请求已送到审查的单位：它是单独的一件，在上面可以打开；最晚哪天作出意见，写在那里。"),
        "want_review": _("已记下，算在期限内；登记好由哪个单位审查以后，请再来这里选。"),
        "want_second": _("已记下，算在期限内；登记好由哪个单位审查以后，请再来这里选。"),
        "come_back": _("已重新登记，我们再确定由谁办；转送的期限重新计算。"),
        "second_handling": _("已要求二次办理，负责单位会重新办理并再次答复您。"),
        "consent": _("谢谢，已记下。公开以前我们会去掉能认出您的内容；您随时可以收回。"),
        "withdraw_consent": _("已收回，这件事不公开。"),
        "withdraw": _("已撤回，这件事不再办理。需要时可以另提。"),
        "hand_over": _(
            "已交还。您手里的查询密码作废了；他（她）到服务窗口，或等我们打电话，核对后拿到自己的密码。"
        ),
    }.get(name, "")


def _session_ended(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """The session ended while somebody was writing: ask for the secret again and carry along what was typed."""
    typed = {key: str(value) for key, value in request.POST.items() if key != "csrfmiddlewaretoken"}
    if not any(value.strip() for key, value in typed.items() if key != "seen"):
        return to_track(reference)
    kept = {f"{KEPT}{key}": value for key, value in typed.items()} | {f"{KEPT}step": name}
    form = TrackForm(initial={"reference": _known(reference)})
    return _track_page(request, form, kept=kept, status=403)


def _go_on(
    request: HttpRequest, reference: str, submission: Submission, secret: TrackingSecret, at: dt.datetime
) -> HttpResponse:
    """Back to the form with what was typed before the session ended. It is not sent yet."""
    row, _viewer = own_case(reference, submission, secret)
    value = own_steps(row).get(request.POST[f"{KEPT}step"])
    if value is None:
        return redirect("portal:case", row.number)
    data = QueryDict(mutable=True)
    for key, text in request.POST.items():
        if key.startswith(KEPT):
            data[key.removeprefix(KEPT)] = str(text)
    form = step_form(value, subject=row, data=data)
    return _case_page(request, reference, submission, secret, at, tried=form, resumed=True)


@public
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: HttpRequest, reference: str) -> HttpResponse:
    """Be sent no message any more, or again. A GET, as after changing the language, leads back to the case."""
    found = proof.proved(request, reference, timezone.now())
    if found is None:
        return to_track(reference)
    submission = found[0]
    if request.method == "POST" and submission.has_contact and not ended(submission):
        set_silence(submission=submission, silent=request.POST.get("silent") == "1")
        flash.success(request, _("已记下。"))
    return redirect("portal:case", submission.reference_id)


@public
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Finish: the session is gone, as on a computer that others use next."""
    proof.forget(request)
    flash.success(request, _("已退出查询。这台设备上没有留下您的查询号和密码。"))
    return redirect("portal:home")


@public
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """One tap: the session ends and a page appears that says nothing of this one."""
    proof.forget(request)
    return HttpResponseRedirect(getattr(settings, "QUICK_LEAVE_URL", "") or ELSEWHERE)
