"""The browser that tests and pictures use, and glyphs for it. `python -m yipanqi.runtime.browser` makes sure
of one and prints its path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from yipanqi.runtime.errors import PlainError
from yipanqi.runtime.home import checkout

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONT = Path("node_modules/@expo-google-fonts/noto-sans-sc")


def find() -> Path | None:
    """The installed Chromium or Chrome: the one that YIPANQI_CHROMIUM names, else the first on the path.
    PlainError when what the setting names cannot be run."""
    named = os.environ.get("YIPANQI_CHROMIUM")
    if named:
        if not (os.path.isfile(named) and os.access(named, os.X_OK)):
            raise PlainError(f"YIPANQI_CHROMIUM names {named}, which is no program.")
        return Path(named)
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


def ensure() -> Path:
    """The browser, installed first where this is Debian and we are root. PlainError where there is none:
    journeys are never skipped."""
    if found := find():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the tests", file=sys.stderr, flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
        for command in (install, ("apt-get", "update", "-qq"), install):
            # The lists of packages may be old or absent: then they are fetched and it is tried again.
            done = subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
            if done.returncode == 0 and (found := find()):
                return found
    raise PlainError(
        "The tests need Chromium or Chrome, and there is none. Install one (on Debian: apt install chromium) "
        "or name one in YIPANQI_CHROMIUM."
    )


def font_environment(code: Path | None = None) -> dict[str, str]:
    """What the environment needs so that the browser draws Chinese: nothing where the machine has a font for
    it, else a configuration of fontconfig that adds the font from npm, for that run only."""
    code = code or checkout()
    if _has_chinese():
        return {}
    fonts = code / FONT
    if not fonts.is_dir():
        raise PlainError(f"There is no Chinese font, and {fonts} is missing: run make test, or npm ci.")
    build = code / "build"
    build.mkdir(exist_ok=True)
    configuration = build / "fonts.conf"
    text = f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts / "400Regular"}</dir>
  <dir>{fonts / "700Bold"}</dir>
  <cachedir>{build / "fontconfig"}</cachedir>
</fontconfig>
"""
    building = configuration.with_suffix(f".{os.getpid()}")
    building.write_text(text)
    building.replace(configuration)
    return {"FONTCONFIG_FILE": str(configuration)}


def _has_chinese() -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    done = subprocess.run([lister, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip())


if __name__ == "__main__":
    try:
        print(ensure())
    except PlainError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(1)
