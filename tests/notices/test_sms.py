"""Text messages: an interface with a file behind it, the same key for every try, and nothing that leads to a case."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.db import transaction

from tests.factories import EPOCH, City, bring_to, file, make_city
from yipanqi.cases.actions import Words
from yipanqi.core.models import AccessLog, Move
from yipanqi.notices import channels, delivery
from yipanqi.notices.actions import tell
from yipanqi.notices.channels import NotTaken, Sms, Unreachable
from yipanqi.notices.models import Message

pytestmark = pytest.mark.django_db

CALLED = "+86 199 0000 0731"


@pytest.fixture
def city() -> City:
    return make_city()


def filed(city: City, phone: str = CALLED, email: str = "", state: str = "") -> None:
    found = file(city, at=EPOCH, words=Words("路灯不亮", "三号杆不亮", name="甲某", phone=phone, email=email))
    if state:
        bring_to(city, found, state, EPOCH)
    tell(moves=Move.objects.values_list("pk", flat=True), at=EPOCH)


@pytest.fixture
def spool(settings: Any, tmp_path: Path) -> Path:
    # Its keys stay where they are.
    (tmp_path / "keys").symlink_to(Path(settings.HOME) / "keys")
    settings.SMS, settings.HOME = "file", tmp_path
    return tmp_path / "outbox" / "sms.jsonl"


class Provider:
    """A provider of a city's own, named by the setting. It drops what it has had before."""

    had: ClassVar[dict[str, str]] = {}
    calls: ClassVar[list[str]] = []
    fault: ClassVar[Exception | None] = None

    def open(self) -> None: ...

    def send(self, *, number: str, text: str, key: str) -> None:
        type(self).calls.append(key)
        if self.fault is not None:
            raise self.fault
        self.had[key] = number

    def close(self) -> None: ...


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[Provider]:
    settings.SMS = f"{__name__}.Provider"
    for name, value in (("had", {}), ("calls", []), ("fault", None)):
        monkeypatch.setattr(Provider, name, value)
    return Provider


def test_without_a_provider_no_text_message_is_written_down(city: City) -> None:
    filed(city, state="served")
    assert Message.objects.count() == 0


def test_a_provider_of_the_citys_own_gets_number_text_and_key(city: City, provider: type[Provider]) -> None:
    made: Sms = channels.sms()  # it fits the interface
    assert isinstance(made, Provider)
    filed(city, state="served")
    assert delivery.deliver(at=EPOCH).sent == 4
    assert len(provider.had) == 4
    assert set(provider.had.values()) == {"19900000731"}
    assert set(AccessLog.objects.values_list("fields", flat=True)) == {"phone"}


def test_a_file_has_a_line_a_message_which_leads_to_no_case(city: City, spool: Path) -> None:
    filed(city)
    assert delivery.deliver(at=EPOCH).sent == 1
    assert spool.stat().st_mode & 0o777 == 0o600
    [line] = [json.loads(text) for text in spool.read_text(encoding="utf-8").splitlines()]
    assert line["number"] == "19900000731"
    assert line["text"] == "您提交的内容有新进展，请在网上用查询号和密码查看，或拨打0531-00000000。"
    assert len(line["key"]) == 32


def test_the_key_is_the_same_for_a_message_that_was_sent_and_not_marked(
    city: City, provider: type[Provider]
) -> None:
    filed(city)
    with transaction.atomic():
        delivery.deliver(at=EPOCH)
        transaction.set_rollback(True)  # what a killed worker leaves
    delivery.deliver(at=EPOCH)
    assert len(provider.calls) == 2
    assert len(provider.had) == 1


@pytest.mark.parametrize(("fault", "tries", "away"), [(NotTaken("full"), 1, False), (Unreachable(), 0, True)])
def test_what_a_provider_does_not_take_waits(
    city: City,
    provider: type[Provider],
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    tries: int,
    away: bool,
) -> None:
    filed(city)
    monkeypatch.setattr(provider, "fault", fault)
    assert delivery.deliver(at=EPOCH).away == away
    assert Message.objects.get().tries == tries
    monkeypatch.setattr(provider, "fault", None)
    assert delivery.deliver(at=EPOCH + dt.timedelta(minutes=1)).sent == 1


@pytest.mark.parametrize("phone", ["0531-12345678", "12345", "199", "19900000731 199 0000 0732"])
def test_what_is_no_mobile_telephone_is_sent_nothing(
    city: City, provider: type[Provider], phone: str
) -> None:
    filed(city, phone)
    assert delivery.deliver(at=EPOCH).sent == 0
    assert Message.objects.get().state == Message.DROPPED
    assert provider.calls == []


def test_whoever_left_both_is_told_once_and_by_mail(city: City, provider: type[Provider]) -> None:
    filed(city, email="zqsenm00@home.example")
    assert Message.objects.get().channel == Message.EMAIL
