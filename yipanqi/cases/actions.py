"""What writes submissions and cases: filing, requests to be telephoned, numbers of other systems, secrets anew."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_bytes
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import get_language, gettext as _

from yipanqi.cases import persons
from yipanqi.cases.models import (
    Anonymity,
    CallRequest,
    Case,
    Channel,
    ExternalRef,
    How,
    Mandate,
    Relation,
    Submission,
    anonymities,
)
from yipanqi.cases.procedure import LADDER, PROCEDURES
from yipanqi.cases.queries import call_request, intake, intake_unit, may_see_calls, next_call
from yipanqi.cases.references import issue_secret, issued_secret, new_references
from yipanqi.core import access_log, engine, sealing, search, writing
from yipanqi.core.errors import Conflict, NotAllowed, Refused
from yipanqi.core.gate import Actor, Viewer
from yipanqi.core.kinds import Words as Searched, kind_named
from yipanqi.core.models import Matter, Seal, id_of_time, new_id
from yipanqi.core.procedure import Role
from yipanqi.core.terms import Limits
from yipanqi.files.actions import Taken, filed
from yipanqi.organisations.models import Area, Category, Unit
from yipanqi.organisations.parts import SEALED, new_part
from yipanqi.text import geo

KINDS = tuple(procedure.code for procedure in PROCEDURES)
ALL_KINDS = (*KINDS, *(procedure.code for procedure in LADDER))  # with what comes of a claim and nobody files
NOTICE_VERSION = "2026-11"
CHILDREN_VERSION = "2026-11"  # of the rules for children's data (PIPL 31)
LONGEST = {"title": 60, "text": 5000}  # characters; both must be filled in
LONGEST_OTHER = 200
LONGEST_LIST = {"representatives": 600, "signatories": 6000}
CALL_TIMES = (CallRequest.MORNING, CallRequest.AFTERNOON, CallRequest.EVENING)
TRIES_BEFORE_GIVING_UP = 4
LONGEST_PAST = 20_000  # of a text that was taken elsewhere, where another limit held


@dataclass(frozen=True)
class Words:
    """What somebody says, and who they are as far as they tell; `person` is for whom they speak, if not for
    themselves. Everything here is sealed."""

    title: str
    text: str
    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    place: str = ""
    person: str = ""
    person_phone: str = ""
    point: str = ""  # a geo URI (text/geo.py)
    # Who stands beside whoever files it, one a line (cases/persons.py).
    representatives: str = ""
    signatories: str = ""
    second_agent: str = ""


@dataclass(frozen=True)
class ForAnother:
    """That it is filed for somebody else, and how it was said that they may; `agreed`: the person concerned knows and
    agrees, or the guardian consents."""

    relation: str
    how: str
    agreed: bool


@dataclass(frozen=True)
class Filing:
    """One submission to be filed. `received_at`: when it was said, where that was before now; unknown (None) of the
    past alone. `history`: it was handled long ago and is kept to be found: no limit runs and nobody is told, and
    `title` and `text`, fit to be read by staff, become the case's. `external`: (system, number) of systems of record."""

    words: Words
    anonymity: str
    channel: str
    kind: str = "order"
    category: Category | None = None
    area: Area | None = None
    received_at: dt.datetime | None = None
    history: bool = False
    title: str = ""
    text: str = ""
    external: Sequence[tuple[str, str]] = ()
    matter_id: UUID | None = None
    files: Sequence[Taken] = ()
    mandate: ForAnother | None = None


@dataclass(frozen=True)
class Filed:
    """What the submitter gets: a reference, and a secret that is shown once; none where nobody is there to see it."""

    submission: Submission
    case: Case
    reference: str
    secret: str = ""


def longest(field: str, *, history: bool = False) -> int:
    """How many characters a field of what is said may have."""
    if history and field == "text":
        return LONGEST_PAST
    return (LONGEST | LONGEST_LIST).get(field, LONGEST_OTHER)


def check_words(
    words: Words,
    anonymity: str,
    kind: str,
    *,
    history: bool,
    mandate: ForAnother | None = None,
    channel: str = "",
) -> None:
    """Whether this can be filed. Raises `Refused` with the fields that are wrong."""
    wrong = _wrong_lengths(words, history=history)
    if kind not in KINDS or (history and kind in SEALED):
        wrong["kind"] = _("没有这一类诉求。") if kind else _("请从所列选项中选择。")
    if anonymity not in anonymities(kind):
        wrong["anonymity"] = _not_offered(anonymity)
    if anonymity == Anonymity.ANONYMOUS and (words.name or words.phone or words.email or words.address):
        wrong["anonymity"] = _("匿名提交不能带姓名和联系方式；请清空它们，或改选不匿名的一项。")
    wrong |= _wrong_mandate(words, anonymity, mandate, kind)
    wrong |= persons.wrong(words, anonymity, channel, mandate.relation if mandate else "")
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)


