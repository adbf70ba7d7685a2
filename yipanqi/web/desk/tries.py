"""Limits on guessing at passwords and second factors (S20).

Windows are short and the tight limit is for an account from one network; a device that came in before has a limit of its
own, so that nobody can lock an owner out by guessing. A try is counted before it is looked at, so that parallel ones
cannot exceed the cap; one that was right is given back, for an office comes to work behind one address.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.http import HttpRequest

from yipanqi.core import attempts
from yipanqi.web.desk.devices import known_as
from yipanqi.web.portal.network import network_of

Limits = Sequence[tuple[str, int, int]]
# What is counted, how many at most, in how many seconds. A slip of the finger does not reach the first; a guesser from
# one network meets it at once; many networks together meet the second.
PASSWORD: Limits = (("pair", 6, 300), ("login", 60, 300), ("network", 120, 300), ("all", 6000, 300))
# A code has a million values of which three are right: at most 480 tries a day for whoever has the password already.
FACTOR: Limits = (("pair", 6, 300), ("login", 20, 3600), ("all", 6000, 300))
# In place of all but the last, for a device that came in with this account before.
KNOWN: Limits = (("device", 10, 300), ("all", 6000, 300))


class Try:
    """One try at an account's password (`sign-in`), its second factor (`factor`) or a set-up code (`set-up`)."""

    def __init__(self, request: HttpRequest, what: str, login: str, limits: Limits, at: dt.datetime) -> None:
        device, network, name = known_as(request, login), network_of(request), login.lower()
        self._what, self._at = what, at
        self._limits = KNOWN if device else limits
        self._values = {
            "pair": f"{name}\0{network}",
            "login": name,
            "network": network,
            "device": f"{name}\0{device}",
            "all": "",
        }

    def count(self) -> None:
        """Count it; raises `attempts.TooMany`."""
        for kind, most, seconds in self._limits:
            attempts.count(
                kind=f"{self._what}-{kind}",
                value=self._values[kind],
                most=most,
                seconds=seconds,
                at=self._at,
            )

    def give_back(self) -> None:
        """It was right."""
        for kind, _most, seconds in self._limits:
            attempts.give_back(
                kind=f"{self._what}-{kind}", value=self._values[kind], seconds=seconds, at=self._at
            )


def count_unknown(at: dt.datetime) -> None:
    """A try at a login that does not exist leaves one write as well, as a wrong password does (S22)."""
    attempts.count(kind="sign-in-unknown", value="", most=2**31 - 2, seconds=300, at=at)
