"""`make pictures`: a picture of every page of the demo city, on a phone and a desktop, in both languages, and contact
sheets of them in build/pictures; and the pictures of the board for the README in docs/pictures.

Runs a product of its own on a free port, in a home that is thrown away. Words after the command choose pictures by
the beginning of their names.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from tests.faults.running import SELF, environment, serving
from tests.journeys.helpers import DESKTOP, LANGUAGES, PHONE
from tests.pictures.camera import Camera, chromium
from tests.pictures.sheets import make_sheet
from tests.pictures.stage import Shot, Stage
from tests.pictures.table import NO_PICTURE, SHEETS, SHOTS

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "pictures"
README = ROOT / "docs" / "pictures"
ON_A_SHEET = 15  # pictures: what an eye, or a file viewer, takes in at once
README_HEIGHT = 1000  # CSS pixels: what fits in a README


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def routes_pictured() -> dict[str, str]:
    """The addresses of pages by their names; "" where one needs arguments, which its shots give. Exits where an
    address is neither pictured nor said to have no picture."""
    from django.urls import reverse

    from tests.access.world import routes

    patterns = dict(routes())
    missing = set(patterns) - set(SHOTS) - set(NO_PICTURE)
    if missing:
        raise SystemExit(f"No picture of: {', '.join(sorted(missing))} (tests/pictures/table.py)")
    return {name: "" if patterns[name].pattern.converters else reverse(name) for name in SHOTS}


def take_all(camera: Camera, chosen: list[tuple[Shot, str]]) -> list[str]:
    """Every picture in every language and width. Returns what could not be taken."""
    wrong = []
    for language in LANGUAGES:
        for width in (PHONE, DESKTOP):
            began = time.monotonic()
            for shot, address in chosen:
                into = BUILD / f"{language}-{width}" / f"{shot.key}.png"
                try:
                    camera.take(shot, address, language, width, into)
                except Exception as error:
                    wrong.append(f"{shot.key} ({language}, {width}): {error}")
            say(f"{len(chosen)} pictures, {language}, {width} wide: {time.monotonic() - began:.0f} s")
    return wrong


def main(words: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="yq-pictures-") as folder:
        home = Path(folder)
        home.chmod(0o711)  # the database's own account passes through it
        # Before it is served, for building takes as long as it takes.
        subprocess.run([*SELF, "demo"], env=environment(home), check=True)
        with serving(home) as running, chromium() as browser:
            os.environ["YIPANQI_HOME"] = str(home)
            # Playwright keeps an event loop in this thread, and Django takes that for asynchronous code.
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
            from yipanqi.commands.setup import ready

            ready()
            stage = Stage()
            stage.without_post()
            camera = Camera(browser, running.url, stage)
            addresses = routes_pictured()
            shots = [(shot, addresses[name]) for name, each in SHOTS.items() for shot in each]
            chosen = [one for one in shots if not words or one[0].key.startswith(tuple(words))]
            wrong = take_all(camera, chosen)
            _readme(camera)
            _sheets(browser, [shot for shot, _address in chosen])
            from django.db import connections

            from yipanqi.runtime.environment import release

            connections.close_all()
            release()
    for each in wrong:
        say(each)
    say(f"The pictures are in {BUILD}.")
    return 1 if wrong else 0


def _readme(camera: Camera) -> None:
    for language in LANGUAGES:
        camera.take(
            Shot("board", "", "deputy"),
            "/desk/",
            language,
            DESKTOP,
            README / f"board-{language}.png",
            README_HEIGHT,
        )


def _sheets(browser: Browser, shots: list[Shot]) -> None:
    for language, width, sheet in itertools.product(LANGUAGES, (PHONE, DESKTOP), SHEETS):
        paths = [BUILD / f"{language}-{width}" / f"{shot.key}.png" for shot in shots if shot.sheet == sheet]
        taken = [path for path in paths if path.exists()]
        for first in range(0, len(taken), ON_A_SHEET):
            name = f"sheet-{sheet}-{language}-{width}-{first // ON_A_SHEET + 1}"
            make_sheet(browser, name, taken[first : first + ON_A_SHEET], width, BUILD / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
