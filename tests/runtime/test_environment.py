"""What commands find in the environment, and the command line itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from yipanqi.runtime import environment
from yipanqi.runtime.errors import PlainError

YIPANQI = (sys.executable, "-m", "yipanqi.commands.main")


@pytest.fixture
def bare(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An environment that names no database and no secret, and an empty home."""
    for name in (*environment.URLS, "YIPANQI_SECRET_KEY", "YIPANQI_SURFACE", "DJANGO_SETTINGS_MODULE"):
        # Set first, so that what `prepare` puts in is taken out again afterwards.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("YIPANQI_HOME", str(home))
    # The server of the whole test session may be held by this same module.
    monkeypatch.setattr(environment, "_server", None)
    monkeypatch.setattr(environment, "_stack", type(environment._stack)())
    yield home
    environment.release()


def test_without_a_database_the_embedded_one_is_started_and_named(bare: Path) -> None:
    server = environment.prepare(True)
    assert server is not None
    for name in environment.URLS:
        with psycopg.connect(os.environ[name]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert environment.prepare(True) is server
    environment.release()
    assert not server.alive()
    assert not any(name in os.environ for name in environment.URLS)
    assert server.home == bare


def test_a_command_without_need_starts_none(bare: Path) -> None:
    assert environment.prepare(False) is None
    assert not (bare / "postgresql").exists()
    assert len(os.environ["YIPANQI_SECRET_KEY"]) >= 50
    assert os.environ["DJANGO_SETTINGS_MODULE"] == "config.settings"


def test_looking_for_a_database_starts_none(bare: Path) -> None:
    assert not environment.find_standing()
    assert not (bare / "postgresql").exists()
    assert "DATABASE_URL" not in os.environ


def test_a_standing_database_is_found_and_named(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = environment.prepare(True)
    assert server is not None
    for name in environment.URLS:
        monkeypatch.delenv(name)
    assert environment.find_standing()
    assert os.environ["DATABASE_URL"] == server.urls["DATABASE_URL"]


def test_a_given_database_that_does_not_answer_is_none(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert not environment.find_standing()


def test_the_signing_key_stays_the_same(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.prepare(False)
    first = os.environ["YIPANQI_SECRET_KEY"]
    monkeypatch.delenv("YIPANQI_SECRET_KEY")
    environment.prepare(False)
    assert os.environ["YIPANQI_SECRET_KEY"] == first
    assert bare.exists()


def test_a_given_database_is_left_alone(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/city")
    assert environment.prepare(True) is None
    assert os.environ["DATABASE_URL"] == "postgresql://elsewhere/city"
    assert not (bare / "postgresql").exists()


@pytest.mark.parametrize(
    ("given", "surface", "missing"),
    [("MIGRATE_DATABASE_URL", "both", "DATABASE_URL"), ("DATABASE_URL", "portal", "PORTAL_DATABASE_URL")],
)
def test_half_a_database_is_an_error(
    bare: Path, monkeypatch: pytest.MonkeyPatch, given: str, surface: str, missing: str
) -> None:
    monkeypatch.setenv(given, "postgresql://elsewhere/city")
    monkeypatch.setenv("YIPANQI_SURFACE", surface)
    with pytest.raises(PlainError, match=f"{given} is given, but not {missing}"):
        environment.prepare(True)
    assert not (bare / "postgresql").exists()


# The command line


def run(*arguments: str, code: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments] if code else [*YIPANQI, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_help_lists_every_command_without_importing_any() -> None:
    done = run("--help")
    assert done.returncode == 0
    for name in ("serve", "demo", "step", "verify", "procedures", "calendar", "keys", "roles", "migrate"):
        assert f"  {name} " in done.stdout
    heavy = run(
        "--help",
        code="import sys; from yipanqi.commands.main import main\ntry: main()\n"
        "finally: print([each for each in ('django', 'psycopg', 'granian') if each in sys.modules])",
    )
    assert heavy.stdout.endswith("[]\n")


def test_every_command_has_help() -> None:
    from yipanqi.commands.main import COMMANDS

    for name in COMMANDS:
        done = run(name, "--help")
        assert done.returncode == 0, (name, done.stderr)
        assert "Usage: yipanqi" in done.stdout


@pytest.mark.parametrize("arguments", [["nonsense"], ["serve", "--nonsense"], ["serve", "--port", "x"]])
def test_a_wrong_call_is_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


#: A command that fails in a given way, put into the list.
FAILING = """
import sys, types, click
from yipanqi.commands import main
from yipanqi.runtime.errors import PlainError
from yipanqi.core.errors import Refused
@click.command()
def command():
    {body}
sys.modules["yipanqi.commands.failing"] = types.SimpleNamespace(command=command)
main.COMMANDS["failing"] = ("failing", "")
main.main()
"""


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("raise PlainError('The disk is full.')", 1, "Error: The disk is full.\n"),
        ("raise Refused('不可以')", 1, "Error: 不可以\n"),
        ("raise click.ClickException('No.')", 1, "Error: No.\n"),
        ("raise KeyboardInterrupt", 130, "Interrupted.\n"),
        ("1 / 0", 1, "Error (ZeroDivisionError): division by zero\nRun `yipanqi --debug"),
        ("return 1", 1, ""),
        ("return None", 0, ""),
        ("sys.exit(1)", 1, ""),
        ("click.get_current_context().exit(1)", 1, ""),
    ],
)
def test_errors_are_words_and_exit_codes(body: str, code: int, said: str) -> None:
    done = run("failing", code=FAILING.format(body=body))
    assert done.returncode == code
    assert done.stderr.lstrip("\n").startswith(said)
    assert "Traceback" not in done.stderr


def test_debug_shows_where() -> None:
    assert "Traceback" in run("--debug", "failing", code=FAILING.format(body="1 / 0")).stderr


@pytest.mark.fault
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_a_command_stops_the_database_that_it_started(bare: Path, number: int) -> None:
    body = (
        "import time; from yipanqi.runtime import environment; environment.prepare(True); "
        "print('up', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", FAILING.format(body=body), "failing"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert not (bare / "postgresql" / "data" / "postmaster.pid").exists()


@pytest.mark.fault
@pytest.mark.parametrize(
    ("number", "after"),
    [(signal.SIGTERM, 0.05), (signal.SIGINT, 0.3), (signal.SIGTERM, 0.6), (signal.SIGINT, 1)],
)
def test_a_signal_during_the_first_start_leaves_nothing_running_and_nothing_to_repair(
    bare: Path, number: int, after: float
) -> None:
    body = "from yipanqi.runtime import environment; environment.prepare(True); import time; time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", FAILING.format(body=body), "failing"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "Making the database folder\n"
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(after)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 128 + number
    server = environment.prepare(True)  # needs no repair
    assert server is not None
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    environment.release()
    assert not server.alive()
