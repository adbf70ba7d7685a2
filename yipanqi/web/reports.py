"""What browsers would not do on our pages: a report of the content security policy becomes a line in the log (S29)."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yipanqi.core import attempts
from yipanqi.web.access import public

log = logging.getLogger("yipanqi.policy")
LARGEST = 16_384  # bytes; a browser sends one or two thousand
MOST = 100  # an hour: whoever made the page sees the first ones, and nobody fills the log
_DIRECTIVE = re.compile(r"[a-z-]{3,40}")
_SOURCE = re.compile(r"[a-z]{2,20}|(?:[a-z]{2,10}:)?(?://[a-z0-9.:-]{1,80})?")


@public
@csrf_exempt  # a browser sends it by itself; all that comes of it is a line
@require_POST
def policy_report(request: HttpRequest) -> HttpResponse:
    """Note the directive, the origin of what was refused and the name of the page's view; never an address, which may
    hold a reference. Always answered alike."""
    length = request.headers.get("Content-Length", "")
    if length.isascii() and length.isdecimal() and int(length) <= LARGEST:
        for each in _reports(request.body):
            try:
                attempts.count(kind="policy-report", value="", most=MOST, seconds=3600, at=timezone.now())
            except attempts.TooMany:
                break
            log.warning("refused by the browser: %s from %s on %s", *each)
    return HttpResponse(status=204)


def _reports(body: bytes) -> list[tuple[str, str, str]]:
    """Directive, source and view of each report in either of the two formats; nothing of what is neither."""
    try:
        said = json.loads(body)
    except ValueError:
        return []
    rows = [said.get("csp-report")] if isinstance(said, dict) else []
    if isinstance(said, list):
        rows = [row.get("body") for row in said if isinstance(row, dict)]
    return [_read(row) for row in rows if isinstance(row, dict)]


def _read(row: Mapping[str, Any]) -> tuple[str, str, str]:
    def text(*names: str) -> str:
        return next((str(row[name]) for name in names if row.get(name)), "")

    directive = text("effective-directive", "effectiveDirective", "violated-directive").split(" ")[0]
    return (
        directive if _DIRECTIVE.fullmatch(directive) else "-",
        _origin(text("blocked-uri", "blockedURL")),
        _view(text("document-uri", "documentURL")),
    )


def _origin(address: str) -> str:
    """Scheme and host, or the browser's own word (inline, eval)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "-"
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else (parts.scheme or parts.path)
    return origin if _SOURCE.fullmatch(origin) and origin else "-"


def _view(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except (Resolver404, ValueError):
        return "-"
