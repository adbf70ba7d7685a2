"""`make pictures`: a picture of every page of the demo city, on a phone and a desktop, in both languages, in usual and in
large print, and contact sheets of them in build/pictures; and the pictures of the board for the README in docs/pictures.

Runs a product of its own on a free port, in a home that is thrown away. Words after the command choose pictures by
the beginning of their names, and words like `zh-390` or `en-1280-elder` which variants.
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
VARIANTS = tuple(itertools.product(LANGUAGES, (PHONE, DESKTOP), (False, True)))
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


def take_all(camera: Camera, chosen: list[tuple[Shot, str]], folders: list[str]) -> list[str]:
    """Every picture in every language, width and size of print (or in those of `folders`). Returns what could not be
    taken."""
    wrong = []
    for language, width, elder in VARIANTS:
        if folders and folder_of(language, width, elder) not in folders:
            continue
        began, folder = time.monotonic(), folder_of(language, width, elder)
        for shot, address in chosen:
            into = BUILD / folder / f"{shot.key}.png"
            try:
                camera.take(shot, address, language, width, into, elder=elder)
            except Exception as error:
                wrong.append(f"{shot.key} ({folder}): {error}")
        say(f"{len(chosen)} pictures, {folder}: {time.monotonic() - began:.0f} s")
    return wrong


def folder_of(language: str, width: int, elder: bool) -> str:
    return f"{language}-{width}{'-elder' if elder else ''}"


def main(words: list[str]) -> int:
    known = {folder_of(*variant) for variant in VARIANTS}
    folders, words = [w for w in words if w in known], [w for w in words if w not in known]
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
            wrong = take_all(camera, chosen, folders)
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
            "/desk/?view=meeting",
            language,
            DESKTOP,
            README / f"board-{language}.png",
            height=README_HEIGHT,
        )


def _sheets(browser: Browser, shots: list[Shot]) -> None:
    for (language, width, elder), sheet in itertools.product(VARIANTS, SHEETS):
        folder = folder_of(language, width, elder)
        paths = [BUILD / folder / f"{shot.key}.png" for shot in shots if shot.sheet == sheet]
        taken = [path for path in paths if path.exists()]
        for first in range(0, len(taken), ON_A_SHEET):
            name = f"sheet-{sheet}-{folder}-{first // ON_A_SHEET + 1}"
            make_sheet(browser, name, taken[first : first + ON_A_SHEET], width, BUILD / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
