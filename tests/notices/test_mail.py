"""E-mail to submitters, by a real SMTP server: what goes out, to whom, and what becomes of what cannot."""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from config.mail import mail_server
from tests.access.outlets import logging_to
from tests.factories import EPOCH, City, bring_to, file, make_city, take
from tests.notices.post_office import SENDER, PostOffice, body_of, post_office
from yipanqi.cases.actions import Filed, Words
from yipanqi.core import sealing
from yipanqi.core.models import AccessLog, Leaf, Move
from yipanqi.core.procedure import Role
from yipanqi.notices import delivery
from yipanqi.notices.actions import set_silence, tell, try_again
from yipanqi.notices.models import Message

pytestmark = pytest.mark.django_db

EMAIL = "zqsenm00@home.example"
SAID = Words("Zqsent00 路灯不亮", "Zqsenx00 三号杆不亮", name="Zqsenn00", phone="19900000731", email=EMAIL)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with post_office() as office:
        settings.MAIL_SERVER = mail_server(office.url)
        settings.CSRF_TRUSTED_ORIGINS = ["https://city.example"]
        yield office


def filed(
    city: City, *, state: str = "", language: str = "zh-hans", words: Words = SAID, **more: Any
) -> Filed:
    with translation.override(language):
        found = file(city, at=EPOCH, words=words, **more)
    if state:
        bring_to(city, found, state, EPOCH)
    return found


def tell_all() -> None:
    tell(moves=Move.objects.values_list("pk", flat=True), at=EPOCH)


def deliver(at: dt.datetime = EPOCH) -> int:
    return delivery.deliver(at=at).sent


def states() -> list[str]:
    return list(Message.objects.order_by("move__number").values_list("state", flat=True))


@pytest.mark.parametrize(
    ("language", "subject", "says"),
    [
        ("zh-hans", "已经收到", "您提交的内容已经收到"),
        ("en", "We received it", "we received what you sent us"),
    ],
)
def test_a_receipt_goes_to_the_address_that_was_left_in_the_language_of_the_filing(
    city: City, office: PostOffice, language: str, subject: str, says: str
) -> None:
    found = filed(city, language=language)
    tell_all()
    assert deliver() == 1
    [mail] = office.mail
    assert office.envelopes == [(SENDER, [EMAIL])]
    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, EMAIL, subject)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    body = body_of(mail)
    assert says in body
    assert f"https://city.example/track/{found.reference}/" in body
    assert "0531-00000000" in body
    assert found.secret not in body
    assert "{" not in body


def test_each_step_that_tells_the_submitter_sends_one_message_and_names_no_step(
    city: City, office: PostOffice
) -> None:
    filed(city, state="served")
    tell_all()
    deliver()
    assert [m["Subject"] for m in office.mail] == ["已经收到", "有新进展", "有新进展", "等您看一看"]
    assert "2026年1月" in body_of(office.mail[-1])  # the last day of the limit that runs for the submitter
    assert not any(" 之前" in body_of(m) for m in office.mail[:-1])


def test_nothing_in_a_message_says_what_it_is_about_who_asked_or_who_is_responsible(
    city: City, office: PostOffice
) -> None:
    filed(city, state="served")
    tell_all()
    deliver()
    for mail in office.mail:
        told = "\n".join(
            [*(f"{name}: {value}" for name, value in mail.items() if name != "To"), body_of(mail)]
        )
        for word in (
            "Zqsen",
            "路灯",
            "三号杆",
            "示例路灯处",
            "示例道路处",
            "已修好",
            "19900000731",
            "转",
            "接收",
            "送达",
            "甲",
        ):
            assert word not in told, word


def test_whoever_left_no_address_or_is_anonymous_is_sent_nothing(city: City, office: PostOffice) -> None:
    filed(city, state="served", words=Words("路灯不亮", "三号杆不亮", name="甲某", phone="19900000731"))
    filed(city, state="served", anonymity="anonymous")
    tell_all()
    assert deliver() == 0
    assert Message.objects.count() == 0


def test_any_number_of_runs_leaves_one_message_and_sends_it_once(city: City, office: PostOffice) -> None:
    filed(city)
    for _time in range(3):
        tell_all()
        deliver()
    assert states() == ["sent"]
    assert len(office.mail) == 1


