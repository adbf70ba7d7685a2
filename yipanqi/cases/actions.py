"""What writes submissions and cases: filing, and the effects of the order's steps."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets as random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language, gettext as _

from yipanqi.cases.models import Anonymity, Case, Channel, ExternalRef, Submission, Verdict
from yipanqi.cases.queries import intake_unit
from yipanqi.cases.references import issue_secret, new_reference
from yipanqi.core import engine, sealing
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.kinds import Taking
from yipanqi.core.models import new_id
from yipanqi.core.procedure import Role
from yipanqi.organisations.actions import leave_part, set_part
from yipanqi.organisations.models import Area, Category, Unit

KINDS = ("order",)
NOTICE_VERSION = "2026-11"
LONGEST = {"title": 60, "text": 5000}  # characters; both must be filled in
LONGEST_OTHER = 200


@dataclass(frozen=True)
class Words:
    """What somebody says, and who they are as far as they tell. Everything here is sealed."""

    title: str
    text: str
    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    place: str = ""


@dataclass(frozen=True)
class Filed:
    """What the submitter gets: a reference, and a secret that is shown once."""

    submission: Submission
    case: Case
    reference: str
    secret: str


def _check_words(words: Words, anonymity: str, kind: str) -> None:
    wrong = _wrong_lengths(words)
    if kind not in KINDS:
        wrong["kind"] = _("没有这一类诉求。")
    if anonymity not in Anonymity.values:
        wrong["anonymity"] = _("请从所列选项中选择。")
    if anonymity == Anonymity.ANONYMOUS and (words.name or words.phone or words.email or words.address):
        wrong["anonymity"] = _("匿名提交不能带姓名和联系方式；请清空它们，或改为“只对办理单位隐去”。")
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)


def _wrong_lengths(words: Words) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for field in Words.__dataclass_fields__:
        value, longest = getattr(words, field), LONGEST.get(field, LONGEST_OTHER)
        if len(value) > longest:
            wrong[field] = _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": longest, "m": len(value)}
        elif "\x00" in value:
            wrong[field] = _("含有不能保存的字符。")
        elif field in LONGEST and not value.strip():
            wrong[field] = _("请填写。")
    return wrong


@transaction.atomic
def file_submission(
    *,
    words: Words,
    anonymity: str,
    channel: str,
    by: Actor,
    at: dt.datetime,
    kind: str = "order",
    category: Category | None = None,
    area: Area | None = None,
    matter_id: UUID | None = None,
) -> Filed:
    """Take in what somebody said: a submission, sealed, and its case. The same for portal, desk and API.

    A clerk (role sender) needs `cases.register` at the intake unit. Raises `Refused` with the fields that are wrong.
    """
    unit = intake_unit()
    if by.role == Role.SENDER and not by.viewer.reaches("cases.register", unit.path):
        raise NotAllowed(_("您没有登记诉求的权限。"))
    _check_words(words, anonymity, kind)
    fields = {name: getattr(words, name).strip() for name in Words.__dataclass_fields__}
    salt = random.token_bytes(32)
    digest = hashlib.sha256(salt + fields["title"].encode() + b"\0" + fields["text"].encode()).digest()
    submission = Submission(
        reference=new_reference(),
        kind=kind,
        channel=Channel(channel),
        anonymity=anonymity,
        received_at=at,
        # The salt is sealed with the words: the digest in the ledger says nothing of them to anybody else.
        seal=sealing.seal({**fields, "salt": salt.hex()}),
        digest=digest,
        has_contact=bool(fields["phone"] or fields["email"] or fields["address"]),
        notice_version=NOTICE_VERSION,
        language=get_language() or "zh-hans",
        recorded_by=by.viewer.account,
    )
    submission.save(force_insert=True)
    matter = engine.new_matter(procedure=kind, at=at, matter_id=matter_id or new_id())
    set_part(matter=matter, unit=unit, role="sender", at=at)
    case = Case(
        matter=matter, submission=submission, number=submission.reference_id, category=category, area=area
    )
    case.save(force_insert=True)
    secret = issue_secret(submission=submission, at=at, issued_by=by.viewer.account)
    engine.begin(
        matter=matter, subject=case, by=by, at=at, payload={"channel": channel, "submission": digest.hex()}
    )
    return Filed(submission, case, submission.reference_id, secret)


@transaction.atomic
def link_external(*, case: Case, system: str, number: str, by: Actor, at: dt.datetime) -> ExternalRef:
    """Put the number that another system of record has for this case beside it."""
    if not by.viewer.reaches("cases.register", intake_unit().path):
        raise NotAllowed(_("没有这个事项，或者您无权办理。"))
    if not system.strip() or not number.strip():
        raise Refused(_("请填写系统名称和编号。"))
    if len(system.strip()) > 40 or len(number.strip()) > 80 or "\x00" in system + number:
        raise Refused(_("系统名称最多 40 字，编号最多 80 字。"))
    if ExternalRef.objects.filter(system=system.strip(), number=number.strip()).exists():
        raise Refused(_("这个外部编号已经登记过。"))
    return ExternalRef.objects.create(case=case, system=system.strip(), number=number.strip(), added_at=at)


def _clear(taking: Taking) -> None:
    case, answers = taking.subject, taking.answers
    case.title, case.text, case.cleared = answers["title"], answers["text"], True
    case.category, case.area = answers["category"], answers["area"]
    case.save(update_fields=["title", "text", "cleared", "category", "area"])


def _route(taking: Taking) -> None:
    lead: Unit = taking.answers["unit"]
    co_units: list[Unit] = [unit for unit in taking.answers["co_units"] if unit.pk != lead.pk]
    set_part(matter=taking.matter, unit=lead, role="lead", at=taking.at)
    for unit in {unit.pk: unit for unit in co_units}.values():
        set_part(matter=taking.matter, unit=unit, role="co", at=taking.at)


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


def _approve_hold(taking: Taking) -> None:
    taking.own_dates["review"] = dt.date.fromisoformat(taking.subject.request["review_on"])
    _forget_request(taking)


def _answer(taking: Taking) -> None:
    taking.subject.outcome = taking.answers["outcome"]
    taking.subject.save(update_fields=["outcome"])


def _serve(taking: Taking) -> None:
    """The time to judge runs from actual receipt: not before the answer was written, and not in the future."""
    today = day_of(taking.at)
    served_on = taking.answers["served_on"] or today
    last = taking.matter.moves.filter(step="answer").order_by("-number").first()
    if served_on > today or (last is not None and served_on < day_of(last.at)):
        raise Refused(
            _("送达日期须在答复之后、今天之前。"), fields={"served_on": _("须在答复之后，不晚于今天。")}
        )
    taking.answers["served_on"] = served_on
    taking.day0s["evaluate"] = served_on


def _evaluate(taking: Taking) -> None:
    case, answers = taking.subject, taking.answers
    if case.pk not in taking.by.viewer.own_secret:
        raise Refused(_("这个密码是工作人员给出的，不能用来评价；我们会由另一位同事打电话听您的评价。"))
    _keep_verdict(case, answers, at=taking.at, by=None)


def _record_verdict(taking: Taking) -> None:
    case, account = taking.subject, taking.by.viewer.account
    handed_out = case.submission.secrets.filter(issued_by=account).exists()
    # An earlier call-back, and opening the number to make it, are this officer's own work and no part in the case.
    own = ("record_verdict", "open_identity")
    worked_on = taking.matter.moves.filter(actor_account=account).exclude(step__in=own).exists()
    if handed_out or worked_on:
        raise Refused(_("您办理过这件事或给出过它的密码，回访评价须由另一位同事记录。"))
    _keep_verdict(case, taking.answers, at=taking.at, by=account)


def _keep_verdict(case: Case, answers: dict[str, Any], *, at: dt.datetime, by: UUID | None) -> None:
    """Keep what was said of this round. What the submitter said with their own secret stands against a call-back, so
    that nobody who knows the desk can put words in their place. That they were pressed stays said: it could be taken
    back under the eyes of whoever presses."""
    before = Verdict.objects.filter(case=case, round=case.round).first()
    if before is not None and before.taken_by is None and by is not None:
        Verdict.objects.filter(pk=before.pk).update(pressed=before.pressed or answers["pressed"])
        return
    fields = {
        "grade": answers["grade"],
        "solved": answers["solved"] == "yes",
        "pressed": answers["pressed"] or (before is not None and before.pressed),
        "at": at,
        "taken_by": by,
    }
    Verdict.objects.update_or_create(case=case, round=case.round, defaults=fields)


def _open_verdict(taking: Taking) -> None:
    """The window has ended, or the submitter chose to end it: the verdict may now be seen."""
    Verdict.objects.filter(case=taking.subject, round=taking.subject.round).update(open_to_staff=True)


def _second_round(taking: Taking) -> None:
    _open_verdict(taking)
    taking.subject.round = 2
    taking.subject.save(update_fields=["round"])


def _open_identity(taking: Taking) -> None:
    """A submitter who is hidden from the handler is opened by the intake unit alone; an anonymous one by nobody."""
    case = taking.subject
    if case.submission.anonymity == Anonymity.ANONYMOUS:
        raise Refused(_("这是匿名诉求，没有身份信息。"))
    if case.submission.anonymity == Anonymity.HIDDEN:
        sender = taking.matter.parts.filter(role="sender", until__isnull=True).select_related("unit").first()
        if sender is None or not taking.by.viewer.reaches("cases.identify", sender.unit.path):
            raise Refused(_("本人选择了对办理单位隐去身份，只有受理单位可以联系本人。"))


@transaction.atomic
def reissue_secret(*, case: Case, checked: str, by: Actor, at: dt.datetime, seen: int | None = None) -> str:
    """Take the step `reissue_secret` and return the new secret, which is shown once."""
    engine.take(
        matters=[case.pk], step="reissue_secret", by=by, at=at, answers={"checked": checked}, seen=seen
    )
    return issue_secret(submission=case.submission, at=at, issued_by=by.viewer.account)


EFFECTS = {
    "clear": _clear,
    "route": _route,
    "request_return": _remember_request,
    "agree_return": _agree_return,
    "refuse_return": _forget_request,
    "request_extension": _remember_request,
    "approve_extension": _approve_extension,
    "refuse_extension": _forget_request,
    "request_hold": _request_hold,
    "approve_hold": _approve_hold,
    "refuse_hold": _forget_request,
    "answer": _answer,
    "serve": _serve,
    "evaluate": _evaluate,
    "record_verdict": _record_verdict,
    "second_handling": _second_round,
    "second_due": _second_round,
    "close": _open_verdict,
    "open_identity": _open_identity,
}
