"""Wrapping keys are rotated and the old ones retired while people file and look (S37), on the running product."""

from __future__ import annotations

import http.cookiejar
import re
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.running import SELF, Running, environment, serving, words
from yipanqi.core.crypto.errors import RetiredKey
from yipanqi.core.crypto.keyring import Keyring
from yipanqi.demo.load import PASSWORD

pytestmark = pytest.mark.fault


class Desk:
    """A signed-in clerk, who before routing reads what was said, which is sealed."""

    def __init__(self, running: Running, login: str) -> None:
        self._url = running.url
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get("/desk/sign-in/"))
        assert token is not None
        fields = {"csrfmiddlewaretoken": token[1], "login": login, "password": PASSWORD, "next": ""}
        with self._opener.open(self._url + "/desk/sign-in/", urllib.parse.urlencode(fields).encode()):
            pass

    def get(self, path: str) -> str:
        """The page at a path; HTTPError where it is refused."""
        with self._opener.open(self._url + path, timeout=60) as answer:
            return str(answer.read().decode())


class Load:
    """Clients that file and look without a pause, and what went wrong for them."""

    def __init__(self) -> None:
        self.done: dict[str, int] = {}
        self.failed: list[str] = []

    @contextmanager
    def running(self, **acts: Callable[[], None]) -> Iterator[None]:
        """Each act again and again in a thread of its own, while the block runs."""
        stop = threading.Event()

        def go(name: str, act: Callable[[], None]) -> None:
            while not stop.is_set():
                try:
                    act()
                except (AssertionError, urllib.error.URLError, OSError) as error:
                    self.failed.append(f"{name}: {error}")
                self.done[name] = self.done.get(name, 0) + 1

        threads = [threading.Thread(target=go, args=each) for each in acts.items()]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def keys(home: Path, *arguments: str) -> str:
    """`yipanqi keys …`, which must succeed."""
    done = subprocess.run(
        [*SELF, "keys", *arguments],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class People:
    """What the clients of the load do."""

    def __init__(self, running: Running) -> None:
        self._running, self._desk = running, Desk(running, "clerk")
        self._filed: list[dict[str, Any]] = [running.submit(words("最早"), key="oldest")]
        [row] = running.sql(
            "SELECT matter_id, seal.id, key_id, wrapped FROM cases_case JOIN cases_submission s ON s.id = submission_id "
            "JOIN core_seal seal ON seal.id = seal_id WHERE channel = 'api'"
        )
        self._matter, self.seal, self.key, self.wrapped = row
        self._tracked = 0

    def file(self) -> None:
        """File, and keep what is needed for tracking."""
        status, answer = self._running.post("/api/v1/submissions", words(len(self._filed)))
        assert status == 201, status
        self._filed.append(answer)

    def track(self) -> None:
        """Track the newest one, each time from another network: the limits of tries hold here too."""
        self._tracked += 1
        filed = self._filed[-1]
        body = {"reference": filed["reference"], "secret": filed["secret"]}
        network = f"127.0.{self._tracked % 250 + 1}.1"
        status, answer = self._running.post("/api/v1/track", body, source=network)
        assert status == 200, status
        assert answer["cases"][0]["state"]["code"] == "registered"

    def open(self) -> None:
        """The clerk's page of the oldest one shows its sealed words, wrapped by whatever key is current."""
        assert words("最早")["text"] in self._desk.get(f"/desk/matters/{self._matter}/")


def test_keys_are_rotated_twice_and_retired_under_load(city_home: Path) -> None:
    with serving(city_home) as running:
        people, load = People(running), Load()
        with load.running(file=people.file, file_too=people.file, track=people.track, open=people.open):
            time.sleep(2)
            for _ in "12":
                old = keys(city_home, "list").splitlines()[-2].split()[0]
                assert f"{old}  aes-256-gcm  current" in keys(city_home, "list")
                keys(city_home, "rotate")
                time.sleep(1)
                keys(city_home, "retire", old)
            time.sleep(1)
        assert load.failed == []
        assert min(load.done.values()) > 5, load.done
        print(f"acts under rotation: {load.done}")
        [(old, new)] = running.sql(
            f"SELECT count(*) FILTER (WHERE key_id = '{people.key}'), count(*) FROM core_seal"
        )
        assert (old, new > 0) == (0, True)
    # Whoever kept a copy of the row and gets hold of today's keys opens nothing with them.
    ring = Keyring.open(city_home / "keys")
    assert [key.retired for key in ring.wrapping_keys()] == [True, True, False]
    with pytest.raises(RetiredKey):
        ring.unwrap(people.key, bytes(people.wrapped), f"yipanqi-seal-1\0{people.seal}\0key".encode())