def test_silence_keeps_messages_back_even_those_that_wait(city: City, office: PostOffice) -> None:
    found = filed(city)
    tell_all()
    set_silence(submission=found.submission, silent=True)
    assert deliver() == 0
    bring_to(city, found, "handling", EPOCH)
    tell_all()
    assert states() == ["dropped"]
    set_silence(submission=found.submission, silent=False)
    take(found.case.pk, "answer", city.actor("insider"), EPOCH, text="已修好。", outcome="solved")
    take(found.case.pk, "serve", city.actor("auditor"), EPOCH, method="portal", proof="示例")
    tell(moves=Move.objects.filter(step="serve").values_list("pk", flat=True), at=EPOCH)
    assert deliver() == 1


def test_an_erased_person_is_sent_nothing(city: City, office: PostOffice) -> None:
    found = filed(city)
    tell_all()
    sealing.erase(found.submission.seal_id)
    assert deliver() == 0
    assert states() == ["dropped"]


@pytest.mark.parametrize(
    "address",
    ["a@b.example, c@d.example", "a@b.example>\r\nBcc: c@d.example", '"a\r\nBcc: c@d.example"@b.example',
     "a b@c.example", "nobody", "a@b.example\x00", "@", "张三@例子.example"],
)  # fmt: skip
def test_what_is_not_one_mailbox_is_sent_nothing(city: City, office: PostOffice, address: str) -> None:
    words = Words("路灯不亮", "三号杆不亮", email=address.replace("\x00", ""))
    if "\x00" in address:
        address = ""
    filed(city, words=words)
    tell_all()
    deliver()
    recipients = [to for _sender, all_ in office.envelopes for to in all_]
    assert recipients in ([], ["a@b.example"])
    assert not any("c@d.example" in str(value) for mail in office.mail for value in mail.values())


def test_each_opening_of_an_address_is_written_down_without_it(city: City, office: PostOffice) -> None:
    found = filed(city)
    tell_all()
    deliver()
    assert list(AccessLog.objects.values_list("page", "account", "matter", "fields")) == [
        ("message", None, found.case.pk, "email")
    ]


# --- what cannot be sent ---------------------------------------------------------------------------------------------


def test_while_the_provider_is_away_everything_waits_and_nobody_is_blamed_or_opened(
    city: City, office: PostOffice, settings: Any
) -> None:
    settings.MAIL_SERVER = mail_server(f"smtp://127.0.0.1:1?from={SENDER}")
    filed(city, state="served")
    tell_all()
    for hour in range(30):
        done = delivery.deliver(at=EPOCH + dt.timedelta(hours=hour))
        assert (done.sent, done.away) == (0, True)
    assert states() == ["waiting"] * 4
    assert set(Message.objects.values_list("tries", flat=True)) == {0}
    assert AccessLog.objects.count() == 0
    settings.MAIL_SERVER = mail_server(office.url)
    assert deliver(EPOCH + dt.timedelta(hours=30)) == 4


def test_when_everything_is_refused_for_half_an_hour_all_goes_out_within_five_minutes_after_it(
    city: City, office: PostOffice
) -> None:
    for _n in range(3):
        filed(city)
    tell_all()
    office.answer = lambda _message: "554 no"
    for minute in range(30):
        assert deliver(EPOCH + minute * MINUTE) == 0
    assert states() == ["waiting"] * 3
    office.answer = lambda _message: "250 OK"
    sent = [deliver(EPOCH + minute * MINUTE) for minute in range(30, 36)]
    assert sum(sent) == 3
    assert len(set(office.ids)) == 3  # however often each was tried


