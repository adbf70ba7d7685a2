"""Whose address a request bears behind reverse proxies of the city's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class BehindProxies:
    """Gives each request the address that the outermost of `count` trusted proxies saw.

    Each proxy adds to the right of X-Forwarded-For the address that it saw, so the count-th from the right was written
    by ours; what stands left of it anybody can have written (S34). A request that names fewer came past the proxies:
    it keeps the peer's address.
    """

    def __init__(self, application: Wsgi, count: int) -> None:
        self._application = application
        self._count = count

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen = [each.strip() for each in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if each.strip()]
        if len(seen) >= self._count:
            environ["REMOTE_ADDR"] = seen[-self._count]
        return self._application(environ, start_response)
