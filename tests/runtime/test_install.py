"""What `make setup` leaves alone, does again and takes up again; and the browser of the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from yipanqi.runtime import browser
from yipanqi.runtime.errors import PlainError
from yipanqi.runtime.home import checkout

PROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "tiny"
version = "1"
[project.scripts]
yipanqi = "yipanqi:main"
[tool.setuptools]
packages = ["yipanqi"]
"""
PACKAGE_LOCK = '{"name": "tiny", "lockfileVersion": 3, "packages": {"": {"name": "tiny"}}}'


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout with nothing in it but what installs, and nothing to install but setuptools, which the
    product's own lock file pins."""
    folder = tmp_path / "copy"
    (folder / "yipanqi" / "runtime").mkdir(parents=True)
    (folder / "requirements").mkdir()
    shutil.copy(checkout() / "yipanqi" / "runtime" / "install.py", folder / "yipanqi" / "runtime")
    shutil.copy(checkout() / "Makefile", folder)
    (folder / "yipanqi" / "__init__.py").write_text("def main(): print('messages are compiled')\n")
    lock = (checkout() / "requirements" / "base.txt").read_text()
    pinned = lock[lock.index("setuptools==") :]
    lines = pinned.splitlines()
    end = next(i for i, line in enumerate(lines[1:], 1) if not line.startswith(" "))
    setuptools = "\n".join(lines[:end]) + "\n"
    for name in ("base", "dev"):
        (folder / "requirements" / f"{name}.txt").write_text(setuptools)
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "package.json").write_text('{"name": "tiny", "private": true}')
    (folder / "package-lock.json").write_text(PACKAGE_LOCK)
    return folder


def install(folder: Path, kind: str = "base") -> list[str]:
    """What installing says, line by line."""
    script = folder / "yipanqi" / "runtime" / "install.py"
    done = subprocess.run(
        [sys.executable, "-I", str(script), kind], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith(("Making", "Installing"))]


@pytest.mark.slow
def test_setup_does_nothing_twice_and_takes_up_what_was_interrupted(copy: Path) -> None:
    everything = [
        f"Making .venv with Python {sys.version.split()[0]}",
        "Installing the Python packages to run",
        "Installing yipanqi itself",
        "Installing the front-end packages",
    ]
    assert install(copy) == everything
    assert install(copy) == []
    # A changed lock file installs again, and only what it pins.
    lock = copy / "requirements" / "base.txt"
    lock.write_text(lock.read_text() + "# changed\n")
    assert install(copy) == ["Installing the Python packages to run"]
    # A missing stamp is an interrupted run.
    (copy / "node_modules" / ".stamp").unlink()
    assert install(copy) == ["Installing the front-end packages"]
    # In a moved checkout the scripts name the wrong place.
    moved = copy.with_name("moved")
    copy.rename(moved)
    assert install(moved)[:3] == everything[:3]
    # What the tests need holds what running needs.
    assert install(moved, "dev") == [
        "Installing the Python packages to test",
        "Installing the front-end packages to test",
    ]
    assert install(moved) == []
    said = subprocess.run(
        ["make", "--no-print-directory", "setup"], cwd=moved, capture_output=True, text=True, check=False
    )
    assert said.stdout == "messages are compiled\n"


def test_without_a_new_enough_python_make_says_so(tmp_path: Path) -> None:
    for name in ("python3", "python3.12"):
        old = tmp_path / name
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
    make, shell = shutil.which("make"), shutil.which("sh")
    assert make
    assert shell
    (tmp_path / "sh").symlink_to(shell)
    done = subprocess.run(
        [make, "setup"],
        cwd=checkout(),
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Error: Python 3.11 or newer is needed, and none is on the path." in done.stderr


def test_make_help_lists_every_target() -> None:
    said = subprocess.run(["make"], cwd=checkout(), capture_output=True, text=True, check=True).stdout
    for target in ("setup", "run", "test", "check", "bench", "help", "lock", "test-quick"):
        assert f"  make {target} " in said


def test_lock_files_pin_hashes_and_name_no_registry() -> None:
    for name in ("base", "dev", "node"):
        text = (checkout() / "requirements" / f"{name}.txt").read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "index-url" not in text
    assert '"resolved"' not in (checkout() / "package-lock.json").read_text()


def test_no_browser_is_an_error_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("YIPANQI_CHROMIUM", raising=False)
    with pytest.raises(PlainError, match="need Chromium or Chrome"):
        browser.ensure()
    program = tmp_path / "google-chrome"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert browser.ensure() == program


def test_a_named_browser_must_be_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("YIPANQI_CHROMIUM", str(tmp_path))
    os.chmod(tmp_path, 0o755)
    with pytest.raises(PlainError, match="no program"):
        browser.ensure()


@pytest.mark.skipif(shutil.which("fc-list") is None, reason="the machine has no fontconfig")
def test_the_browser_has_glyphs_for_chinese() -> None:
    environment = {**os.environ, **browser.font_environment()}
    said = subprocess.run(
        ["fc-list", ":lang=zh-cn", "family"], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip()
