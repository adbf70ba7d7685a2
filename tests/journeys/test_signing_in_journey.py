"""Signing in for the first time in a city that is no demonstration: an app and a passkey, a reset, and one's own account."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, make_city
from tests.journeys.helpers import WAYS, Seen, follow
from yipanqi.people import factors

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PageFor = Callable[..., Page]
NEW = "seven kettles on a roof"


@pytest.fixture(autouse=True)
def _no_demonstration(settings: Any) -> None:
    settings.SECOND_FACTOR, settings.DEMO_CITY = "required", False


def come(page: Page, login: str, password: str = PASSWORD) -> None:
    page.goto(reverse("desk:sign_in"))
    page.locator("#id_login").fill(login)
    page.locator("#id_password").fill(password)
    follow(page.locator("main button[type=submit]"))


def set_up_app(page: Page, seen: Seen) -> str:
    """Scan, type the code, keep the recovery codes; the app's secret."""
    expect(page.locator("img.qr")).to_be_visible()
    seen(page)
    secret = (page.locator("main code").text_content() or "").replace(" ", "")
    page.locator("#id_code").fill("000000")
    follow(page.locator("main form").first.locator("button[type=submit]"))
    expect(page.locator(".problems")).to_be_visible()
    seen(page)
    assert (page.locator("main code").text_content() or "").replace(" ", "") == secret
    page.locator("#id_code").fill(factors.code_at(secret, timezone.now()))
    page.locator("#id_name").fill("工作手机")
    follow(page.locator("main form").first.locator("button[type=submit]"))
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    seen(page)
    return secret


@WAYS
def test_an_app_a_recovery_code_and_ones_own_account(
    page_for: PageFor, seen: Seen, language: str, width: int
) -> None:
    make_city()
    page = page_for(language, width)
    page.goto(reverse("desk:queue"))
    seen(page)
    come(page, "clerk")
    set_up_app(page, seen)
    codes = page.locator(".recovery-codes li").all_text_contents()
    follow(page.locator("main .actions a"))
    expect(page).to_have_url(re.compile(re.escape(reverse("desk:queue"))))
    other = page_for(language, width, java_script_enabled=False)
    come(other, "clerk")
    other.locator("#id_code").fill(codes[0])
    follow(other.locator("main button[type=submit]"))
    expect(other.locator(".desk-who")).to_be_visible()
    # The app's code needs no script either, and an empty form says what is missing.
    follow(page.locator(f".switches a[href='{reverse('desk:account')}']"))
    expect(page.locator("#sessions")).to_be_visible()
    seen(page)
    follow(page.locator("button[name=go][value=end]").first)
    expect(page.locator(".notice-success")).to_be_visible()
    other.goto(reverse("desk:queue"))
    expect(other.locator("#id_password")).to_be_visible()
    page.goto(reverse("desk:password"))
    seen(page)
    for name, typed in (("old", PASSWORD), ("new", NEW), ("again", NEW)):
        page.locator(f"#id_{name}").fill(typed)
    follow(page.locator("main button[type=submit]"))
    expect(page.locator(".notice-success")).to_be_visible()
    seen(page)


def authenticator(page: Page) -> None:
    """Plug a security key into the browser that a touch is simulated for."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@WAYS
def test_a_passkey_signs_in_and_confirms(page_for: PageFor, seen: Seen, language: str, width: int) -> None:
    make_city()
    page = page_for(language, width)
    authenticator(page)
    come(page, "clerk")
    follow(page.locator("[data-passkey=create]"))
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.goto(reverse("desk:account"))
    follow(page.locator(f"form[action='{reverse('desk:sign_out')}'] button"))
    come(page, "clerk")
    expect(page.locator("[data-passkey=get]")).to_be_visible()
    seen(page)
    follow(page.locator("main button[type=submit]"))
    expect(page.locator(".problems")).to_be_visible()
    seen(page)
    follow(page.locator("[data-passkey=get]"))
    expect(page.locator(".desk-who")).to_be_visible()
    page.goto(reverse("desk:factor"))
    expect(page.locator("#id_password")).to_be_visible()
    seen(page)
    page.locator("#id_password").fill(PASSWORD)
    follow(page.locator("[data-passkey=get]"))
    expect(page.locator("img.qr")).to_be_visible()
    # The device is known already, and says so in words instead of making another.
    page.locator("[data-passkey=create]").click()
    expect(page.locator("main .field-error[role=alert]")).to_be_visible()
    seen(page)


@WAYS
def test_a_lost_device_is_reset_by_the_security_administrator(
    page_for: PageFor, seen: Seen, language: str, width: int
) -> None:
    make_city()
    admin, owner = page_for(language, width), page_for(language, width)
    come(admin, "secadmin")
    secret = set_up_app(admin, seen)
    admin.goto(reverse("desk:accounts"))
    seen(admin)
    follow(admin.locator("li.card", has_text="insider").locator("a[href*='/reset']"))
    admin.locator("#id_password").fill(PASSWORD)
    admin.locator("#id_code").fill(factors.code_at(secret, timezone.now() + dt.timedelta(seconds=30)))
    seen(admin)
    follow(admin.locator("main button[type=submit]").first)
    follow(admin.locator("main button[type=submit]"))
    expect(admin.locator(".problems")).to_be_visible()
    seen(admin)
    admin.locator("#id_reason").fill("本人持工作证当面申请。")
    follow(admin.locator("main button[type=submit]"))
    code = admin.locator(".secret-code").text_content() or ""
    seen(admin)
    owner.goto(reverse("desk:sign_in"))
    follow(owner.locator(f"main a[href='{reverse('desk:set_up')}']"))
    seen(owner)
    for name, typed in (("login", "insider"), ("code", code), ("new", "short"), ("again", "short")):
        owner.locator(f"#id_{name}").fill(typed)
    follow(owner.locator("main button[type=submit]"))
    expect(owner.locator(".problems")).to_be_visible()
    seen(owner)
    for name, typed in (("new", NEW), ("again", NEW)):
        owner.locator(f"#id_{name}").fill(typed)
    follow(owner.locator("main button[type=submit]"))
    set_up_app(owner, seen)
    follow(owner.locator("main .actions a"))
    expect(owner.locator(".desk-who")).to_be_visible()
