"""Our own small line drawings (24 x 24). Each is decoration: a word always stands beside it."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_LINES = {
    "arrow": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "back": '<path d="M19 12H5M11 6l-6 6 6 6"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 11h16M9 3v5M15 3v5"/>',
    "check": '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
    "copy": '<path d="M9 9h11v11H9zM5 15H4V4h11v1"/>',
    "cross": '<path d="M6 6l12 12M18 6L6 18"/>',
    "exit": '<path d="M14 4h6v16h-6M10 8l-4 4 4 4M6 12h9"/>',
    "eye": '<path d="M3 12c4-7 14-7 18 0-4 7-14 7-18 0z"/><circle cx="12" cy="12" r="2.5"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.2v.3"/>',
    "lock": '<path d="M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4 21c0-9 16-9 16 0"/>',
    "pause": '<circle cx="12" cy="12" r="9"/><path d="M10 9v6M14 9v6"/>',
    "print": '<path d="M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z"/>',
    "warning": '<path d="M12 4l9 16H3zM12 10v5M12 17.2v.3"/>',
}

# Shape and glyph differ for each colour: nobody has to see the colour. Grey stands still, blue is done (domain §8).
_LIGHTS = {
    "green": '<circle cx="12" cy="12" r="10"/><path d="M7 12.4l3.4 3.4L17 9"/>',
    "yellow": '<path class="body" d="M12 2.5L22.5 21h-21z"/><path d="M12 9.5v5M12 17v.4"/>',
    "red": '<path class="body" d="M8 2h8l6 6v8l-6 6H8l-6-6V8z"/><path d="M8.5 8.5l7 7M15.5 8.5l-7 7"/>',
    "grey": '<circle class="ring" cx="12" cy="12" r="9"/><path d="M9.7 8.5v7M14.3 8.5v7"/>',
    "blue": '<path class="body" d="M3 3h18v18H3z"/><path d="M7 12.4l3.4 3.4L17 9"/>',
}


def icon(name: str) -> SafeString:
    """A line drawing by name; raises KeyError for a name that is not drawn."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(_LINES[name]),  # noqa: S308 - our own constant
    )


def lamp(colour: str) -> SafeString:
    """The sign of a light; raises KeyError for an unknown colour."""
    return format_html(
        '<svg class="lamp" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(_LIGHTS[colour]),  # noqa: S308 - our own constant
    )


def mark() -> SafeString:
    """The sign of the house: a corner of the board with one stone played and one in answer."""
    return mark_safe(
        '<svg class="mark" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true" focusable="false">'
        '<path class="mark-lines" d="M9 1v38M20 1v38M31 1v38M1 9h38M1 20h38M1 31h38"/>'
        '<circle class="mark-stone" cx="20" cy="20" r="8.5"/>'
        '<circle class="mark-answer" cx="31" cy="9" r="6"/></svg>'
    )
