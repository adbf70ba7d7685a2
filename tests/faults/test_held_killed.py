"""What waits on the server outlives its processes: a step on several that is held, and a draft with its photo."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener
from uuid import uuid4

import pytest

from tests.faults.running import PASSWORD, SELF, Running, environment, serving, words
from tests.files import pictures

pytestmark = pytest.mark.fault
HELD = 10  # seconds
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Visitor:
    """A browser without scripts."""

    def __init__(self, running: Running) -> None:
        self._url = running.url
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.page = ""

    def get(self, path: str) -> str:
        with self._opener.open(self._url + path, timeout=30) as answer:
            self.page = answer.read().decode()
        return self.page

    def post(self, path: str, fields: list[tuple[str, str]], photo: bytes = b"") -> str:
        """Post fields with the token of the page that stands, and a photo where there is one."""
        token = TOKEN.search(self.page)
        assert token is not None
        given = [("csrfmiddlewaretoken", token[1]), *fields]
        body, kind = urlencode(given).encode(), "application/x-www-form-urlencoded"
        if photo:
            body, kind = _with_photo(given, photo)
        request = Request(self._url + path, body, {"Content-Type": kind, "Referer": self._url + path})
        with self._opener.open(request, timeout=30) as answer:
            self.page = answer.read().decode()
            return str(answer.url)

    def turn(self, go: str, photo: bytes = b"", **fields: str) -> None:
        """Press a button of the filing."""
        form = self.page.split('id="filing"')[1]
        carried = [(k, v) for k, v in HIDDEN.findall(form) if k not in ("csrfmiddlewaretoken", *fields)]
        self.post("/file/", [*carried, *fields.items(), ("go", go)], photo)


def _with_photo(fields: list[tuple[str, str]], photo: bytes) -> tuple[bytes, str]:
    border = uuid4().hex
    parts = [f'--{border}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields]
    head = f'--{border}\r\nContent-Disposition: form-data; name="enclosed"; filename="1.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + photo + f"\r\n--{border}--\r\n".encode()
    return body, f"multipart/form-data; boundary={border}"


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def step(running: Running, number: str, name: str, login: str, **answers: str) -> None:
    given = [part for ask, value in answers.items() for part in ("--set", f"{ask}={value}")]
    command = [*SELF, "step", number, name, "--as", login, *given]
    subprocess.run(command, env=environment(running.home), check=True, capture_output=True, timeout=120)


def wait_for(running: Running, query: str, wanted: object, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while (found := running.sql(query)) != [(wanted,)]:
        assert time.monotonic() < deadline, found
        time.sleep(0.2)


def test_a_step_on_several_that_is_held_is_taken_once_though_everything_that_works_is_killed(
    city_home: Path,
) -> None:
    with serving(city_home) as running:
        numbers = [str(running.submit(words(n), key=f"held-{n}")["reference"]) for n in range(3)]
        [(category, area)] = running.sql(
            "SELECT category_id, area_id FROM cases_case WHERE category_id IS NOT NULL LIMIT 1"
        )
        for number in numbers:
            cleared = {"title": "灯不亮", "text": "三根灯不亮", "category": category, "area": area}
            step(running, number, "clear", "clerk", **cleared)
            step(running, number, "route", "clerk", unit="city-management")
        handler = Visitor(running)
        handler.get("/desk/sign-in/")
        handler.post("/desk/sign-in/", [("login", "handler"), ("password", PASSWORD)])
        listed = ", ".join(f"'{number}'" for number in numbers)
        ids = [
            str(row[0]) for row in running.sql(f"SELECT matter_id FROM cases_case WHERE number IN ({listed})")
        ]
        picked = [("pick", pk) for pk in ids]
        assert "/orders/" in handler.post(
            "/desk/queue/several", [("step", "accept"), ("go", "take"), *picked]
        )
        began = time.monotonic()
        while time.monotonic() - began < HELD + 2:  # while it is held, and when its time has come
            for pid in (*running.web_workers(), *_worker(running)):
                os.kill(pid, signal.SIGKILL)
            time.sleep(3)
        moved = f"SELECT count(*) FROM core_move WHERE step = 'accept' AND matter_id IN ({', '.join(repr(i) for i in ids)})"
        wait_for(running, moved, len(ids))
        assert running.sql("SELECT state FROM web_desk_heldorder") == [("done",)]
        time.sleep(3)
        assert running.sql(moved) == [(len(ids),)]


def _worker(running: Running) -> list[int]:
    try:
        return [running.worker()]
    except LookupError:
        return []


def test_a_photo_that_was_taken_is_filed_though_the_web_was_killed_in_between(city_home: Path) -> None:
    with serving(city_home) as running:
        resident = Visitor(running)
        resident.get("/file/")
        resident.turn("next", kind="order")
        resident.turn("next", title="路灯不亮", text="三根灯不亮一周了")
        resident.turn("next")
        resident.turn("add", photo=pictures.photo())
        assert "1.jpg" in resident.page
        killed = [running.web(), *running.web_workers()]
        for pid in killed:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        # What is killed may take a moment to go, and answers until then.
        while any(lives(pid) for pid in killed) or not running.answers():
            assert time.monotonic() - began < 90
            time.sleep(0.2)
        resident.turn("next")
        resident.turn("next", anonymity="anonymous")
        resident.turn("submit")
        assert 'class="secret"' in resident.page
        filed = "SELECT count(*) FROM files_file f JOIN cases_submission s ON s.seal_id = f.seal_id"
        assert running.sql(filed + " WHERE s.channel = 'portal'")[0][0] >= 1
