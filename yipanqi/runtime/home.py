"""Where an installation keeps what is not code: the embedded database, keys, secrets, checkpoints.

Never in the checkout, which people copy, publish and throw away.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from yipanqi.runtime.errors import PlainError

SYSTEM_FOLDER = Path("/var/lib/yipanqi")


def checkout() -> Path:
    """The folder that holds the code which is running."""
    return Path(__file__).resolve().parents[2]


def digest(text: str) -> str:
    """Eight hex digits that tell two folders of the same name apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def default_home(code: Path | None = None) -> Path:
    """The home of the checkout ``code``: below /var/lib for root, else in the user's data folder."""
    code = code or checkout()
    name = f"{code.name[:40] or 'root'}-{digest(str(code))}"
    return (SYSTEM_FOLDER if os.geteuid() == 0 else _user_folder()) / name


def _user_folder() -> Path:
    given = os.environ.get("XDG_DATA_HOME", "")
    if given.startswith("/"):  # the specification says that a relative one is to be ignored
        return Path(given) / "yipanqi"
    try:
        own = Path.home()
    except RuntimeError:
        raise PlainError(
            "This account has no home folder: set YIPANQI_HOME to a folder it may write to."
        ) from None
    if sys.platform == "darwin":
        return own / "Library" / "Application Support" / "yipanqi"
    return own / ".local" / "share" / "yipanqi"


def make_home(home: Path) -> Path:
    """``home``, made where it is absent. Root's can be passed through by the database's own account but not
    listed; an ordinary user's is closed. A folder that exists keeps its mode: it may be someone's."""
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        if not home.exists():
            home.mkdir(mode=0o700, exist_ok=True)
            if os.geteuid() == 0:
                home.chmod(0o711)
    except OSError as error:
        raise PlainError(f"The data folder {home} cannot be made: {error.strerror}.") from error
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        raise PlainError(f"This account may not write to the data folder {home}. YIPANQI_HOME names another.")
    return home


def secret_text(home: Path, name: str, make: Callable[[], str]) -> str:
    """The content of ``home/secrets/name`` (0600 in a 0700 folder), made by ``make`` at the first call.

    Two first calls at once agree: the file appears by a link, which only one of them can create."""
    folder = home / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        raise PlainError(f"{folder} is open to other accounts; run: chmod 700 {folder}")
    path = folder / name
    if not path.exists():
        building = folder / f".{name}.{secrets.token_hex(6)}"
        with os.fdopen(os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(make())
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(building, path)
        except FileExistsError:
            pass
        finally:
            building.unlink()
        _sync(folder)
    return path.read_text()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def database_passwords(home: Path) -> dict[str, str]:
    """The passwords of the embedded server's roles, by role: admin, owner, app, portal, eraser."""
    roles = ("admin", "owner", "app", "portal", "eraser")
    text = secret_text(
        home, "database.json", lambda: json.dumps({role: secrets.token_urlsafe(24) for role in roles})
    )
    try:
        found = json.loads(text)
        return {role: str(found[role]) for role in roles}
    except (ValueError, KeyError, TypeError):
        raise PlainError(f"{home / 'secrets' / 'database.json'} is damaged: restore it.") from None


def django_secret(home: Path) -> str:
    """The key that signs sessions and forms of this installation."""
    return secret_text(home, "django", lambda: secrets.token_urlsafe(48)).strip()
