"""The product on a PostgreSQL that is not its own: roles from `yipanqi roles`, reached over TCP, every version here."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.running import SELF, environment, serving, words
from tests.ports import free_port
from tests.runtime.conftest import DEBIAN, WHEEL
from yipanqi.runtime import binaries
from yipanqi.runtime.account import Account, server_account
from yipanqi.runtime.cluster import private_folder
from yipanqi.runtime.home import make_home

pytestmark = pytest.mark.fault

VARIABLES = {
    "yipanqi_owner": "MIGRATE_DATABASE_URL",
    "yipanqi_app": "DATABASE_URL",
    "yipanqi_portal": "PORTAL_DATABASE_URL",
    "yipanqi_eraser": "ERASE_DATABASE_URL",
}


@pytest.fixture(params=[WHEEL, *DEBIAN])
def administrator(
    request: pytest.FixtureRequest, fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The URL of an administrator of a server that listens on TCP, made and started without our help."""
    monkeypatch.delenv("YIPANQI_PG_BIN", raising=False)
    if request.param != WHEEL:
        monkeypatch.setenv("YIPANQI_PG_BIN", request.param)
    make_home(fresh_home)
    folder = fresh_home / "elsewhere"
    account = server_account(folder)
    programs, port = binaries.find(account), free_port()
    private_folder(folder, account)
    data = folder / "data"
    ran(
        account,
        programs["initdb"],
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    )
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder}"
    control = (programs["pg_ctl"], "-w", "-D", data)
    ran(account, *control, "start", "-l", folder / "log", "-o", options)
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        ran(account, *control, "stop", "-m", "fast")


def ran(account: Account, *command: str | Path) -> None:
    done = account.spawn(command, output=subprocess.DEVNULL)
    assert done.wait(120) == 0, command


def test_the_product_runs_on_another_server(administrator: str, fresh_home: Path) -> None:
    home = fresh_home / "product"
    script = subprocess.run(
        [*SELF, "roles"], env=environment(home), capture_output=True, text=True, check=True
    ).stdout
    psql = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", administrator]
    subprocess.run(psql, input=script, text=True, check=True, stdout=subprocess.DEVNULL)
    where = administrator.rpartition("@")[2].rpartition("/")[0]
    found = dict(re.findall(r'CREATE ROLE "?(\w+)"? [^;]* PASSWORD \'([^\']+)\'', script))
    urls = {VARIABLES[role]: f"postgresql://{role}:{word}@{where}/yipanqi" for role, word in found.items()}
    assert sorted(urls) == sorted(VARIABLES.values())
    subprocess.run(
        [*SELF, "demo", "--cases", "0"], env={**environment(home), **urls}, check=True, timeout=300
    )
    with serving(home, more=urls) as running:
        filed = running.submit(words("别处"), key="elsewhere")
        assert running.submit(words("别处"), key="elsewhere") == filed
        assert (
            running.post("/api/v1/track", {"reference": filed["reference"], "secret": filed["secret"]})[0]
            == 200
        )
    assert running.process.returncode == 0
    assert not (home / "postgresql").exists()
    assert subprocess.run([*SELF, "verify"], env={**environment(home), **urls}, check=False).returncode == 0
    for power, reason in (
        (
            urls["MIGRATE_DATABASE_URL"],
            "MIGRATE_DATABASE_URL and DATABASE_URL name the same role, yipanqi_owner",
        ),
        (
            administrator.rpartition("/")[0] + "/yipanqi",
            "DATABASE_URL has too much power: it is a superuser",
        ),
    ):
        refused = subprocess.run(
            [*SELF, "serve", "--port", str(free_port())],
            env={**environment(home), **urls, "DATABASE_URL": power},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (refused.returncode, reason in refused.stderr) == (1, True), refused.stderr
    with psycopg.connect(urls["DATABASE_URL"]) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("DELETE FROM core_move")
