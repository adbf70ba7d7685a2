"""The embedded server: started, stopped, shared and taken up again after every kind of death."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.runtime.conftest import leave, postmaster
from yipanqi.runtime import cluster, embedded, home as homes
from yipanqi.runtime.account import server_account
from yipanqi.runtime.errors import PlainError
from yipanqi.runtime.grants import Names

Start = Callable[..., subprocess.Popen[str]]


def ask(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def keep_a_word(server: embedded.Server, word: str) -> None:
    with psycopg.connect(server.url("owner")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS city.words (word text)")
        connection.execute("INSERT INTO city.words VALUES (%s)", [word])


def the_server(home: Path) -> embedded.Server:
    """The server of ``home`` as one sees it who does not use it."""
    return embedded._server(home, False, Names(), embedded.say_nothing)


def words(server: embedded.Server) -> object:
    return ask(server.url("owner"), "SELECT string_agg(word, ' ' ORDER BY word) FROM city.words")


def run_quietly(home: Path) -> None:
    with embedded.running(home, say=embedded.say_nothing):
        pass


@pytest.mark.usefixtures("every_server")
def test_first_start_makes_roles_schemas_and_search_paths(home: Path) -> None:
    with embedded.running(home) as server:
        for name, role in (
            ("MIGRATE_DATABASE_URL", "yipanqi_owner"),
            ("DATABASE_URL", "yipanqi_app"),
            ("PORTAL_DATABASE_URL", "yipanqi_portal"),
            ("ERASE_DATABASE_URL", "yipanqi_eraser"),
        ):
            assert ask(server.urls[name], "SELECT current_user::text") == role
            assert ask(server.urls[name], "SHOW search_path") == "city, jobs"
        owners = ask(
            server.url("owner"),
            "SELECT string_agg(nspname || '=' || nspowner::regrole, ' ' ORDER BY 1) FROM pg_namespace "
            "WHERE nspname IN ('city', 'jobs')",
        )
        assert owners == "city=yipanqi_owner jobs=yipanqi_owner"


@pytest.mark.usefixtures("every_server")
def test_the_server_is_durable_private_and_speaks_unicode(home: Path) -> None:
    with embedded.running(home) as server:
        settings = {
            name: ask(server.url("admin"), f"SHOW {name}")
            for name in ("fsync", "synchronous_commit", "full_page_writes", "jit", "listen_addresses")
        }
        assert settings == {
            "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "jit": "off",
            "listen_addresses": "",
        }  # fmt: skip
        assert ask(server.url("admin"), "SHOW server_encoding") == "UTF8"
        assert ask(server.url("admin"), "SHOW data_checksums") == "on"
        assert ask(server.url("app"), "SELECT lower('ÄÖ'), 1") == "äö"
        assert ask(server.url("app"), "SELECT 'B' < 'a'") is True  # by code point, as on every other server
        assert ask(server.url("app"), "SHOW TimeZone") == "UTC"


def test_folders_and_secrets_are_closed_to_others(home: Path) -> None:
    with embedded.running(home) as server:
        for path in (server.cluster.folder, server.cluster.data, server.cluster.sockets, home / "secrets"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
        for path in (home / "secrets").iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_password_is_asked_of_everybody(home: Path) -> None:
    with embedded.running(home) as server:
        for role in ("admin", "owner", "app", "portal", "eraser"):
            url = server.url(role).replace(server.passwords[role], "guessed")
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(url)


@pytest.mark.usefixtures("every_server")
def test_data_survive_a_clean_restart(home: Path) -> None:
    with embedded.running(home) as server:
        keep_a_word(server, "kept")
    assert not server.alive()
    with embedded.running(home) as server:
        assert words(server) == "kept"


def test_nothing_is_left_running_or_listening_after_the_stop(home: Path) -> None:
    with embedded.running(home) as server:
        assert server.alive()
    assert not server.alive()
    assert list(server.cluster.sockets.iterdir()) == []
    assert not (server.cluster.data / "postmaster.pid").exists()


def test_an_error_in_the_block_stops_the_server_as_well(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), embedded.running(home) as server:
        1 // 0  # noqa: B018
    assert not server.alive()


def test_the_last_one_out_stops_it(home: Path, user_of: Start) -> None:
    first, second = user_of(), user_of()
    leave(first)
    with embedded.running(home) as server:
        leave(second)
        assert ask(server.url("app"), "SELECT 1") == 1
    assert not server.alive()


def test_a_user_of_the_same_process_counts_too(home: Path) -> None:
    with embedded.running(home) as server:
        run_quietly(home)
        assert ask(server.url("app"), "SELECT 1") == 1
    assert not server.alive()


class ForkedChildEnds(BaseException):
    """Takes a forked child out of the block as the end of an interpreter would."""


def test_a_forked_child_that_ends_does_not_stop_the_server_of_its_parent(home: Path) -> None:
    try:
        with embedded.running(home) as server:
            child = os.fork()
            if child == 0:
                raise ForkedChildEnds  # noqa: TRY301
            os.waitpid(child, 0)
            assert ask(server.url("app"), "SELECT 1") == 1
    except ForkedChildEnds:
        os._exit(0)


@pytest.mark.fault
@pytest.mark.usefixtures("every_server")
def test_a_killed_postmaster_is_started_again_with_its_data(home: Path) -> None:
    with embedded.running(home) as server:
        keep_a_word(server, "committed")
        os.kill(postmaster(server), signal.SIGKILL)
        assert server.ensure()
        assert words(server) == "committed"
        assert not server.ensure()
    with embedded.running(home) as server:
        assert words(server) == "committed"


@pytest.mark.fault
@pytest.mark.usefixtures("every_server")
def test_a_killed_user_leaves_a_server_that_the_next_adopts_and_stops(home: Path, user_of: Start) -> None:
    user = user_of()
    user.kill()
    user.wait()
    with embedded.running(home) as server:
        before = postmaster(server)
        assert ask(server.url("app"), "SELECT 1") == 1
        assert server.ensure() is False
        assert postmaster(server) == before
    assert not server.alive()


@pytest.mark.fault
@pytest.mark.usefixtures("every_server")
def test_after_everything_was_killed_at_once_the_next_start_needs_no_repair(
    home: Path, user_of: Start
) -> None:
    user = user_of()
    server = the_server(home)
    keep_a_word(server, "committed")
    os.kill(postmaster(server), signal.SIGKILL)
    user.kill()
    user.wait()
    with embedded.running(home) as again:
        assert words(again) == "committed"
    assert not again.alive()


THROWAWAY = """
import os, time
from yipanqi.runtime import embedded
with embedded.throwaway() as server:
    print(server.home, int((server.cluster.data / "postmaster.pid").read_text().split()[0]), flush=True)
    time.sleep(600)