def _wrong_mandate(words: Words, anonymity: str, mandate: ForAnother | None, kind: str) -> dict[str, str]:
    """Who is named must be spoken for, and who is spoken for must agree. Of an anonymous voice the relation alone is
    kept: a name would say who it is that helps. An agent brings a claim with a mandate in writing (山东省信访条例 28)."""
    named = bool(words.person.strip() or words.person_phone.strip())
    if mandate is None:
        return {"person": _("为自己反映的，不填别人的姓名和电话。")} if named else {}
    wrong = {}
    if mandate.relation not in Relation.values:
        wrong["relation"] = _("请从所列选项中选择。")
    if mandate.how not in How.values:
        wrong["how"] = _("请从所列选项中选择。")
    if kind == "claim" and mandate.relation == Relation.HELPER and mandate.how == How.ORAL:
        wrong["how"] = _("申诉求决由别人代办的，要看本人签名的书面委托书，或者本人也在场。")
    if anonymity == Anonymity.ANONYMOUS and named:
        wrong["person"] = _("匿名提交不能带本人的姓名和电话；请清空它们，或改选不匿名的一项。")
    if anonymity != Anonymity.ANONYMOUS and not words.person.strip():
        wrong["person"] = _("请填写替谁反映。")
    if not mandate.agreed:
        guardian = mandate.relation == Relation.GUARDIAN
        wrong["agreed"] = _("请由监护人勾选同意。") if guardian else _("请先问过本人，再勾选。")
    return wrong


def _not_offered(anonymity: str) -> str:
    if anonymity == Anonymity.HIDDEN:
        return _("申诉求决要由办理单位听取本人意见并送达，不能对它隐去身份；可以选“只让办理单位知道”。")
    if anonymity == Anonymity.HANDLER_ONLY:
        return _("“只让办理单位知道”只用于申诉求决；这里可以选“对办理单位隐去身份”。")
    return _("请从所列选项中选择。")


def _wrong_lengths(words: Words, *, history: bool) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for field in Words.__dataclass_fields__:
        value, most = getattr(words, field), longest(field, history=history)
        if len(value) > most:
            wrong[field] = _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": most, "m": len(value)}
        elif "\x00" in value:
            wrong[field] = _("含有不能保存的字符。")
        elif field in LONGEST and not value.strip():
            wrong[field] = _("请填写。")
    if words.point and geo.read(words.point) is None:
        wrong["point"] = _("地图上的点读不出来，请重新指一次，或者去掉它。")
    return wrong


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
    files: Sequence[Taken] = (),
    mandate: ForAnother | None = None,
) -> Filed:
    """Take in what somebody said: a submission, sealed, and its case. The same for portal, desk and API."""
    filing = Filing(
        words,
        anonymity,
        channel,
        kind,
        category,
        area,
        matter_id=matter_id,
        files=files,
        mandate=mandate,
    )
    return file_submissions(filings=[filing], by=by, at=at)[0]


def file_submissions(
    *,
    filings: Sequence[Filing],
    by: Actor,
    at: dt.datetime,
    secrets_for: bool = True,
    sender: Unit | None = None,
) -> list[Filed]:
    """Take in what several said, all or nothing, in as many statements as for one. `secrets_for`: somebody is there
    who passes on the secrets (who imports a file does not: they are given out at the counter). `sender`: takes it in instead of the intake unit
    (the samples of a role's preview).

    A clerk (role sender) needs `cases.register` at the intake unit, or for history `cases.import`. Raises `Refused`
    with the fields that are wrong.
    """
    unit, limits = intake()
    unit = sender or unit
    for filing in filings:
        needs = "cases.import" if filing.history else "cases.register"
        if by.role == Role.SENDER and not (by.is_system or by.viewer.reaches(needs, unit.path)):
            raise NotAllowed(_("您没有登记诉求的权限。"))
        check_words(
            filing.words,
            filing.anonymity,
            filing.kind,
            history=filing.history,
            mandate=filing.mandate,
            channel=filing.channel,
        )
    with transaction.atomic(savepoint=False):
        return _file(filings, unit, limits, by, at, secrets_for=secrets_for)


