"""Texts travel compressed: pages, styles and scripts, to whoever can read that."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = ("text/", "image/svg+xml")


class CompressMiddleware(GZipMiddleware):
    """Django's own, for texts alone: photos and documents are compressed already. Against BREACH each answer gets up to
    100 random bytes, and the secret of a form is masked anew each time (both Django's)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        return super().process_response(request, response) if kind.startswith(TEXTS) else response
