"""Around everything under /api/: no cookie is read, and every refusal is a problem."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from yipanqi.api import problems

PREFIX = "/api/"


class ApiMiddleware:
    """The outermost but one. Drops cookies before anybody reads them: a signed-in session gives no more, is not
    renewed, and a language cookie does not decide the language. What the framework, the server's checks or an
    undeclared route refuse in HTML is told as problem details."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        if response.status_code < 400 or response.headers.get("Content-Type") == problems.MEDIA_TYPE:
            return response
        told = problems.of_status(response.status_code, response.headers)
        for name, value in response.headers.items():
            if name not in ("Content-Type", "Content-Length"):
                told.headers.setdefault(name, value)
        told.headers["Content-Length"] = str(len(told.content))
        return told
