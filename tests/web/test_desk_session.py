"""Signing in and out: the same answer for everybody, short locks, sessions that end."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, make_city
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, signed_in, text_of
from yipanqi.core import attempts
from yipanqi.core.models import AccessLog
from yipanqi.people.access import Argon2Hasher
from yipanqi.people.actions import create_accounts, deactivate_account
from yipanqi.web.desk import tries
from yipanqi.web.desk.nav import url_or_none

pytestmark = pytest.mark.django_db


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(reverse("desk:sign_in"), {"login": login, "password": password, **more})


def without_tokens(response: Any, login: str) -> str:
    page = re.sub(r'value="[A-Za-z0-9]{64}"', "", text_of(response))
    return re.sub(r'nonce="[^"]*"', "", page).replace(login, "LOGIN")


@pytest.mark.parametrize(
    ("login", "page"),
    [
        ("clerk", "desk:queue"),
        ("stranger", "desk:board"),
        ("deputy", "desk:board"),
        ("sysadmin", "desk:units"),
        ("secadmin", "desk:accounts"),
        ("audadmin", "desk:access_log"),
    ],
)
def test_signing_in_leads_each_to_their_own_first_page(login: str, page: str) -> None:
    make_city()
    response = sign_in(Client(), login)
    first = url_or_none(page) or reverse("desk:queue")  # a surface without a board begins with the queue
    assert (response.status_code, response["Location"]) == (302, first)


def test_the_three_administrators_see_their_own_destinations_alone() -> None:
    city = make_city()
    seen = {}
    for login in ("sysadmin", "secadmin", "audadmin"):
        client = signed_in(city, login)
        first = client.get(reverse("desk:sign_in"))["Location"]
        nav = text_of(client.get(first)).split("<nav")[1].split("</nav>")[0]
        seen[login] = re.findall(r'href="([^"]*)"', nav)
    assert seen == {
        "sysadmin": [
            reverse(f"desk:{n}")
            for n in (
                "units",
                "imports",
                "limits",
                "burden_rules",
                "calendar",
                "templates",
                "background",
                "notice_texts",
            )
        ],
        "secadmin": [reverse(f"desk:{n}") for n in ("accounts", "roles", "stand_ins")],
        "audadmin": [reverse("desk:access_log")],
    }


def test_an_unknown_a_wrong_and_a_shut_account_get_the_same_answer() -> None:
    city = make_city()
    deactivate_account(account=city.accounts["stranger"], by=city.accounts["secadmin"].pk, at=NOW)
    answers = [
        sign_in(Client(), "clerk", "wrong"),
        sign_in(Client(), "nobody", "wrong"),
        sign_in(Client(), "stranger", PASSWORD),
    ]
    pages = [without_tokens(r, n) for r, n in zip(answers, ("clerk", "nobody", "stranger"), strict=True)]
    assert {r.status_code for r in answers} == {422}
    assert pages[0] == pages[1] == pages[2]
    assert "账号或密码不对" in pages[0]
    assert "wrong" not in pages[0], "a password is never sent back"


def test_the_same_work_is_done_for_an_unknown_a_wrong_and_a_shut_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    city = make_city()
    create_accounts(rows=[("locked", "示例", "business")], password=None, by=None, at=NOW)
    deactivate_account(account=city.accounts["stranger"], by=city.accounts["secadmin"].pk, at=NOW)
    done: list[str] = []
    encode, verify = Argon2Hasher.encode, Argon2Hasher.verify

    def counted(real: Any) -> Any:
        def wrapped(*args: Any, **more: Any) -> Any:
            done.append("hash")
            return real(*args, **more)

        return wrapped

    monkeypatch.setattr(Argon2Hasher, "encode", counted(encode))
    monkeypatch.setattr(Argon2Hasher, "verify", counted(verify))
    work = {}
    for login in ("clerk", "nobody", "stranger", "locked"):
        done.clear()
        sign_in(Client(), login, "wrong")
        work[login] = len(done)
    assert work == {"clerk": 1, "nobody": 1, "stranger": 1, "locked": 1}


def test_too_many_tries_from_one_network_meet_a_short_wall(clock: Clock) -> None:
    make_city()
    client = Client(REMOTE_ADDR="10.1.2.3")
    for _ in range(6):
        assert sign_in(client, "clerk", "wrong").status_code == 422
    blocked = sign_in(client, "clerk")
    assert blocked.status_code == 429
    assert 0 < int(blocked["Retry-After"]) <= 300
    neighbour = sign_in(Client(REMOTE_ADDR="10.1.2.99"), "clerk")
    assert neighbour.status_code == 429, "another address of the same network is no way around"
    office = sign_in(Client(REMOTE_ADDR="10.9.9.9"), "clerk")
    assert office.status_code == 302, "who guesses elsewhere does not lock the owner out"
    clock.forward(minutes=6)
    assert sign_in(client, "clerk").status_code == 302


def test_an_unknown_login_meets_the_same_wall(clock: Clock) -> None:
    make_city()
    client = Client(REMOTE_ADDR="10.1.2.3")
    statuses = [sign_in(client, "nobody", "wrong").status_code for _ in range(7)]
    assert statuses == [422] * 6 + [429]


def test_capitals_make_no_further_tries(clock: Clock) -> None:
    make_city()
    client = Client(REMOTE_ADDR="10.1.2.3")
    logins = ["clerk", "CLERK", "Clerk", "cLerk", "clErk", "cleRk", "clerK"]
    assert [sign_in(client, login, "wrong").status_code for login in logins][-1] == 429


def test_a_right_password_is_no_try_and_an_office_can_come_to_work(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_city()
    monkeypatch.setattr(tries, "PASSWORD", (("pair", 2, 300), ("login", 3, 300), ("network", 3, 300)))
    assert [sign_in(Client(), "clerk").status_code for _ in range(5)] == [302] * 5


def test_a_right_password_in_between_gives_a_guesser_nothing(clock: Clock) -> None:
    make_city()
    client = Client(REMOTE_ADDR="10.1.2.3")
    for _ in range(3):
        sign_in(client, "clerk", "wrong")
    assert sign_in(Client(REMOTE_ADDR="10.1.2.3"), "clerk").status_code == 302
    guesses = [sign_in(client, "clerk", "wrong").status_code for _ in range(4)]
    assert guesses == [422] * 3 + [429]


@pytest.mark.django_db(transaction=True)
def test_parallel_tries_do_not_exceed_the_cap() -> None:
    def attempt(_number: int) -> bool:
        try:
            attempts.count(kind="sign-in-pair", value="x", most=tries.PASSWORD[0][1], seconds=300, at=NOW)
        except attempts.TooMany:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(attempt, range(50))) == tries.PASSWORD[0][1]


def test_signing_in_gives_the_session_a_new_id_and_is_written_down() -> None:
    city = make_city()
    client = Client()
    anonymous = client.session
    anonymous["before"] = True
    anonymous.save()
    client.cookies["session"] = str(anonymous.session_key)
    sign_in(client, "clerk")
    assert client.cookies["session"].value != anonymous.session_key
    assert not Session.objects.filter(session_key=anonymous.session_key).exists()
    row = AccessLog.objects.get()
    assert (row.page, row.account) == ("sign_in", city.accounts["clerk"].pk)


def test_a_session_ends_after_twelve_hours_however_busy(clock: Clock) -> None:
    make_city()
    client = Client()
    sign_in(client, "clerk")
    for _ in range(48):
        clock.forward(minutes=15)
        answer = client.get(reverse("desk:notices"))  # every page of the desk counts; this one is light
        assert answer.status_code == 200
    clock.forward(minutes=1)
    ended = client.get(reverse("desk:queue"))
    assert ended.status_code == 302
    assert ended["Location"].startswith(reverse("desk:sign_in"))


def test_an_idle_session_ends_after_half_an_hour(clock: Clock) -> None:
    make_city()
    client = Client()
    sign_in(client, "clerk")
    clock.forward(minutes=31)
    assert client.get(reverse("desk:queue")).status_code == 302


def test_a_shut_account_is_refused_at_its_next_request() -> None:
    city = make_city()
    client = Client()
    sign_in(client, "insider")
    assert client.get(reverse("desk:queue")).status_code == 200
    deactivate_account(account=city.accounts["insider"], by=city.accounts["secadmin"].pk, at=NOW)
    assert client.get(reverse("desk:queue")).status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/desk/", "//evil.example/desk/", "/\\evil.example/desk/", "\\\\evil.example", "javascript:alert(1)",
        "/track/", "/desk/../track/", "http:///evil.example/desk/", "/%2f/evil.example", "data:text/html,x", "/desk/\r\nX: y",
    ],
)  # fmt: skip
def test_nobody_is_led_to_another_site_after_signing_in(target: str) -> None:
    make_city()
    answer = sign_in(Client(), "clerk", next=target)
    assert answer["Location"] == reverse("desk:queue")


def test_one_comes_back_to_the_page_one_wanted() -> None:
    make_city()
    client = Client()
    asked = client.get(reverse("desk:queue") + "?when=late")
    assert asked["Location"].startswith(reverse("desk:sign_in"))
    page = client.get(asked["Location"])
    assert 'value="/desk/queue/?when=late"' in text_of(page)
    assert sign_in(client, "clerk", next="/desk/queue/?when=late")["Location"] == "/desk/queue/?when=late"


def test_signing_out_is_a_post_and_leaves_nothing_behind() -> None:
    city = make_city()
    client = signed_in(city, "clerk")
    assert client.get(reverse("desk:sign_out")).status_code == 405
    answer = client.post(reverse("desk:sign_out"))
    assert answer["Location"] == reverse("desk:sign_in")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get(reverse("desk:queue")).status_code == 302


def test_an_account_without_a_post_is_told_whom_to_ask() -> None:
    city = make_city()
    [account] = create_accounts(rows=[("new", "示例新人", "business")], password=PASSWORD, by=None, at=NOW)
    answer = sign_in(Client(), "new")
    assert answer["Location"] == reverse("desk:nothing")
    city.accounts["new"] = account
    client = signed_in(city, "new", EN)
    assert "Your account holds no post" in text_of(client.get(reverse("desk:nothing")))
    assert client.get(reverse("desk:queue")).status_code == 404


def test_forgotten_fields_are_named() -> None:
    page = text_of(Client().post(reverse("desk:sign_in"), {}))
    assert "请填写账号。" in page
    assert "请填写密码。" in page


def test_a_login_is_kept_and_escaped() -> None:
    make_city()
    page = text_of(sign_in(Client(), '"><script>x</script>', "wrong"))
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
