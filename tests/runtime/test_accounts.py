"""As root and as an ordinary user: where the data lie, and who the server runs as."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runtime.conftest import postmaster
from yipanqi.runtime import binaries, embedded, home as homes
from yipanqi.runtime.account import server_account
from yipanqi.runtime.errors import PlainError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become others")


@as_root
def test_roots_server_runs_as_an_account_of_its_own(home: Path) -> None:
    with embedded.running(home) as server:
        owner = Path(f"/proc/{postmaster(server)}").stat().st_uid
        assert owner == server.cluster.account.uid
        assert owner != 0
        assert pwd.getpwuid(owner).pw_name == "yipanqi"
        assert server.cluster.data.stat().st_uid == owner
        # Keys, passwords and locks stay root's: the database's account need not read them.
        for path in (home, home / "secrets", home / "users.lock", home / "server.lock"):
            assert path.stat().st_uid == 0


@as_root
def test_a_cluster_keeps_the_account_that_it_began_with(home: Path) -> None:
    folder = home / "postgresql"
    folder.mkdir(mode=0o700)
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    assert server_account(folder).name == "nobody"
    with embedded.running(home) as server:
        assert Path(f"/proc/{postmaster(server)}").stat().st_uid == nobody.pw_uid


@as_root
def test_the_servers_account_is_another_where_none_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yipanqi.runtime.account.NAME", "no-such-account")
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    assert server_account(Path("/nonexistent")).uid != 0


@as_root
def test_a_home_in_a_closed_folder_is_refused_in_words_and_nothing_is_opened(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(PlainError, match="cannot enter"), embedded.running(closed / "data"):
        pass
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_the_copied_binaries_are_roots_and_run_for_others(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YIPANQI_PG_BIN", raising=False)
    monkeypatch.setattr(homes, "SYSTEM_FOLDER", home)
    account = server_account(home / "none")
    copied = binaries.find(account)
    assert homes.default_home() in copied.folder.parents
    assert account.run([copied["postgres"], "--version"]).stdout.startswith("postgres (PostgreSQL) 18")
    for path in homes.default_home().rglob("*"):
        assert path.lstat().st_uid == 0
        assert path.is_symlink() or not path.stat().st_mode & 0o022
    assert binaries.find(account) == copied


def test_homes_differ_by_checkout_and_by_user(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = homes.default_home(Path("/a/yipanqi")), homes.default_home(Path("/b/yipanqi"))
    assert one.name.startswith("yipanqi-")
    assert one != two
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/home/li")
    monkeypatch.setenv("XDG_DATA_HOME", "")
    assert homes.default_home(Path("/a/yipanqi")) == Path("/home/li/.local/share/yipanqi") / one.name
    monkeypatch.setenv("XDG_DATA_HOME", "relative/is/ignored")
    assert homes.default_home(Path("/a/yipanqi")).parent == Path("/home/li/.local/share/yipanqi")
    monkeypatch.setenv("XDG_DATA_HOME", "/data/li")
    assert homes.default_home(Path("/a/yipanqi")) == Path("/data/li/yipanqi") / one.name


def test_secrets_that_others_could_read_are_refused(home: Path) -> None:
    homes.database_passwords(home)
    (home / "secrets").chmod(0o755)
    with pytest.raises(PlainError, match="chmod 700"):
        homes.database_passwords(home)


@as_root
@pytest.mark.fault
@pytest.mark.usefixtures("every_server")
def test_an_ordinary_user_needs_nothing_of_root(home: Path) -> None:
    """The whole life of a server by one who is not root: start, data, kill, start again, stop."""
    nobody = pwd.getpwnam("nobody")
    theirs = home / "theirs"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, nobody.pw_uid, nobody.pw_gid)
    code = Path(homes.__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(nobody.pw_uid), str(nobody.pw_gid), str(theirs), str(code)],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(theirs),
            # The checkout's own may lie where only root can go.
            "YIPANQI_PG_BIN": os.environ.get("YIPANQI_PG_BIN")
            or str(binaries.find(server_account(home / "none")).folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["nobody yipanqi_app", "started again True", "1", "stopped True"]


#: Everything is imported first: the interpreter itself may lie where only root can go.
AS_NOBODY = """
import os, pwd, signal, sys
from pathlib import Path
import encodings.idna, psycopg
from yipanqi.runtime import embedded
os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[1])); os.umask(0o022)
home = Path(sys.argv[3]) / "data" / "yipanqi"
with embedded.running(home) as server:
    pid = int((server.cluster.data / "postmaster.pid").read_text().split()[0])
    with psycopg.connect(server.url("owner")) as connection:
        connection.execute("CREATE TABLE city.words AS SELECT 1 AS word")
    with psycopg.connect(server.url("app")) as connection:
        print(pwd.getpwuid(os.stat(f"/proc/{pid}").st_uid).pw_name,
              *connection.execute("SELECT current_user").fetchone())
    os.kill(pid, signal.SIGKILL)
    print("started again", server.ensure())
    with psycopg.connect(server.url("owner")) as connection:
        print(*connection.execute("SELECT word FROM city.words").fetchone())
print("stopped", not server.alive())
"""
