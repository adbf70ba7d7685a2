"""S20–S35 of trust-and-ux §2.2, each under its own number; what is tried elsewhere is named in docs/security.md."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.access.test_access_table import TABLE
from tests.access.world import make_world, path_of, routes
from tests.factories import PASSWORD, STAFF, make_city
from tests.people.conftest import required
from tests.people.devices import App, app_of
from tests.people.doors import browser, confirm, is_in, password, second
from tests.web.conftest import Clock, clock
from tests.web.desk_helpers import NOW, signed_in, text_of
from yipanqi.commands.demo import ensure_demo
from yipanqi.people.actions import create_accounts
from yipanqi.people.models import Account, SignIn
from yipanqi.runtime.errors import PlainError
from yipanqi.web.access import declared_access
from yipanqi.web.desk import half, tries
from yipanqi.web.desk.second import CONFIRMED

__all__ = ["clock", "required"]
pytestmark = pytest.mark.django_db
real = pytest.mark.django_db(transaction=True)


# --- S20 anti-automation ---------------------------------------------------------------------------------------------


def at_once(number: int, act: Any) -> list[int]:
    def one(n: int) -> int:
        try:
            return int(act(n).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(one, range(number)))


@real
def test_s20_fifty_passwords_at_once_do_not_exceed_the_cap(clock: Clock) -> None:
    make_city()
    statuses = at_once(50, lambda n: password(browser(), "clerk", f"guess {n}"))
    most = tries.PASSWORD[0][1]
    assert (statuses.count(422), statuses.count(429)) == (most, 50 - most)
    assert SignIn.objects.filter(outcome="password").count() == most, "the others were not looked at"


@real
def test_s20_fifty_codes_at_once_do_not_exceed_the_cap(clock: Clock, required: None) -> None:
    city = make_city()
    app_of(city.accounts["clerk"], clock.now)
    client = browser()
    password(client, "clerk")
    key = client.cookies["session"].value

    def guess(n: int) -> Any:
        one = browser()
        one.cookies["session"] = key
        return second(one, f"{n:06d}")

    statuses = at_once(50, guess)
    most = tries.FACTOR[0][1]
    assert (statuses.count(422), statuses.count(429)) == (most, 50 - most)


@real
def test_s20_of_two_who_show_one_code_at_once_one_gets_in(clock: Clock, required: None) -> None:
    city = make_city()
    app, _codes = app_of(city.accounts["clerk"], clock.now)
    keys = []
    for _n in range(4):
        client = browser()
        password(client, "clerk")
        keys.append(client.cookies["session"].value)

    def show(n: int) -> Any:
        one = browser()
        one.cookies["session"] = keys[n]
        return second(one, app.code(clock.now))

    assert sorted(at_once(4, show)) == [302, 422, 422, 422]


# --- S22 the same answer for everybody -------------------------------------------------------------------------------


def test_s22_signing_in_tells_nobody_which_accounts_exist(clock: Clock, required: None) -> None:
    """An account with a second factor, one without, and none: a wrong password is told in the same words."""
    city = make_city()
    app_of(city.accounts["clerk"], clock.now)

    def told(login: str) -> tuple[int, str]:
        answer = password(browser(), login, "wrong")
        page = re.sub(r'value="[A-Za-z0-9]{64}"|nonce="[^"]*"', "", text_of(answer))
        return answer.status_code, page.replace(f'value="{login}"', "")

    assert told("clerk") == told("insider") == told("nobody")


def test_s22_a_wrong_password_leaves_as_many_writes_as_an_unknown_login(
    clock: Clock, django_assert_num_queries: Any
) -> None:
    make_city()
    for login in ("clerk", "nobody"):
        # One for each limit, the account twice, and what is left behind.
        with django_assert_num_queries(len(tries.PASSWORD) + 3):
            password(browser(), login, "wrong")


# --- S23 a new id at each step ---------------------------------------------------------------------------------------


def test_s23_the_session_has_a_new_id_after_each_step(clock: Clock, required: None) -> None:
    city = make_city()
    app, _codes = app_of(city.accounts["clerk"], clock.now)
    client = browser()
    anonymous = client.session
    anonymous["before"] = True
    anonymous.save()
    client.cookies["session"] = str(anonymous.session_key)
    keys = [anonymous.session_key]
    steps: tuple[Callable[[], Any], ...] = (
        lambda: password(client, "clerk"),
        lambda: second(client, app.code(clock.now)),
        lambda: confirm(client, app.code(clock.forward(seconds=30))),
    )
    for step in steps:
        assert step().status_code == 302
        keys.append(client.cookies["session"].value)
    assert len(set(keys)) == 4
    assert list(Session.objects.values_list("session_key", flat=True)) == keys[-1:], "none of the old is left"


# --- S24 and S25 sessions end ----------------------------------------------------------------------------------------


def test_s24_half_a_sign_in_lasts_five_minutes_and_is_nobodys(clock: Clock, required: None) -> None:
    city = make_city()
    app, _codes = app_of(city.accounts["clerk"], clock.now)
    client = browser()
    password(client, "clerk")
    assert "_auth_user_id" not in client.session
    clock.forward(seconds=half.LASTS + 1)
    assert second(client, app.code(clock.now))["Location"] == reverse("desk:sign_in")


@pytest.mark.parametrize("how", ["password", "factor", "reset"])
def test_s25_a_change_of_password_or_factor_ends_every_other_session(
    how: str, clock: Clock, required: None
) -> None:
    city = make_city()
    account = city.accounts["clerk"]
    _app, codes = app_of(account, clock.now)
    mine, other, halfway = browser(), browser(), browser()
    for n, client in enumerate((mine, other)):
        password(client, "clerk")
        assert second(client, codes[n]).status_code == 302
    password(halfway, "clerk")
    if how == "password":
        new = "seven kettles on a roof"
        mine.post(reverse("desk:password"), {"old": PASSWORD, "new": new, "again": new})
    elif how == "factor":
        confirm(mine, codes[2])
        page = text_of(mine.get(reverse("desk:factor")))
        secret = page.split('<code class="code key">')[1].split("<")[0].replace(" ", "")
        signed = re.findall(r'name="secret" value="([^"]*)"', page)[0]
        mine.post(reverse("desk:factor"), {"secret": signed, "code": App(secret).code(clock.now)})
    else:
        admin = signed_in(city, "secadmin")
        session = admin.session
        session["desk_second"] = "app"
        session[CONFIRMED] = clock.now.timestamp()
        session.save()
        admin.post(reverse("desk:reset", args=[account.pk]), {"reason": "示例"})
    assert is_in(mine) == (how != "reset")
    assert not is_in(other)
    assert second(halfway, codes[5])["Location"] == reverse("desk:sign_in"), "nor does half a one go on"


# --- S26 and S29 to S31: what the browser is told --------------------------------------------------------------------

HEADS = """
import json, django
django.setup()
from django.test import Client
answer = Client().get("/desk/sign-in/", secure=True, headers={"host": "localhost"})
cookies = {name: [one["secure"], one["httponly"], one["samesite"], one["path"]] for name, one in answer.cookies.items()}
from django.conf import settings
print(json.dumps([dict(answer.headers), cookies, settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE,
                  settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE]))