def test_a_message_that_is_never_taken_is_given_up_and_told_without_its_address(
    city: City, office: PostOffice
) -> None:
    filed(city)
    good = filed(city, words=Words("路灯不亮", "三号杆不亮", email="good@home.example"))
    tell_all()
    office.answer = lambda mail: "250 OK" if "good" in mail["To"] else f"550 no {EMAIL}"
    log = io.StringIO()
    with logging_to(log):
        for minute in range(80):
            deliver(EPOCH + minute * MINUTE)
    assert Message.objects.get(submission=good.submission).state == "sent"
    [dead] = Message.objects.filter(state="dead")
    assert (dead.tries, dead.why) == (delivery.TRIES, "smtp 550")
    assert "given up after 10 tries: smtp 550" in log.getvalue()
    assert EMAIL not in log.getvalue()
    assert try_again(by=city.viewer("sysadmin"), at=EPOCH + 80 * MINUTE) == 1
    office.answer = lambda _mail: "250 OK"
    assert deliver(EPOCH + 80 * MINUTE) == 1
    assert len(set(office.ids)) == 2


def test_a_server_that_breaks_off_keeps_one_message_and_not_the_others(
    city: City, office: PostOffice
) -> None:
    for _n in range(3):
        filed(city)
    tell_all()
    answers = iter(["421 going away", "250 OK", "250 OK", "250 OK"])
    office.answer = lambda _mail: next(answers)
    assert deliver() == 2
    assert deliver(EPOCH + MINUTE) == 1


def test_our_own_fault_in_one_message_keeps_no_other(
    city: City, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _second = filed(city), filed(city)
    tell_all()
    link_to = delivery.link_to

    def fail(reference: str) -> str:
        if reference == first.reference:
            raise ZeroDivisionError
        return link_to(reference)

    monkeypatch.setattr(delivery, "link_to", fail)
    monkeypatch.setattr(logging.getLogger("yipanqi.notices.delivery"), "disabled", True)
    assert deliver() == 1
    assert Message.objects.get(state="waiting").why == "error"


def test_without_a_mail_server_a_file_shows_it_and_no_seal_is_opened(
    city: City, settings: Any, tmp_path: Path
) -> None:
    settings.MAIL_SERVER, settings.HOME = None, tmp_path
    filed(city)
    tell_all()
    assert deliver() == 1
    [eml] = (tmp_path / "outbox").iterdir()
    assert eml.stat().st_mode & 0o777 == 0o600
    assert b"Auto-Submitted: auto-generated" in eml.read_bytes()
    assert EMAIL.encode() not in eml.read_bytes()
    assert AccessLog.objects.count() == 0


# --- the sweeper -----------------------------------------------------------------------------------------------------


def sequenced() -> None:
    from yipanqi.core import ledger

    ledger.sequence()


def test_moves_that_no_job_has_told_are_told_from_the_log_once(city: City, office: PostOffice) -> None:
    from yipanqi.notices.actions import follow
    from yipanqi.notices.models import Followed, Notice

    filed(city, state="served")
    sequenced()
    last = Leaf.objects.order_by("-number").values_list("number", flat=True)[0]
    Followed.objects.update_or_create(name="log", defaults={"leaf": last})
    assert follow(at=EPOCH) == 0
    assert Message.objects.count() == Notice.objects.count() == 0
    filed(city, state="served")
    sequenced()
    told = Move.objects.filter(step="route").order_by("-pk")[:1]
    tell(moves=told.values_list("pk", flat=True), at=EPOCH)  # one job ran
    assert follow(at=EPOCH) == Leaf.objects.count() // 2
    assert follow(at=EPOCH) == 0
    assert deliver() == 4
    assert Notice.objects.count() == 5


# --- who hears of it at all ------------------------------------------------------------------------------------------


def jobs() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'matter_moved'")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("words", "anonymity", "expected"),
    [
        (SAID, "named", 1),
        (Words("路灯不亮", "三号杆不亮", name="甲某", phone="19900000731"), "named", 0),
        (Words("路灯不亮", "三号杆不亮"), "anonymous", 0),
    ],
)
def test_a_filing_enqueues_a_job_only_where_somebody_can_be_told(
    city: City, words: Words, anonymity: str, expected: int
) -> None:
    before = jobs()
    filed(city, words=words, anonymity=anonymity)
    assert jobs() - before == expected


def test_a_role_is_told_by_the_step_and_not_by_its_name() -> None:
    assert Role.SUBMITTER in Role  # the reaction knows roles, never steps
    source = Path("yipanqi/notices/actions.py").read_text(encoding="utf-8")
    for step in ("route", "accept", "serve", "issue"):
        assert f'"{step}"' not in source
