"""What the steps of cases do beside moving them: each within the transaction of its step."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.cases import evaluation, ladder, oversight, paths, publishing, serving
from yipanqi.cases.models import (
    Anonymity,
    Case,
    CaseFile,
    MandateEnd,
    Verdict,
)
from yipanqi.cases.queries import CALLING, NEVER, knows_person, living_secrets, next_call, searched
from yipanqi.cases.steps import claim
from yipanqi.core import search, terms
from yipanqi.core.asks import Share
from yipanqi.core.counting import SHANGHAI, day_of
from yipanqi.core.errors import Refused
from yipanqi.core.kinds import Effect, Taking
from yipanqi.files.models import File
from yipanqi.organisations.models import Unit
from yipanqi.organisations.notes import note
from yipanqi.organisations.parts import ask_co_units, give_part, leave_part, release_co_unit, set_part
from yipanqi.organisations.queries import parts_of
from yipanqi.text.clean import clean


def _clear(taking: Taking) -> None:
    case, answers = taking.subject, taking.answers
    if answers.pop("mend"):
        answers["mended"] = [line for name in ("title", "text") for line in _mend(answers, name)]
    case.title, case.text, case.cleared = answers["title"], answers["text"], True
    case.category, case.area, case.point_goes = answers["category"], answers["area"], answers["point"]
    case.save(update_fields=["title", "text", "cleared", "category", "area", "point_goes"])
    release(case, answers["files"])
    search.put(words=searched([case.pk]))


def release(case: Case, files: list[File]) -> None:
    """Have these files, and no others, go with a case. None is another submission's."""
    if any(file.seal_id != case.submission.seal_id for file in files):
        why = _("没有这个文件。")
        raise Refused(why, fields={"files": why})
    CaseFile.objects.filter(case=case).exclude(file__in=files).delete()
    there = set(CaseFile.objects.filter(case=case).values_list("file", flat=True))
    CaseFile.objects.bulk_create(CaseFile(case=case, file=file) for file in files if file.pk not in there)


def _mend(answers: dict[str, Any], name: str) -> list[str]:
    """The answer as it was meant; each change with its place in what was typed, for the record of the move."""
    mended = clean(answers[name])
    if not mended.text.strip():
        return []
    answers[name] = mended.text.strip()
    return [f"{name} {c.start}-{c.end} {c.rule}: {c.before} → {c.after}" for c in mended.changes]


def _route(taking: Taking) -> None:
    lead: Unit = taking.answers["unit"]
    set_part(matter=taking.matter, unit=lead, role="lead", at=taking.at)
    if taking.subject.joined_to_id is None:
        _ask_co_units(taking, lead.pk)
        return
    # What co-units owe they owe once for all that go together: where these are handled, at the head.
    shares = taking.answers["co_units"] = [Share(share.unit) for share in taking.answers["co_units"]]
    for share in shares:
        set_part(matter=taking.matter, unit=share.unit, role="co", at=taking.at)


def _ask_co_units(taking: Taking, lead: UUID | None) -> None:
    """A co-unit's day lies within the answer's limit: what comes later can be in no answer."""
    matter, at = taking.matter, taking.at
    last = terms.last_day(matter=matter, code="answer", at=at)
    shares = taking.answers["co_units"]
    try:
        ask_co_units(matter=matter, shares=shares, lead=lead, last=last, at=at)
    except Refused as refusal:
        raise Refused(refusal.message, fields={"co_units": refusal.message}) from None


def _add_co_unit(taking: Taking) -> None:
    lead = taking.matter.parts.filter(role="lead", until__isnull=True).values_list("unit_id", flat=True)
    _ask_co_units(taking, lead.first())


def _release_co_unit(taking: Taking) -> None:
    unit, because = taking.answers["unit"], taking.answers["reason"]
    if not release_co_unit(matter=taking.matter, unit=unit, at=taking.at, because=because):
        why = _("“%(unit)s”不是协办单位。") % {"unit": str(unit)}
        raise Refused(why, fields={"unit": why})


def _contribute(taking: Taking) -> None:
    capability = taking.step.needs
    give_part(matter=taking.matter, viewer=taking.by.viewer, capability=capability, at=taking.at)


def _remember_request(taking: Taking) -> None:
    """What was asked for, until it is decided: the decision must not be able to change it."""
    case = taking.subject
    case.request = {name: _plain(value) for name, value in taking.answers.items()}
    case.save(update_fields=["request"])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _forget_request(taking: Taking) -> None:
    taking.subject.request = {}
    taking.subject.save(update_fields=["request"])


def _request_hold(taking: Taking) -> None:
    if taking.answers["review_on"] <= day_of(taking.at):
        raise Refused(_("复查日期须在今天之后。"), fields={"review_on": _("须在今天之后。")})
    _remember_request(taking)