"""


@pytest.fixture(scope="module")
def over_https() -> Any:
    """What the product answers where the city is served over HTTPS: settings are read at start-up, so in a process of
    its own."""
    env = os.environ | {"YIPANQI_HTTPS": "1"}
    told = subprocess.run([sys.executable, "-c", HEADS], env=env, check=True, capture_output=True, text=True)
    return json.loads(told.stdout)


def test_s26_cookies_are_bound_to_the_host_and_out_of_reach_of_scripts(over_https: Any) -> None:
    _heads, cookies, name, secure, http_only, same_site = over_https
    assert (name, secure, http_only, same_site) == ("__Host-session", True, True, "Lax")
    assert cookies == {"__Host-csrf": [True, True, "Lax", "/"]}


def test_s29_scripts_come_from_here_or_bear_the_nonce(over_https: Any) -> None:
    policy = {
        part.split()[0]: part.split()[1:] for part in over_https[0]["Content-Security-Policy"].split(";")
    }
    assert policy["default-src"] == ["'none'"]
    assert policy["style-src"] == ["'self'"]
    assert set(policy["script-src"]) <= {"'self'"} | {
        p for p in policy["script-src"] if p.startswith("'nonce-")
    }
    assert "unsafe" not in over_https[0]["Content-Security-Policy"]


def test_s30_no_page_is_shown_in_a_frame(over_https: Any) -> None:
    assert "frame-ancestors 'none'" in over_https[0]["Content-Security-Policy"]
    assert over_https[0]["X-Frame-Options"] == "DENY"


def test_s31_transport_types_referrers_and_openers_are_held_tight(over_https: Any) -> None:
    heads = over_https[0]
    assert heads["Strict-Transport-Security"] == "max-age=31536000"
    assert heads["X-Content-Type-Options"] == "nosniff"
    assert heads["Referrer-Policy"] == "same-origin"
    assert heads["Cross-Origin-Opener-Policy"] == "same-origin"


# --- S27 and S28 -----------------------------------------------------------------------------------------------------


def test_s27_no_post_goes_without_its_token() -> None:
    """Every address of the pages; the interface for programs takes no cookie and so needs none, and what a browser
    reports by itself becomes a line in the log and changes nothing."""
    world = make_world()
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.city.accounts["clerk"])
    for name, _pattern in routes():
        if not name.startswith("api:") and name != "policy_report":
            answer = client.post(path_of(world, name, "own"), {"x": "y"})
            # A page that takes no post at all may say so first.
            assert answer.status_code in (403, 405), (name, answer.status_code)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"]
)
def test_s28_nobody_is_led_away_after_the_second_step_or_the_confirmation(
    target: str, clock: Clock, required: None
) -> None:
    city = make_city()
    _app, codes = app_of(city.accounts["clerk"], clock.now)
    client = browser()
    password(client, "clerk", next=target)
    assert second(client, codes[0])["Location"] == reverse("desk:queue")
    answer = client.post(reverse("desk:confirm"), {"password": PASSWORD, "code": codes[1], "next": target})
    assert answer["Location"] == reverse("desk:queue")


# --- S32 nothing of it stays -----------------------------------------------------------------------------------------


def test_s32_no_code_stands_in_an_address_and_no_page_is_kept(clock: Clock, required: None) -> None:
    city = make_city()
    app, _codes = app_of(city.accounts["clerk"], clock.now)
    client = browser()
    answers = [
        password(client, "clerk"),
        client.get(reverse("desk:second")),
        second(client, app.code(clock.now)),
    ]
    answers += [client.get(reverse(f"desk:{name}")) for name in ("account", "password", "confirm", "factor")]
    for answer in answers:
        assert "no-store" in answer["Cache-Control"]
        assert "clerk" not in answer.get("Location", "")
        assert app.code(clock.now) not in answer.get("Location", "")
    assert client.post(reverse("desk:sign_out"))["Clear-Site-Data"] == '"cache", "storage"'


# --- S33 the second factor -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", STAFF)
def test_s33_all_staff_show_a_second_factor(login: str, required: None) -> None:
    make_city()
    client = browser()
    assert password(client, login)["Location"] == reverse("desk:factor")
    assert not is_in(client)


@pytest.mark.slow
def test_s33_with_a_password_alone_no_address_opens(required: None) -> None:
    world = make_world()
    client = browser()
    password(client, "clerk")
    for name, pattern in routes():
        access = declared_access(pattern.callback)
        if access is not None and not access.public:
            answer = client.get(path_of(world, name, TABLE[name][0].matter))
            assert answer["Location"].startswith(reverse("desk:sign_in")), name


def test_s33_a_code_is_used_up_whichever_door_it_was_shown_at(clock: Clock, required: None) -> None:
    city = make_city()
    app, _codes = app_of(city.accounts["clerk"], clock.now)
    client = browser()
    password(client, "clerk")
    second(client, app.code(clock.now))
    assert confirm(client, app.code(clock.now)).status_code == 422


# --- S34 no header makes anybody somebody ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header", ["X-Remote-User", "Remote-User", "X-Forwarded-User", "X-Auth-Request-User", "X-Forwarded-Email"]
)
def test_s34_no_header_signs_anybody_in(header: str) -> None:
    make_city()
    client = Client(headers={header: "clerk"}, REMOTE_USER="clerk")
    assert client.get(reverse("desk:account")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_s34_what_a_client_says_of_its_address_lifts_no_limit(clock: Clock) -> None:
    make_city()
    statuses = [
        password(Client(headers={"x-forwarded-for": f"10.0.{n}.1", "x-real-ip": f"10.0.{n}.1"}), "clerk", "x")
        for n in range(7)
    ]
    assert [answer.status_code for answer in statuses] == [422] * 6 + [429]


# --- S35 nothing by default ------------------------------------------------------------------------------------------


def test_s35_a_new_city_has_no_account() -> None:
    assert Account.objects.count() == 0


def test_s35_no_demonstration_with_its_printed_password_is_built_in_a_real_city(settings: Any) -> None:
    settings.DEMO_CITY = False
    with pytest.raises(PlainError, match="no demonstration"):
        ensure_demo()
    assert Account.objects.count() == 0


def test_s35_an_account_without_a_password_lets_nobody_in() -> None:
    create_accounts(rows=[("new", "示例新人", "business")], password=None, by=None, at=NOW)
    for guess in ("", " ", "!", "None", "new"):
        assert password(Client(), "new", guess).status_code in (422, 429)


@pytest.mark.parametrize(
    "path",
    ["/admin/", "/metrics", "/docs", "/api/v1/docs", "/desk/", "/desk/sign-in/", "/debug/", "/.git/config"],
)
def test_s35_the_public_surface_has_no_door_to_the_desk(path: str, settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls_portal"
    assert Client().get(path).status_code == 404
    assert "django.contrib.admin" not in django_settings.INSTALLED_APPS
