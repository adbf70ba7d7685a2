"""The second factor: set up before anything else opens, shown once, recovered by code, never gone around."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from config.accounts import password_profile, second_factor
from tests.access.outlets import dump
from tests.factories import City, make_city
from tests.people.devices import App, Passkey, app_of
from tests.people.doors import (
    browser,
    codes_of,
    confirm,
    field_of,
    is_in,
    options_of,
    password,
    second,
)
from tests.web.conftest import Clock
from tests.web.desk_helpers import signed_in, text_of
from yipanqi.core import sealing
from yipanqi.people import factors
from yipanqi.people.models import Factor, OneTimeCode, SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city()


def with_app(city: City, clock: Clock, login: str = "clerk") -> tuple[App, list[str]]:
    return app_of(city.accounts[login], clock.now)


# --- settings --------------------------------------------------------------------------------------------------------


def test_a_city_that_is_no_demonstration_cannot_leave_the_second_factor_open() -> None:
    assert second_factor("", demo=False) == "required"
    assert second_factor("", demo=True) == "offered"
    assert second_factor("required", demo=True) == "required"
    for said, demo in (("offered", False), ("off", True), ("off", False), ("0", False)):
        with pytest.raises(ImproperlyConfigured):
            second_factor(said, demo=demo)
    with pytest.raises(ImproperlyConfigured):
        password_profile("none")


def test_what_was_turned_off_in_a_running_process_stays_on_in_a_real_city(
    city: City, settings: pytest.FixtureRequest
) -> None:
    settings.SECOND_FACTOR, settings.DEMO_CITY = "offered", False  # type: ignore[attr-defined]
    assert password(Client(), "clerk")["Location"] == reverse("desk:factor")


# --- the first one ---------------------------------------------------------------------------------------------------


def test_nothing_opens_before_the_first_factor_is_set_up(city: City, clock: Clock, required: None) -> None:
    client = browser()
    assert password(client, "clerk")["Location"] == reverse("desk:factor")
    for name in ("queue", "account", "confirm", "password", "board"):
        assert client.get(reverse(f"desk:{name}"))["Location"].startswith(reverse("desk:sign_in")), name
    page = client.get(reverse("desk:factor"))
    app = App(text_of(page).split('<code class="code key">')[1].split("<")[0].replace(" ", ""))
    wrong = client.post(reverse("desk:factor"), {"secret": field_of(page, "secret"), "code": "000000"})
    assert wrong.status_code == 422
    assert " ".join(app.secret[n : n + 4] for n in range(0, 32, 4)) in text_of(wrong), "the same picture"
    assert not is_in(client)
    shown = client.post(
        reverse("desk:factor"), {"secret": field_of(wrong, "secret"), "code": app.code(clock.now)}
    )
    assert len(set(codes_of(shown))) == 10
    assert is_in(client)
    again = browser()
    assert password(again, "clerk")["Location"] == reverse("desk:second")
    assert second(again, app.code(clock.now)).status_code == 422, "the code that set it up is used up"
    clock.forward(seconds=30)
    assert second(again, app.code(clock.now)).status_code == 302
    assert is_in(again)


def test_a_secret_signed_for_one_account_sets_up_no_other(city: City, clock: Clock, required: None) -> None:
    mine, other = browser(), browser()
    password(mine, "clerk"), password(other, "insider")
    page = mine.get(reverse("desk:factor"))
    secret = text_of(page).split('<code class="code key">')[1].split("<")[0].replace(" ", "")
    typed = {"secret": field_of(page, "secret"), "code": App(secret).code(clock.now)}
    assert other.post(reverse("desk:factor"), typed).status_code == 422
    assert not Factor.objects.exists()


def test_whoever_has_the_password_alone_adds_nothing(city: City, clock: Clock, required: None) -> None:
    with_app(city, clock)
    client = browser()
    password(client, "clerk")
    for answer in (client.get(reverse("desk:factor")), client.post(reverse("desk:factor"), {"code": "1"})):
        assert answer["Location"] == reverse("desk:second")
    assert Factor.objects.count() == 1


def test_a_demonstration_offers_it_and_says_so(city: City) -> None:
    client = browser(language="en")
    assert "offered and not required" in text_of(client.get(reverse("desk:sign_in")))
    assert password(client, "clerk")["Location"] == reverse("desk:queue")
    assert "the password alone lets anybody in" in text_of(client.get(reverse("desk:account")))


# --- codes of an app -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead", "taken"), [(0, True), (29, True), (-29, True), (60, False), (-60, False), (90, False)]
)
def test_a_clock_may_be_one_step_off(city: City, clock: Clock, ahead: int, taken: bool) -> None:
    clock.now = clock.now.replace(second=15)
    app, _codes = with_app(city, clock)
    account = city.accounts["clerk"]
    app.ahead = ahead
    assert factors.use_code_of_app(account, app.code(clock.now), clock.now) is taken


def test_a_code_works_once_and_so_does_none_before_it(city: City, clock: Clock) -> None:
    app, _codes = with_app(city, clock)
    account, now = city.accounts["clerk"], clock.now
    earlier = app.code(now - dt.timedelta(seconds=30))
    assert factors.use_code_of_app(account, app.code(now), now)
    assert not factors.use_code_of_app(account, app.code(now), now)
    assert not factors.use_code_of_app(account, earlier, now), "within the drift, but from before the last"


def test_full_width_digits_and_spaces_are_read(city: City, clock: Clock) -> None:
    app, _codes = with_app(city, clock)
    code = app.code(clock.now).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert factors.use_code_of_app(city.accounts["clerk"], f"{code[:3]} {code[3:]}", clock.now)


def test_half_signed_in_lasts_five_minutes(city: City, clock: Clock, required: None) -> None:
    app, _codes = with_app(city, clock)
    client = browser()
    password(client, "clerk")
    clock.forward(seconds=301)
    assert second(client, app.code(clock.now))["Location"] == reverse("desk:sign_in")
    assert not is_in(client)


def test_a_session_without_a_second_factor_ends_where_one_is_required(city: City, required: None) -> None:
    """However it came to be: by another way in, or while it was not required yet."""
    client = signed_in(city, "clerk")
    assert not is_in(client)
    assert not is_in(client)


# --- recovery codes --------------------------------------------------------------------------------------------------


def test_each_recovery_code_works_once(city: City, clock: Clock, required: None) -> None:
    _app, codes = with_app(city, clock)
    for code, status in ((codes[0].lower().replace("-", " "), 302), (codes[0], 422), (codes[1], 302)):
        client = browser()
        password(client, "clerk")
        assert second(client, code).status_code == status
    assert "恢复码还剩 8 个" in text_of(client.get(reverse("desk:account")))


def test_another_accounts_recovery_code_is_none(city: City, clock: Clock, required: None) -> None:
    _app, codes = with_app(city, clock)
    with_app(city, clock, "insider")
    client = browser()
    password(client, "insider")
    assert second(client, codes[0]).status_code == 422


def test_new_recovery_codes_void_the_old(city: City, clock: Clock, required: None) -> None:
    app, old = with_app(city, clock)
    client = browser()
    password(client, "clerk")
    second(client, app.code(clock.now))
    asked = client.post(reverse("desk:account"), {"go": "codes"})
    assert asked["Location"].startswith(reverse("desk:confirm"))
    clock.forward(seconds=30)
    confirm(client, app.code(clock.now))
    new = codes_of(client.post(reverse("desk:account"), {"go": "codes"}))
    assert len(new) == 10
    account, now = city.accounts["clerk"], clock.now
    assert not factors.use_one_time_code(account, OneTimeCode.RECOVERY, old[0], now)
    assert factors.use_one_time_code(account, OneTimeCode.RECOVERY, new[0], now)


@pytest.mark.django_db(transaction=True)
def test_a_dump_holds_no_secret_of_a_factor_and_no_code(clock: Clock) -> None:
    city = make_city()
    app, codes = with_app(city, clock)
    whole = dump()
    assert "people_factor" in whole
    assert app.secret not in whole
    for code in codes:
        assert code not in whole
        assert code.replace("-", "") not in whole
    factor = Factor.objects.get()
    assert factor.seal_id is not None
    assert sealing.open_seal(factor.seal_id) == {"secret": app.secret}


# --- adding and removing ---------------------------------------------------------------------------------------------


def test_removing_and_adding_ask_for_password_and_factor_once_more(
    city: City, clock: Clock, required: None
) -> None:
    app, _codes = with_app(city, clock)
    client = browser()
    password(client, "clerk")
    second(client, app.code(clock.now))
    factor = Factor.objects.get()
    assert client.get(reverse("desk:factor"))["Location"].startswith(reverse("desk:confirm"))
    asked = client.post(reverse("desk:account"), {"go": "remove", "factor": factor.pk})
    assert asked["Location"].startswith(reverse("desk:confirm"))
    clock.forward(seconds=30)
    assert confirm(client, app.code(clock.now), secret="wrong").status_code == 422
    assert confirm(client, "000000").status_code == 422
    assert confirm(client, app.code(clock.now)).status_code == 302, "a wrong password uses no code up"
    last = client.post(reverse("desk:account"), {"go": "remove", "factor": factor.pk})
    assert last.status_code == 422
    assert "最后一个" in text_of(last)
    assert Factor.objects.exists()
    clock.forward(seconds=301)
    assert client.get(reverse("desk:factor"))["Location"].startswith(reverse("desk:confirm"))


def test_removing_ends_other_sessions_and_erases_the_secret(city: City, clock: Clock) -> None:
    app, codes = with_app(city, clock)
    mine, other = browser(), browser()
    for client in (mine, other):
        password(client, "clerk")
        second(client, app.code(clock.now))
        clock.forward(seconds=30)
    assert is_in(other)
    confirm(mine, app.code(clock.now))
    factor = Factor.objects.get()
    mine.post(reverse("desk:account"), {"go": "remove", "factor": factor.pk})
    assert is_in(mine)
    assert not is_in(other)
    assert not Factor.objects.exists()
    assert factor.seal_id is not None
    with pytest.raises(sealing.Erased):
        sealing.open_seal(factor.seal_id)
    assert not factors.use_one_time_code(city.accounts["clerk"], OneTimeCode.RECOVERY, codes[0], clock.now)


# --- passkeys --------------------------------------------------------------------------------------------------------


def enrolled(client: Client, login: str = "clerk") -> Passkey:
    """A passkey, registered as the first factor of whoever has just shown their password."""
    device = Passkey()
    password(client, login)
    page = client.get(reverse("desk:factor"))
    made = client.post(reverse("desk:factor"), {"credential": device.make(options_of(page, "create"))})
    assert len(codes_of(made)) == 10
    return device


def test_a_passkey_lets_in_and_each_answer_once(city: City, clock: Clock, required: None) -> None:
    device = enrolled(browser())
    client = browser()
    page = client.get(password(client, "clerk")["Location"])
    answer = device.answer(options_of(page, "get"))
    assert second(client, credential=answer).status_code == 302
    assert is_in(client)
    again = browser()
    password(again, "clerk")
    again.get(reverse("desk:second"))
    assert second(again, credential=answer).status_code == 422, "it answers another challenge"


def test_a_passkey_of_another_site_another_account_or_a_copy_is_none(
    city: City, clock: Clock, required: None
) -> None:
    device = enrolled(browser())
    enrolled(browser(), "insider")

    def tried(login: str = "clerk") -> int:
        client = browser()
        page = client.get(password(client, login)["Location"])
        return int(second(client, credential=device.answer(options_of(page, "get"))).status_code)

    device.origin = "https://evil.example"
    assert tried() == 422
    device.origin, device.host = "http://testserver", "evil.example"
    assert tried() == 422
    device.host = "testserver"
    assert tried("insider") == 422
    assert tried() == 302
    device.count -= 1
    assert tried() == 422, "a counter that does not go up is a copy"


@pytest.mark.parametrize(
    "nonsense", ["{", "{}", "[]", "null", '{"id":"x","rawId":"x","response":{}}', "x" * 9000]
)
def test_nonsense_is_no_passkey_and_no_error(city: City, clock: Clock, required: None, nonsense: str) -> None:
    client = browser()
    enrolled(client)
    again = browser()
    again.get(password(again, "clerk")["Location"])
    assert second(again, credential=nonsense).status_code == 422
    fresh = browser()
    password(fresh, "insider")
    fresh.get(reverse("desk:factor"))
    assert fresh.post(reverse("desk:factor"), {"credential": nonsense}).status_code == 422


def test_no_passkey_is_offered_where_the_address_is_a_number(city: City, required: None) -> None:
    client = Client(headers={"host": "127.0.0.1:8000"})
    password(client, "clerk")
    page = text_of(client.get(reverse("desk:factor")))
    assert 'data-passkey="create"' not in page
    assert 'class="qr"' in page


def test_a_passkey_confirms_before_factors_change(city: City, clock: Clock, required: None) -> None:
    client = browser()
    device = enrolled(client)
    page = client.get(reverse("desk:confirm"))
    assert confirm(client, credential=device.answer(options_of(page, "get"))).status_code == 302
    assert client.get(reverse("desk:factor")).status_code == 200


def test_failures_are_kept_for_the_owner_without_what_was_typed(city: City, clock: Clock) -> None:
    with_app(city, clock)
    client = browser()
    password(client, "clerk", "not this one")
    password(client, "clerk")
    second(client, "123456")
    assert list(SignIn.objects.order_by("id").values_list("outcome", flat=True)) == ["password", "factor"]