"""


@pytest.mark.fault
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_throwaway_server_goes_with_the_process_that_made_it(number: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", THROWAWAY], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    folder, pid = process.stdout.readline().split()
    process.send_signal(number)
    process.communicate(timeout=20)
    until = time.monotonic() + 20
    while (Path(folder).exists() or Path(f"/proc/{pid}").exists()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(folder).exists()
    assert not Path(f"/proc/{pid}").exists()


def test_a_pid_file_that_names_a_living_stranger_is_no_server(home: Path) -> None:
    run_quietly(home)
    cluster_ = the_server(home).cluster
    stale = cluster_.data / "postmaster.pid"
    # PostgreSQL itself refuses to start when the number is of a living process of its own account.
    stranger = cluster_.account.spawn(["sleep", "60"], output=subprocess.DEVNULL)
    try:
        stale.write_text(f"{stranger.pid}\n{cluster_.data}\n1\n5432\n{cluster_.sockets}\n\n  1 1\nready\n")
        with embedded.running(home) as server:
            assert postmaster(server) != stranger.pid
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_what_a_killed_first_start_left_is_thrown_away(home: Path) -> None:
    server = the_server(home)
    half = server.cluster.folder / "making-0badc0de"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with embedded.running(home) as running:
        assert ask(running.url("app"), "SELECT 1") == 1
    assert [each.name for each in server.cluster.folder.glob("making-*")] == []


def test_a_database_that_a_killed_first_start_did_not_finish_is_finished(home: Path) -> None:
    with embedded.running(home) as server, psycopg.connect(server.url("admin")) as connection:
        connection.execute("DROP SCHEMA jobs")
    with embedded.running(home) as server:
        assert ask(server.url("owner"), "SELECT to_regnamespace('jobs')::text") == "jobs"


@pytest.mark.fault
def test_a_server_that_takes_its_time_is_waited_for(home: Path, user_of: Start) -> None:
    user_of()
    server = the_server(home)
    os.kill(postmaster(server), signal.SIGSTOP)  # it lives and does not answer, as in a long recovery
    done = threading.Event()

    def adopt() -> None:
        run_quietly(home)
        done.set()

    waiting = threading.Thread(target=adopt)
    waiting.start()
    try:
        assert not done.wait(1.5)
    finally:
        os.kill(postmaster(server), signal.SIGCONT)
    assert done.wait(60)
    waiting.join()


@pytest.mark.fault
def test_a_swept_away_socket_brings_a_restart(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "SOCKET_PATIENCE", 0.2)
    with embedded.running(home) as server:
        keep_a_word(server, "kept")
        (server.cluster.sockets / cluster.SOCKET_NAME).unlink()
        server.ensure()
        assert words(server) == "kept"


def test_a_long_home_gets_a_short_private_socket_elsewhere(home: Path) -> None:
    deep = home / ("long-" * 20) / ("path-" * 20)
    deep.parent.mkdir(mode=0o711)
    with embedded.running(deep) as server:
        assert ask(server.url("app"), "SELECT 1") == 1
        assert len(str(server.cluster.sockets / cluster.SOCKET_NAME)) <= cluster.LONGEST_SOCKET
        assert stat.S_IMODE(server.cluster.sockets.stat().st_mode) == 0o700
    server.cluster.sockets.rmdir()


def test_a_socket_folder_that_others_can_enter_or_that_is_a_link_is_refused(home: Path) -> None:
    account = server_account(home / "none")
    theirs = home / "theirs"
    theirs.mkdir(mode=0o755)
    os.chown(theirs, account.uid, account.gid)
    with pytest.raises(PlainError, match="open to other accounts"):
        cluster.private_folder(theirs, account)
    theirs.chmod(0o700)
    (home / "link").symlink_to(theirs)
    os.chown(home / "link", account.uid, account.gid, follow_symlinks=False)
    with pytest.raises(PlainError, match="is not a folder of the account"):
        cluster.private_folder(home / "link", account)


def test_a_home_with_blanks_commas_and_letters(home: Path) -> None:
    odd = home / "Application Support, 'new' & 一盘棋"
    with embedded.running(odd) as server:
        assert ask(server.url("app"), "SELECT 1") == 1


@pytest.mark.parametrize("name", ['a"b', "a$HOME", "a`id`", "a\\b", "a\nb"])
def test_a_home_that_a_shell_would_misread_is_refused(home: Path, name: str) -> None:
    with pytest.raises(PlainError, match="PostgreSQL cannot work in"):
        run_quietly(home / name)


def test_data_of_another_version_are_refused_in_words(home: Path) -> None:
    run_quietly(home)
    version = home / "postgresql" / "data" / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(PlainError, match="made by PostgreSQL 14"):
        run_quietly(home)


def test_lost_passwords_are_an_error_in_words_and_not_new_ones(home: Path) -> None:
    run_quietly(home)
    shutil.rmtree(home / "secrets")
    with pytest.raises(PlainError, match="does not let us in"):
        run_quietly(home)


def test_what_the_server_says_of_a_failed_start_is_passed_on(home: Path) -> None:
    run_quietly(home)
    with (home / "postgresql" / "data" / "postgresql.conf").open("a") as stream:
        stream.write("work_mem = nonsense\n")
    with pytest.raises(PlainError, match='invalid value for parameter "work_mem"'):
        run_quietly(home)


def test_two_first_calls_agree_on_the_secrets(home: Path) -> None:
    found: list[dict[str, str]] = []
    threads = [threading.Thread(target=lambda: found.append(homes.database_passwords(home))) for _ in "12345"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 5
    assert all(each == found[0] for each in found)


@pytest.mark.fault
def test_two_at_once_start_one_server(home: Path, user_of: Start) -> None:
    homes.make_home(home)
    users: list[subprocess.Popen[str]] = []
    threads = [threading.Thread(target=lambda: users.append(user_of())) for _ in "123"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(users) == 3
    for user in users:
        leave(user)
    began = time.monotonic()
    server = the_server(home)
    while server.alive() and time.monotonic() - began < 10:
        time.sleep(0.05)
    assert not server.alive()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands folders over")
def test_who_comes_while_a_folder_is_handed_over_does_not_take_it_for_a_strangers(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = server_account(home / "postgresql")
    found: list[Path] = []
    chown = os.chown

    def beside_another(path: Path, *owner: int, follow_symlinks: bool) -> None:
        monkeypatch.setattr(os, "chown", chown)
        found.append(cluster.private_folder(home / "run", account))
        chown(path, *owner, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(os, "chown", beside_another)
    found.append(cluster.private_folder(home / "run", account))
    assert found == [home / "run"] * 2
    assert [entry.name for entry in home.iterdir()] == ["run"]


@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO city.people VALUES ('Real-Name')", "INSERT 'Real-Name'", "SELECT 'Real-Name'::uuid"],
)
def test_what_is_typed_stays_out_of_the_log(home: Path, statement: str) -> None:
    with embedded.running(home) as server:
        with psycopg.connect(server.url("owner")) as connection:
            connection.execute("CREATE TABLE city.people (name text PRIMARY KEY)")
            connection.execute("INSERT INTO city.people VALUES ('Real-Name')")
        with (
            pytest.raises(psycopg.Error, match="Real-Name"),
            psycopg.connect(server.url("owner")) as connection,
        ):
            connection.execute(statement.encode())
    logs = [path.read_text() for path in server.cluster.folder.rglob("*.log")]
    assert any("ready to accept connections" in log for log in logs)
    assert not any("Real-Name" in log for log in logs)
