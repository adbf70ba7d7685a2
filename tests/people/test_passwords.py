"""Passwords: two profiles, said before anything is typed; a change asks for the old one and ends other sessions."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, City, make_city
from tests.people.doors import browser, is_in, password
from tests.web.conftest import Clock
from tests.web.desk_helpers import text_of
from yipanqi.people import passwords
from yipanqi.people.models import Account

pytestmark = pytest.mark.django_db
NEW = "seven kettles on a roof"


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.mark.parametrize(
    ("profile", "tried", "faults"),
    [
        ("asvs", "kettleskett", 1),
        ("asvs", "kettleskettl", 0),
        ("asvs", "只用汉字也可以作为密码的", 0),
        ("asvs", "passwordpassword", 0),
        ("asvs", "qwertyuiop123", 1),
        ("asvs", "my CLERK is here", 1),
        ("asvs", "ＣＬＥＲＫ in full width", 1),
        ("asvs", "甲某某的密码是秘密哦哦", 2),
        ("mlps", "kettles on a roof", 1),
        ("mlps", "Kettles on a roof", 0),
        ("mlps", "Kettles9", 1),
    ],
)
def test_what_each_profile_refuses(settings: Any, profile: str, tried: str, faults: int) -> None:
    settings.PASSWORD_PROFILE = profile
    account = Account(login="clerk", name="甲某某")
    assert len(passwords.faults(tried, account)) == faults, passwords.faults(tried, account)


@pytest.mark.parametrize("profile", passwords.PROFILES)
def test_the_rules_stand_on_every_page_that_takes_a_password(city: City, settings: Any, profile: str) -> None:
    settings.PASSWORD_PROFILE = profile
    client = browser(language="en")
    asked = text_of(client.get(reverse("desk:set_up")))
    password(client, "clerk")
    for page in (asked, text_of(client.get(reverse("desk:password")))):
        assert "At least 12 characters" in page
        assert ("every 90 days" in page) == (profile == "mlps")
        assert ("of these four kinds" in page) == (profile == "mlps")


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str | None = None) -> Any:
    typed = {"old": old, "new": new, "again": new if again is None else again}
    return client.post(reverse("desk:password"), typed)


def test_a_change_asks_for_the_old_one_and_ends_all_other_sessions(city: City, clock: Clock) -> None:
    mine, other = browser(), browser()
    password(mine, "clerk"), password(other, "clerk")
    for wrong in (change(mine, old="wrong"), change(mine, again="another"), change(mine, new=PASSWORD)):
        assert wrong.status_code == 422
    assert is_in(other)
    key = mine.cookies["session"].value
    assert change(mine)["Location"] == reverse("desk:account")
    assert is_in(mine)
    assert mine.cookies["session"].value != key
    assert not is_in(other)
    assert password(browser(), "clerk").status_code == 422
    assert password(browser(), "clerk", NEW).status_code == 302


def test_guesses_at_the_old_password_are_counted_as_when_signing_in(city: City, clock: Clock) -> None:
    client = browser()
    password(client, "clerk")
    assert [change(client, old="wrong").status_code for _n in range(10)] == [422] * 10
    assert change(client).status_code == 429


def test_what_is_worn_out_by_the_profile_is_changed_before_anything_opens(
    city: City, clock: Clock, settings: Any
) -> None:
    settings.PASSWORD_PROFILE = "mlps"
    Account.objects.update(password_set_at=clock.now)
    assert password(browser(), "clerk")["Location"] == reverse("desk:queue")
    clock.forward(days=91)
    client = browser(language="en")
    password(client, "clerk")
    assert client.get(reverse("desk:queue"))["Location"] == reverse("desk:password")
    assert "time for another password" in text_of(client.get(reverse("desk:password")))
    assert change(client, new="Seven kettles on a roof").status_code == 302
    assert client.get(reverse("desk:queue")).status_code == 200
    settings.PASSWORD_PROFILE = "asvs"
    clock.forward(days=900)
    assert password(browser(), "clerk", "Seven kettles on a roof")["Location"] == reverse("desk:queue")