def _file(
    filings: Sequence[Filing], unit: Unit, limits: Limits, by: Actor, at: dt.datetime, *, secrets_for: bool
) -> list[Filed]:
    words = [
        {
            **{n: getattr(f.words, n).strip() for n in Words.__dataclass_fields__},
            "salt": token_bytes(32).hex(),
        }
        for f in filings
    ]
    seals, texts = sealing.sealed(words)
    submissions = [
        _submission(filing, fields, seal, code, by, at)
        for filing, fields, seal, code in zip(
            filings, words, seals, new_references(len(filings)), strict=True
        )
    ]
    openings = [
        engine.Opening(
            procedure=filing.kind,
            step="record" if filing.history else kind_named(filing.kind).procedure.initial.name,
            matter_id=filing.matter_id or (id_of_time(filing.received_at) if filing.history else new_id()),
            units={Role.SENDER: unit.pk},
            payload=_first_payload(filing, submission),
            subject=submission,
        )
        for filing, submission in zip(filings, submissions, strict=True)
    ]
    matters, rows = engine.opened(openings=openings, by=by, at=at, limits=limits)
    given: list[Model] = [*seals, *texts, *submissions]
    done = []
    for filing, submission, matter in zip(filings, submissions, matters, strict=True):
        case = _case(filing, submission, matter)
        given += case_rows(case, unit, at)
        given += filed(filing.files, submission.seal.box)
        given += [ExternalRef(case=case, system=s, number=n, added_at=at) for s, n in filing.external]
        given += _mandate(filing.mandate, submission)
        secret = ""
        if secrets_for and not filing.history:
            secret, row = issued_secret(submission=submission, at=at, issued_by=by.viewer.account)
            given.append(row)
        done.append(Filed(submission, case, submission.reference_id, secret))
    writing.insert([*rows, *given])
    return done


def _mandate(given: ForAnother | None, submission: Submission) -> list[Model]:
    if given is None:
        return []
    rules = CHILDREN_VERSION if given.relation == Relation.GUARDIAN else ""
    return [Mandate(submission=submission, relation=given.relation, how=given.how, rules=rules)]


def _first_payload(filing: Filing, submission: Submission) -> dict[str, object]:
    """What the ledger commits to: the words, and each file."""
    payload: dict[str, object] = {"channel": filing.channel, "submission": submission.digest.hex()}
    return payload | {"files": [each.digest for each in filing.files]} if filing.files else payload


def _submission(
    filing: Filing, fields: Mapping[str, str], seal: Seal, code: str, by: Actor, at: dt.datetime
) -> Submission:
    # The salt is sealed with the words: the digest in the ledger says nothing of them to anybody else.
    salt = bytes.fromhex(fields["salt"])
    submission = Submission(
        id=id_of_time(filing.received_at) if filing.history else new_id(),
        reference_id=code,
        kind=filing.kind,
        channel=Channel(filing.channel),
        anonymity=filing.anonymity,
        received_at=filing.received_at if filing.history else filing.received_at or at,
        seal=seal,
        digest=hashlib.sha256(salt + fields["title"].encode() + b"\0" + fields["text"].encode()).digest(),
        has_contact=any(fields[name] for name in ("phone", "email", "address", "person_phone")),
        notice_version=NOTICE_VERSION,
        language=get_language() or "zh-hans",
        recorded_by=by.viewer.account,
    )
    submission.left = frozenset(name for name in ("email", "phone") if fields[name])
    return submission


def _case(filing: Filing, submission: Submission, matter: Matter) -> Case:
    case = Case(
        matter=matter,
        submission=submission,
        number=submission.reference_id,
        category=filing.category,
        area=filing.area,
        open=matter.open,
    )
    if filing.history:
        case.title = filing.title or filing.words.title.strip()
        case.text = filing.text or filing.words.text.strip()
        case.cleared = bool(filing.category and filing.area)
    return case


def case_rows(case: Case, sender: Unit, at: dt.datetime) -> list[Model]:
    """A case that is being opened with what stands beside it, for the caller to insert with its matter."""
    part = new_part(matter=case.matter, unit=sender, role="sender", at=at)
    if case.matter.procedure in SEALED:
        return [case, part]  # in no index
    return [case, part, search.entry(Searched(case.pk, case.number, case.title, case.text))]


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


@transaction.atomic
def reissue_secret(*, case: Case, checked: str, by: Actor, at: dt.datetime, seen: int | None = None) -> str:
    """Take the step `reissue_secret` and return the new secret, which is shown once."""
    engine.take(
        matters=[case.pk], step="reissue_secret", by=by, at=at, answers={"checked": checked}, seen=seen
    )
    return issue_secret(submission=case.submission, at=at, issued_by=by.viewer.account)