def _agree_return(taking: Taking) -> None:
    because = str(taking.subject.request.get("reason", ""))
    leave_part(matter=taking.matter, roles=("lead", "co"), at=taking.at, because=because)
    _forget_request(taking)


def _approve_extension(taking: Taking) -> None:
    taking.extensions["answer"] = int(taking.subject.request["days"])
    _forget_request(taking)


def _decided_by_another(taking: Taking) -> None:
    """Whose unit asks is whose unit decides: never the same person (Art. 34: the head approves)."""
    asked = taking.matter.moves.filter(step="request_extension").order_by("-number").first()
    if asked is not None and asked.actor_account == taking.by.viewer.account:
        raise Refused(_("延期由单位负责人批准，申请的人不能自己决定。"))


def _approve_own_extension(taking: Taking) -> None:
    _decided_by_another(taking)
    _approve_extension(taking)


def _refuse_own_extension(taking: Taking) -> None:
    _decided_by_another(taking)
    _forget_request(taking)


def _accept_claim(taking: Taking) -> None:
    """The limit for the opinion runs from acceptance, and from the day acceptance was due where that is earlier:
    nothing is gained by accepting late (domain §0)."""
    oversight.check_notice(taking)
    due = taking.matter.terms.filter(code="accept", ended_at__isnull=True).values_list(
        "due_effective", flat=True
    )
    taking.day0s["answer"] = min([day_of(taking.at), *(day for day in due if day)])
    paths.set_route(taking, claim.PETITION)


def _accept_duty(taking: Taking) -> None:
    """The two months run from the day on which the unit got the request (行政诉讼法 47), whenever it accepts."""
    oversight.check_notice(taking)
    got = taking.matter.terms.filter(code="accept", ended_at__isnull=True).values_list("day0", flat=True)
    taking.day0s["duty"] = min([day_of(taking.at), *got])
    paths.set_route(taking, claim.DUTY)


def _answer_duty(taking: Taking) -> None:
    _answer(taking)
    serving.settle(taking)


def _come_back(taking: Taking) -> None:
    """Whoever led it has guided it away: whose it is is found anew."""
    leave_part(matter=taking.matter, roles=("lead", "co"), at=taking.at, because=taking.answers["reason"])
    paths.set_route(taking, "")


def _approve_hold(taking: Taking) -> None:
    taking.own_dates["review"] = dt.date.fromisoformat(taking.subject.request["review_on"])
    _forget_request(taking)


def _answer_suggestion(taking: Taking) -> None:
    if taking.answers["outcome"] == "explained" and not taking.answers["reason"]:
        raise Refused(_("不采纳的必须写明理由。"), fields={"reason": _("请填写。")})
    _answer(taking)


def _answer(taking: Taking) -> None:
    taking.subject.outcome = taking.answers["outcome"]
    taking.subject.save(update_fields=["outcome"])


def _evaluate(taking: Taking) -> None:
    case, answers = taking.subject, taking.answers
    if case.pk not in taking.by.viewer.own_secret:
        raise Refused(_("这个密码是工作人员给出的，不能用来评价；我们会由另一位同事打电话听您的评价。"))
    evaluation.keep_verdict(case, answers, at=taking.at, by=None)


def _record_verdict(taking: Taking) -> None:
    if _took_part(taking):
        raise Refused(_("您办理过这件事或给出过它的密码，回访评价须由另一位同事记录。"))
    evaluation.keep_verdict(taking.subject, taking.answers, at=taking.at, by=taking.by.viewer.account)


def _took_part(taking: Taking) -> bool:
    """Whether this account worked on the case or handed out its secret: then it takes down no words of the submitter's."""
    case, account = taking.subject, taking.by.viewer.account
    handed_out = case.submission.secrets.filter(issued_by=account).exists()
    worked_on = taking.matter.moves.filter(actor_account=account).exclude(step__in=CALLING).exists()
    return bool(handed_out or worked_on)


def _record_consent(taking: Taking) -> None:
    if _took_part(taking):
        raise Refused(_("您办理过这件事或给出过它的密码，本人的同意须由另一位同事记录。"))
    publishing.offer(taking)


def _log_call(taking: Taking) -> None:
    """When the submitter may be called again: an hour after a call that nobody answered or that did not suit, after two on
    one day the day after; and never whoever does not want to be asked."""
    case, today = taking.subject, day_of(taking.at)
    day0 = dt.datetime.combine(today, dt.time(), SHANGHAI)
    again = taking.matter.moves.filter(step="log_call", at__gte=day0).exists()
    case.call_after = next_call(taking.at, last_today=again)
    if taking.answers["outcome"] == "declined":
        case.call_after = NEVER
    case.save(update_fields=["call_after"])


