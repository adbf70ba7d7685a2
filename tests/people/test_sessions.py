"""What owners see of their sessions, and how they are told of others."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.factories import City, make_city
from tests.people.devices import app_of
from tests.people.doors import FIREFOX, browser, is_in, password, second
from tests.web.conftest import Clock
from tests.web.desk_helpers import text_of
from yipanqi.people.actions import KEPT_FOR, forget_sign_ins
from yipanqi.people.models import SignIn
from yipanqi.web.desk import tries

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city()


def page(client: Client) -> str:
    return text_of(client.get(reverse("desk:account")))


def entered(login: str = "clerk", **more: str) -> Client:
    client = browser(**more)
    assert password(client, login).status_code == 302
    return client


def test_sessions_are_listed_with_device_network_and_last_use(city: City, clock: Clock) -> None:
    mine = entered()
    clock.forward(minutes=10)
    entered(agent=FIREFOX, address="10.9.9.9")
    clock.forward(minutes=5)
    shown = page(mine)
    sessions = shown.split('id="sessions"')[1].split('id="past"')[0]
    assert sessions.count("<h3>") == 2
    assert "Chrome（Windows）" in sessions.split("<h3>")[1]
    assert "这一台" in sessions.split("<h3>")[1]
    assert "Firefox（Linux）" in sessions.split("<h3>")[2]
    assert "10.9.9.0/24" in sessions
    assert "10.9.9.9" not in shown


def test_one_session_is_ended_at_once(city: City, clock: Clock) -> None:
    mine, other, third = entered(), entered(agent=FIREFOX), entered()
    row = SignIn.objects.get(browser="firefox")
    answer = mine.post(reverse("desk:account"), {"go": "end", "session": row.pk})
    assert answer.status_code == 302
    assert not is_in(other)
    assert is_in(mine)
    assert is_in(third)
    assert "已经结束了" in text_of(
        mine.post(reverse("desk:account"), {"go": "end", "session": row.pk}, follow=True)
    )


def test_nobody_ends_the_session_of_another_account(city: City, clock: Clock) -> None:
    mine, theirs = entered(), entered("insider")
    row = SignIn.objects.get(account=city.accounts["insider"])
    mine.post(reverse("desk:account"), {"go": "end", "session": row.pk})
    assert is_in(theirs)


def test_all_others_are_ended_and_this_one_goes_on_under_a_new_key(city: City, clock: Clock) -> None:
    mine, other = entered(), entered(agent=FIREFOX)
    key = mine.cookies["session"].value
    mine.post(reverse("desk:account"), {"go": "others"})
    assert SignIn.objects.filter(session__isnull=False).count() == 1, (
        "ended in the list, not at their next request"
    )
    assert is_in(mine)
    assert not is_in(other)
    assert mine.cookies["session"].value != key
    assert page(mine).split('id="sessions"')[1].split('id="past"')[0].count("<h3>") == 1


@pytest.mark.parametrize(
    "typed", [{}, {"go": "x"}, {"go": "end"}, {"go": "end", "session": "x"}, {"go": "remove"}]
)
def test_a_post_that_no_button_makes_is_refused(city: City, typed: dict[str, str]) -> None:
    assert entered().post(reverse("desk:account"), typed).status_code == 422


def test_signing_out_ends_it_in_the_list(city: City, clock: Clock) -> None:
    mine, other = entered(), entered(agent=FIREFOX)
    other.post(reverse("desk:sign_out"))
    assert "Firefox" not in page(mine).split('id="sessions"')[1].split('id="past"')[0]
    assert SignIn.objects.get(browser="firefox").ended_at == clock.now


def test_the_table_of_sign_ins_gives_no_session_away(city: City) -> None:
    entered()
    (key,) = Session.objects.values_list("session_key", flat=True)
    assert key not in str(list(SignIn.objects.values()))
    assert key.encode() not in bytes(SignIn.objects.get().session or b"")


def test_the_last_ten_are_shown_failures_too_and_never_a_password(city: City, clock: Clock) -> None:
    for _n in range(4):
        password(browser(agent=FIREFOX), "clerk", "my other password")
    for _n in range(8):
        client = entered()
    past = page(client).split('id="past"')[1]
    assert past.count("已登录") == 8
    assert past.count("密码不对") == 2
    assert "my other password" not in past


def test_a_sign_in_from_a_new_device_is_told_to_its_owner(city: City, clock: Clock) -> None:
    mine = entered()
    assert "新设备" not in text_of(mine.get(reverse("desk:queue"))).split("<main")[1]
    come_in_again(mine)
    clock.forward(minutes=2)
    assert "有一台新设备" not in text_of(mine.get(reverse("desk:queue"))), "a known device is no news"
    entered(agent=FIREFOX, address="10.9.9.9")
    clock.forward(minutes=2)
    told = text_of(mine.get(reverse("desk:queue")))
    assert "有一台新设备登录了您的账号：Firefox（Linux）" in told
    clock.forward(minutes=2)
    assert "有一台新设备" not in text_of(mine.get(reverse("desk:queue"))), "once"


def come_in_again(client: Client) -> None:
    """The same device comes in once more, without its session."""
    again = browser()
    again.cookies["device"] = client.cookies["device"].value
    assert password(again, "clerk").status_code == 302


def test_what_happened_meanwhile_is_told_at_the_next_sign_in(city: City, clock: Clock) -> None:
    first = entered()
    again = browser()
    again.cookies["device"] = first.cookies["device"].value
    password(again, "clerk")
    entered(agent=FIREFOX, address="10.9.9.9")
    for _n in range(3):
        password(browser(address="10.8.8.8"), "clerk", "wrong")
    back = browser(language="en")
    back.cookies["device"] = again.cookies["device"].value
    password(back, "clerk")
    told = text_of(back.get(reverse("desk:queue")))
    assert "A new device signed in to your account" in told
    assert "Firefox (Linux)" in told
    assert "without success: 3 times" in told


def test_sign_ins_are_forgotten_after_half_a_year(city: City, clock: Clock) -> None:
    entered()
    clock.forward(days=KEPT_FOR.days - 1)
    forget_sign_ins(at=clock.now)
    assert SignIn.objects.count() == 1
    clock.forward(days=2)
    forget_sign_ins(at=clock.now)
    assert SignIn.objects.count() == 0


# --- who guesses elsewhere locks nobody out --------------------------------------------------------------------------


def test_a_device_that_came_in_before_is_locked_out_by_nobody(
    city: City, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "PASSWORD", (("pair", 3, 300), ("login", 5, 300), ("network", 5, 300), ("all", 6000, 300)))  # fmt: skip
    mine = entered(address="10.1.2.3")
    for n in range(5):
        password(browser(address=f"10.20.{n}.1"), "clerk", "wrong")
    assert password(browser(address="10.30.0.1"), "clerk").status_code == 429, "no stranger gets in now"
    known = browser(address="10.40.0.1")
    known.cookies["device"] = mine.cookies["device"].value
    assert password(known, "clerk").status_code == 302
    foreign = browser(address="10.40.0.1")
    foreign.cookies["device"] = mine.cookies["device"].value
    for n in range(5):
        password(browser(address=f"10.20.{n}.1"), "insider", "wrong")
    assert password(foreign, "insider").status_code == 429, "it is known with its own account alone"


def test_a_known_device_has_a_limit_of_its_own_and_a_forged_one_none(city: City, clock: Clock) -> None:
    known, forged = browser(), browser()
    known.cookies["device"] = entered().cookies["device"].value
    assert [password(known, "clerk", "wrong").status_code for _n in range(11)] == [422] * 10 + [429]
    forged.cookies["device"] = known.cookies["device"].value[:-3] + "AAA"
    assert [password(forged, "clerk", "wrong").status_code for _n in range(7)] == [422] * 6 + [429]


def test_the_second_factor_too(
    city: City, clock: Clock, required: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _codes = app_of(city.accounts["clerk"], clock.now)
    mine = browser()
    password(mine, "clerk")
    second(mine, app.code(clock.now))
    monkeypatch.setattr(tries, "FACTOR", (("pair", 6, 300), ("login", 6, 3600), ("all", 6000, 300)))
    thief = browser(address="10.20.0.1")
    password(thief, "clerk")
    assert [second(thief, "000000").status_code for _n in range(7)] == [422] * 6 + [429]
    clock.forward(seconds=30)
    known = browser()
    known.cookies["device"] = mine.cookies["device"].value
    password(known, "clerk")
    assert second(known, app.code(clock.now)).status_code == 302


def test_the_device_cookie_is_for_the_server_alone_and_names_nobody(city: City, clock: Clock) -> None:
    cookie = entered().cookies["device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) == 180 * 24 * 3600
    assert "clerk" not in cookie.value
    assert str(city.accounts["clerk"].pk) not in cookie.value
    clock.forward(days=1)
    assert dt.timedelta(seconds=int(cookie["max-age"])) == KEPT_FOR
