"""Recovery: an act of the security administrator with a reason on the record, and a code that works once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, City, make_city
from tests.people.devices import App, app_of
from tests.people.doors import browser, codes_of, field_of, is_in, password, second
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, signed_in, text_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.models import Change
from yipanqi.people.actions import deactivate_account, reset_account
from yipanqi.people.models import Factor, OneTimeCode

pytestmark = pytest.mark.django_db
NEW = "seven kettles on a roof"
WHY = "本人持工作证当面申请。"


@pytest.fixture
def city() -> City:
    return make_city()


def reset(city: City, clock: Clock, login: str = "clerk") -> str:
    return reset_account(account=city.accounts[login], reason=WHY, by=city.viewer("secadmin"), at=clock.now)


def set_up(code: str, login: str = "clerk", new: str = NEW, client: Client | None = None) -> Any:
    typed = {"login": login, "code": code, "new": new, "again": new}
    return (client or browser()).post(reverse("desk:set_up"), typed)


def test_a_reset_takes_all_away_at_once_and_stands_on_the_record(
    city: City, clock: Clock, settings: Any
) -> None:
    app, codes = app_of(city.accounts["clerk"], clock.now)
    client = browser()
    password(client, "clerk")
    second(client, app.code(clock.now))
    assert is_in(client)
    admin = signed_in(city, "secadmin", EN)
    path = reverse("desk:reset", args=[city.accounts["clerk"].pk])
    again = f"{reverse('desk:confirm')}?next={quote(path, safe='')}"
    assert [admin.get(path)["Location"], admin.post(path, {"reason": WHY})["Location"]] == [again, again]
    assert is_in(client)
    assert admin.post(reverse("desk:confirm"), {"password": PASSWORD, "next": path})["Location"] == path
    assert "shown once" in text_of(admin.get(path))
    refused = admin.post(path, {"reason": " "})
    assert refused.status_code == 422
    assert "Say why it is reset" in text_of(refused)
    shown = text_of(admin.post(path, {"reason": WHY}))
    code = re.findall(r'<dd class="secret-code">([^<]*)</dd>', shown)[0]
    assert not is_in(client)
    assert password(browser(), "clerk").status_code == 422, "the old password is void"
    assert not Factor.objects.exists()
    row = Change.objects.filter(what="account", object_id="clerk").order_by("-id")[0]
    assert (row.account, row.after) == (city.accounts["secadmin"].pk, {"reset": True, "reason": WHY})
    assert code not in str(list(Change.objects.values())) + str(list(OneTimeCode.objects.values()))
    assert codes[0] not in shown


def test_with_the_code_password_and_factor_are_set_anew(city: City, clock: Clock, required: None) -> None:
    app_of(city.accounts["clerk"], clock.now)
    code, client = reset(city, clock), browser()
    answer = set_up(code.lower(), client=client)
    assert answer["Location"] == reverse("desk:factor")
    assert not is_in(client), "not before the factor is set up as well"
    page = client.get(reverse("desk:factor"))
    app = App(text_of(page).split('<code class="code key">')[1].split("<")[0].replace(" ", ""))
    typed = {"secret": field_of(page, "secret"), "code": app.code(clock.now)}
    assert len(codes_of(client.post(reverse("desk:factor"), typed))) == 10
    assert is_in(client)
    clock.forward(seconds=30)
    again = browser()
    assert password(again, "clerk", NEW)["Location"] == reverse("desk:second")
    assert second(again, app.code(clock.now)).status_code == 302


def test_a_code_works_once_for_a_day_and_for_its_account(city: City, clock: Clock) -> None:
    code = reset(city, clock)
    assert set_up(code, "insider").status_code == 422
    assert set_up(code, new="short").status_code == 422, "a bad password uses no code up"
    assert set_up(code).status_code == 302
    assert set_up(code).status_code == 422
    late = reset(city, clock)
    clock.forward(hours=24, seconds=1)
    assert set_up(late).status_code == 422


def test_a_code_that_was_replaced_used_or_belongs_to_a_shut_account_is_never_revived(
    city: City, clock: Clock
) -> None:
    first = reset(city, clock)
    second_ = reset(city, clock)
    assert set_up(first).status_code == 422
    assert set_up(second_).status_code == 302
    third = reset(city, clock)
    for old in (first, second_):
        assert set_up(old).status_code == 422
    account = city.accounts["clerk"]
    deactivate_account(account=account, by=city.accounts["secadmin"].pk, at=clock.now)
    assert set_up(third).status_code == 422
    account.is_active = True
    account.save()
    assert set_up(third).status_code == 422, "opened again, it is void all the same"
    assert OneTimeCode.objects.filter(spent_at__isnull=True).count() == 0


def test_nobody_resets_their_own_and_no_other_administrator_resets_any(city: City, clock: Clock) -> None:
    with pytest.raises(Refused, match="自己"):
        reset(city, clock, "secadmin")
    for login in ("sysadmin", "audadmin", "clerk", "deputy"):
        with pytest.raises(NotAllowed):
            reset_account(account=city.accounts["insider"], reason=WHY, by=city.viewer(login), at=clock.now)


def test_an_unknown_login_and_a_wrong_code_are_told_alike(city: City, clock: Clock) -> None:
    reset(city, clock)

    def told(login: str) -> str:
        answer = set_up("AAAA-BBBB-CCCC-DDDD", login)
        assert answer.status_code == 422
        page = re.sub(r'value="[A-Za-z0-9]{64}"|nonce="[^"]*"', "", text_of(answer))
        return page.replace(f'value="{login}"', "")

    assert told("clerk") == told("insider") == told("nobody")


def test_guesses_at_a_code_meet_the_wall(city: City, clock: Clock) -> None:
    code = reset(city, clock)
    assert [set_up("AAAA").status_code for _n in range(6)] == [422] * 6
    assert set_up(code).status_code == 429
    clock.forward(minutes=6)
    assert set_up(code).status_code == 302


def test_nothing_is_recovered_by_mail(city: City) -> None:
    page = text_of(browser(language="en").get(reverse("desk:set_up")))
    assert "Nothing is recovered by e-mail" in page


@pytest.mark.django_db(transaction=True)
def test_the_first_security_administrator_is_made_on_the_machine_itself(city: City) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "yipanqi.commands.main", "accounts", "set-up", *words]
        return subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)

    assert run("first", "--reason", "示例").returncode == 1
    told = run("first", "--reason", "开通", "--name", "示例甲")
    assert told.returncode == 0, told.stderr
    assert set_up(told.stdout.split()[-1], "first").status_code == 302
    made, was_reset = Change.objects.filter(object_id="first").order_by("id")[:2]
    assert (made.account, made.after) == (None, {"duty": "security"})
    assert (was_reset.account, was_reset.after) == (None, {"reset": True, "reason": "开通"})