@transaction.atomic
def end_mandate(
    *, case: Case, answers: Mapping[str, object], by: Actor, at: dt.datetime, seen: int | None = None
) -> str:
    """Take the step `end_mandate` for the person concerned and return the secret that is theirs, shown once."""
    engine.take(matters=[case.pk], step="end_mandate", by=by, at=at, answers=answers, seen=seen)
    return issue_secret(submission=case.submission, at=at, issued_by=by.viewer.account)


def ask_to_be_called(
    *,
    request: UUID,
    phone: str,
    at: dt.datetime,
    name: str = "",
    about: str = "",
    suits: str = "",
    submission: Submission | None = None,
) -> bool:
    """Keep that somebody asks to be telephoned; False where this very request was kept before (a double click).

    Whoever gives a number here gives it for this one call: an anonymous submission stays without a contact.
    """
    given = {"number": phone.strip(), "name": name.strip(), "about": about.strip()}
    wrong = {
        field: _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": LONGEST_OTHER, "m": len(value)}
        for field, value in given.items()
        if len(value) > LONGEST_OTHER
    }
    wrong |= {field: _("含有不能保存的字符。") for field, value in given.items() if "\x00" in value}
    if not given["number"]:
        wrong["number"] = _("请填写。")
    if suits not in ("", *CALL_TIMES):
        wrong["suits"] = _("请从所列选项中选择。")
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)
    try:
        with transaction.atomic():
            [seal], texts = sealing.sealed([given])
            row = CallRequest(
                id=request,
                seal=seal,
                submission=submission,
                suits=suits,
                language=get_language() or "zh-hans",
                asked_at=at,
            )
            writing.insert([seal, *texts, row])
    except IntegrityError as error:
        # The portal's role can put requests in and read none: that it is there is told by its key alone.
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "cases_callrequest_pkey":
            raise
        return False
    return True


def open_call_request(*, request: UUID, by: Viewer, at: dt.datetime) -> tuple[CallRequest, dict[str, str]]:
    """The request with its number and words, for whoever is about to call; the look is written down."""
    row = call_request(request, by)
    if row is None:
        raise NotAllowed(_("没有这个请求，或者已经有人办了。"))
    access_log.note(account=by.account, page="call", at=at, fields=["number", "name", "about"])
    return row, sealing.open_seal(row.seal_id)


@transaction.atomic
def log_call_request(*, request: UUID, outcome: str, by: Viewer, at: dt.datetime) -> CallRequest:
    """Note what came of a call. Not reached or not now: it waits for an hour, after each second try until the next day.
    Everything else closes the request, and its number can be read no more."""
    row = CallRequest.objects.select_for_update().filter(pk=request).first()
    if row is None or not may_see_calls(by):
        raise NotAllowed(_("没有这个请求，或者已经有人办了。"))
    if row.closed_at is not None:
        raise Conflict(_("已经有人办了这个请求。"))
    if outcome in ("no_answer", "later"):
        row.tries += 1
        row.call_after = next_call(at, last_today=row.tries % 2 == 0)
        row.save(update_fields=["tries", "call_after"])
        return row
    if outcome not in (CallRequest.SETTLED, CallRequest.DECLINED, CallRequest.NOT_REACHED):
        raise Refused(_("请从所列选项中选择。"))
    if outcome == CallRequest.NOT_REACHED and row.tries < TRIES_BEFORE_GIVING_UP:
        raise Refused(_("至少打过 %(n)d 次没有人接，才能不再打。") % {"n": TRIES_BEFORE_GIVING_UP})
    _close_call(row, outcome, by, at)
    return row


@transaction.atomic
def close_call_with_case(*, request: UUID, submission: Submission, by: Viewer, at: dt.datetime) -> None:
    """What was said on the telephone became a case; nothing where a colleague has closed the request meanwhile, for what
    was filed must not be lost over it."""
    row = CallRequest.objects.select_for_update().filter(pk=request, closed_at__isnull=True).first()
    if row is None or not may_see_calls(by):
        return
    row.submission = submission
    _close_call(row, CallRequest.CASE, by, at)


def _close_call(row: CallRequest, outcome: str, by: Viewer, at: dt.datetime) -> None:
    row.outcome, row.closed_at, row.taken_by = outcome, at, by.unit
    row.save(update_fields=["outcome", "closed_at", "taken_by", "submission"])
    sealing.erase(row.seal_id)
