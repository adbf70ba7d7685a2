"""What a government's site says of itself at the foot of every page, from settings of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """The unit whose site this is, in both languages, and its marks; an empty one is not shown.

    `code`: 网站标识码; `icp`: the ICP filing; `police`: the public-security filing; `errors`: the address where wrong
    pages are reported; `contact`: telephone or address of the site's own office.
    """

    unit: str
    unit_en: str
    code: str
    icp: str
    police: str
    contact: str
    errors: str


def site(environment: Mapping[str, str], *, demo: bool) -> Site:
    """The site of this city; of a demonstration, marks that say that they are samples."""
    sample = {
        "code": "0000000000",
        "icp": "示例ICP备00000000号",
        "police": "示例公网安备 00000000000000号",
    }

    def of(name: str, default: str = "") -> str:
        return environment.get(f"YIPANQI_SITE_{name.upper()}", default).strip()

    marks = {name: of(name, sample[name] if demo else "") for name in sample}
    return Site(
        unit=of("unit", "市委社会工作部"),
        unit_en=of("unit_en", "Social Work Department"),
        contact=of("contact"),
        errors=of("errors"),
        **marks,
    )