def _pause_calls(taking: Taking) -> None:
    """Nobody calls for these days; a later date that was said before stays."""
    case, day = taking.subject, day_of(taking.at) + dt.timedelta(days=1 + taking.answers["days"])
    until = dt.datetime.combine(day, dt.time(), SHANGHAI)
    case.call_after = max(until, case.call_after or until)
    case.save(update_fields=["call_after"])


def _open_verdict(taking: Taking) -> None:
    """The window has ended, or the submitter chose to end it: the verdict may now be seen."""
    Verdict.objects.filter(case=taking.subject, round=taking.subject.round).update(open_to_staff=True)


def _close(taking: Taking) -> None:
    _open_verdict(taking)
    publishing.offer_if_given(taking)


def _second_round(taking: Taking) -> None:
    _open_verdict(taking)
    publishing.take_off(taking)
    taking.subject.round = 2
    taking.subject.save(update_fields=["round"])


def _open_identity(taking: Taking) -> None:
    """An anonymous submitter is opened by nobody, one who is hidden in part by those they were told of alone."""
    anonymity = taking.subject.submission.anonymity
    if anonymity == Anonymity.ANONYMOUS:
        raise Refused(_("这是匿名诉求，没有身份信息。"))
    if knows_person(anonymity, parts_of([taking.matter.pk])[taking.matter.pk], taking.by.viewer):
        return
    if anonymity == Anonymity.HANDLER_ONLY:
        raise Refused(_("本人选择了只让办理单位知道，只有受理单位和主办单位自己可以联系本人。"))
    raise Refused(_("本人选择了对办理单位隐去身份，只有受理单位可以联系本人。"))


def _end_mandate(taking: Taking) -> None:
    """Whoever spoke for another does so no more: of all cases of the submission, and their secret opens nothing."""
    submission = taking.subject.submission
    end = MandateEnd(
        mandate_id=submission.pk,
        at=taking.at,
        secret=living_secrets().filter(submission=submission).first(),
    )
    # Two cases of one submission are not locked together: whoever comes second finds it done.
    MandateEnd.objects.bulk_create([end], ignore_conflicts=True)


_SHARED = {
    "clear": _clear,
    "route": _route,
    "contribute": _contribute,
    "note": note,
    "add_co_unit": _add_co_unit,
    "release_co_unit": _release_co_unit,
    "request_return": _remember_request,
    "agree_return": _agree_return,
    "refuse_return": _forget_request,
    "request_extension": _remember_request,
    "approve_extension": _approve_extension,
    "refuse_extension": _forget_request,
    "answer": _answer,
    "serve": serving.settle,
    "evaluate": _evaluate,
    "record_verdict": _record_verdict,
    "log_call": _log_call,
    "pause_calls": _pause_calls,
    "close": _close,
    "withdraw": publishing.take_off,
    "consent": publishing.consent,
    "record_consent": _record_consent,
    "withdraw_consent": publishing.take_off,
    "publish": publishing.publish,
    "unpublish": publishing.take_off,
    "open_identity": _open_identity,
    "end_mandate": _end_mandate,
    "hand_over": _end_mandate,
}
EFFECTS: dict[str, dict[str, Effect]] = {
    "order": {
        **_SHARED,
        "request_hold": _request_hold,
        "approve_hold": _approve_hold,
        "refuse_hold": _forget_request,
        "second_handling": _second_round,
        "second_due": _second_round,
    },
    "suggestion": {**_SHARED, "answer": _answer_suggestion},
    "claim": {
        **_SHARED,
        "redirect": paths.guide,
        "guide": paths.guide,
        "come_back": _come_back,
        "accept": _accept_claim,
        "accept_duty": _accept_duty,
        "answer_duty": _answer_duty,
        "approve_extension": _approve_own_extension,
        "refuse_extension": _refuse_own_extension,
        "assign": oversight.assign(_route),
        "report_back": oversight.report_back,
        "return_report": oversight.return_report,
        "supervise": oversight.supervise,
        "mark_simple": oversight.mark_simple,
        "raise_dispute": oversight.raise_dispute,
        "approve_dispute": oversight.approve_dispute(_ask_co_units),
        "refuse_dispute": oversight.refuse_dispute,
        "ask_exclusion": evaluation.ask_exclusion,
        "grant_exclusion": evaluation.decide_exclusion,
        "refuse_exclusion": evaluation.decide_exclusion,
        **ladder.claim_effects(_SHARED),
    },
    "review": ladder.review_effects(_SHARED, last=False),
    "second_review": ladder.review_effects(_SHARED, last=True),
}
