"""The map on which a place can be shown: whose pictures it is made of. A city that names none has no map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

OWN = "/map/{z}/{x}/{y}.svg"
CENTRE = "36.65000,117.00000"


@dataclass(frozen=True)
class Map:
    """`tiles`: addresses with {z}, {x} and {y}, one laid upon the other. `credit`: whose it is, with its 审图号.
    `centre`: degrees north and east where it opens. `own`: drawn by ourselves, of made-up data."""

    tiles: tuple[str, ...]
    credit: str
    centre: tuple[float, float]
    own: bool = False

    @property
    def origins(self) -> list[str]:
        """Whom the browser asks for pictures, for the content security policy."""
        parts = (urlsplit(address) for address in self.tiles)
        return sorted({f"{part.scheme}://{part.netloc}" for part in parts if part.netloc})


def site_map(environment: Mapping[str, str], *, demo: bool) -> Map | None:
    """The map of this city; of a demonstration that names none, the made-up one."""
    tiles = tuple(environment.get("YIPANQI_MAP_TILES", "").split())
    credit = environment.get("YIPANQI_MAP_CREDIT", "").strip()
    centre = _centre(environment.get("YIPANQI_MAP_CENTRE", "") or CENTRE)
    if not tiles:
        return Map((OWN,), credit, centre, own=True) if demo else None
    for address in tiles:
        whole = all(name in address for name in ("{z}", "{x}", "{y}"))
        if not address.startswith("https://") or not whole or "{s}" in address:
            raise ImproperlyConfigured(
                "YIPANQI_MAP_TILES: https addresses with {z}, {x} and {y}, without {s}."
            )
    if not credit:
        raise ImproperlyConfigured("YIPANQI_MAP_CREDIT must name the map and its 审图号.")
    return Map(tiles, credit, centre)


def _centre(text: str) -> tuple[float, float]:
    try:
        north, east = (float(part) for part in text.split(","))
    except ValueError:
        raise ImproperlyConfigured("YIPANQI_MAP_CENTRE: degrees north, a comma, degrees east.") from None
    return north, east
