"""The point on the map, for those who would rather show than tell. The map is nobody's duty: words do as well."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from yipanqi.organisations.queries import centres
from yipanqi.text import geo
from yipanqi.web.components.maps import credit_words, point_words
from yipanqi.web.components.shapes import Row


def asked(value: str) -> dict[str, Any] | None:
    """What the page needs to show a map when it is asked for, and the point so far in words; None where there is neither.

    The areas' middles go along, so that the nearest is found in the browser: where somebody moves the pin, nobody hears.
    """
    point = geo.read(value)
    if settings.MAP is None:
        return {"words": point_words(point)} if point else None
    return {
        "words": point_words(point) if point else "",
        "tiles": json.dumps(settings.MAP.tiles),
        "credit": credit_words(),
        "centre": json.dumps(settings.MAP.centre),
        "centres": json.dumps(
            {area.pk: (middle.latitude, middle.longitude) for area, middle in centres()},
            separators=(",", ":"),
        ),
        "others": bool(settings.MAP.origins),
    }


def told(label: str, value: str, page: str) -> list[Row]:
    """The point among the answers to check; nothing where there is no map to have shown one on."""
    point = geo.read(value)
    if point is None and settings.MAP is None:
        return []
    return [Row(label, _("没有指") if point is None else "", change_go=page, point=point)]
