"""How tests come in: the pages of signing in, as a browser posts them."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD
from tests.web.desk_helpers import text_of

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"


def browser(agent: str = CHROME, address: str = "10.1.2.3", language: str = "zh-hans") -> Client:
    return Client(REMOTE_ADDR=address, headers={"user-agent": agent, "accept-language": language})


def password(client: Client, login: str, secret: str = PASSWORD, **more: Any) -> Any:
    return client.post(reverse("desk:sign_in"), {"login": login, "password": secret, **more})


def second(client: Client, code: str = "", credential: str = "") -> Any:
    return client.post(reverse("desk:second"), {"code": code, "credential": credential})


def confirm(client: Client, code: str = "", credential: str = "", secret: str = PASSWORD) -> Any:
    typed = {"password": secret, "code": code, "credential": credential}
    return client.post(reverse("desk:confirm"), typed)


def is_in(client: Client) -> bool:
    return client.get(reverse("desk:account")).status_code == 200


def options_of(response: Any, does: str) -> str:
    """What the page asks the browser's device for."""
    found = re.search(rf'data-passkey="{does}" data-options="([^"]*)"', text_of(response))
    assert found, "no passkey is asked for"
    return html.unescape(found[1])


def field_of(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text_of(response))
    assert found, f"no field {name}"
    return html.unescape(found[1])


def codes_of(response: Any) -> list[str]:
    """The codes that a page shows this once."""
    return re.findall(r'<li class="code">([^<]*)</li>', text_of(response))
