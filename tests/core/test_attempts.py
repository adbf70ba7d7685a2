"""Whom attempts are counted against."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from config.proxies import BehindProxies
from yipanqi.core.attempts import network


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::1", "::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_networks(address: str, expected: str) -> None:
    assert network(address) == expected


@pytest.mark.parametrize(
    ("count", "header", "expected"),
    [
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "10.9.9.9, 198.51.100.1", "198.51.100.1"),  # the client's own addition stands to the left
        (2, "10.9.9.9, 198.51.100.1, 192.0.2.1", "198.51.100.1"),
        (2, "198.51.100.1", "127.0.0.1"),  # past the proxies: the peer's own address
        (1, "", "127.0.0.1"),
        (1, " , ", "127.0.0.1"),
    ],
)
def test_behind_proxies_the_address_is_the_one_that_ours_saw(count: int, header: str, expected: str) -> None:
    environ: dict[str, Any] = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": header}
    BehindProxies(lambda given, _start: [given["REMOTE_ADDR"].encode()], count)(environ, None)
    assert environ["REMOTE_ADDR"] == expected


def test_without_the_setting_no_header_is_believed() -> None:
    assert settings.PROXIES == 0
    assert settings.SECURE_PROXY_SSL_HEADER is None
