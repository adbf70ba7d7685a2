"""Reading requests: what can be refused before anybody looks at the members."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.parser import Parser
from ninja.types import DictStrAny

from yipanqi.api import problems
from yipanqi.api.problems import Problem

MEDIA_TYPE = "application/json"
#: Bytes of a request: five thousand characters, each escaped as two units of UTF-16, and room for the rest.
LARGEST = 100_000
LONGEST_KEY = 255

View = Callable[..., HttpResponse]


def takes_json(view: View) -> View:
    """Around an operation: refuses what cannot be read or answered, and reads the JSON."""

    @wraps(view)
    def run(request: HttpRequest, **path: Any) -> HttpResponse:
        try:
            _check_accept(request)
            _check_content_type(request)
            request.parsed = parse(_body(request))  # type: ignore[attr-defined]
        except Problem as problem:
            return problems.from_exception(request, problem)
        return view(request, **path)

    return run


def gives_json(view: View) -> View:
    """Around an operation without a body: refuses callers who accept no JSON."""

    @wraps(view)
    def run(request: HttpRequest, **path: Any) -> HttpResponse:
        try:
            _check_accept(request)
        except Problem as problem:
            return problems.from_exception(request, problem)
        return view(request, **path)

    return run


class ParsedJson(Parser):
    """Hands the framework what `takes_json` has read."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        parsed: DictStrAny = request.parsed  # type: ignore[attr-defined]
        return parsed


def _check_accept(request: HttpRequest) -> None:
    accepted = request.headers.get("Accept", "").strip()
    if accepted and not request.accepts(MEDIA_TYPE):
        raise Problem(problems.NOT_ACCEPTABLE, _("Accept 须包含 application/json。"))


def _check_content_type(request: HttpRequest) -> None:
    charset = str((request.content_params or {}).get("charset", "utf-8")).lower()
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if (request.content_type, charset, encoding) != (MEDIA_TYPE, "utf-8", "identity"):
        raise Problem(problems.WRONG_MEDIA, _("Content-Type 须为 application/json，UTF-8 编码，不压缩。"))


def _body(request: HttpRequest) -> bytes:
    """The body, read no further than one byte too many."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise Problem(problems.TOO_LARGE, _("最多 %(n)d 字节。") % {"n": LARGEST})
    if not request.META.get("CONTENT_LENGTH") and request.META.get("wsgi.input_terminated"):
        # Sent in chunks. Django takes a body without a stated length for an empty one.
        request._body = request.META["wsgi.input"].read(LARGEST + 1)
    body = request.body
    if len(body) > LARGEST:
        raise Problem(problems.TOO_LARGE, _("最多 %(n)d 字节。") % {"n": LARGEST})
    return body


def parse(body: bytes) -> Any:
    """JSON, strictly: UTF-8, no member twice (which one would be meant?), no NaN. Raises `Problem`."""
    try:
        return json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_refuse, parse_int=_number
        )
    except (ValueError, RecursionError):
        raise Problem(
            problems.MALFORMED, _("请核对 JSON 的写法和 UTF-8 编码；同一对象里每项只能出现一次。")
        ) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _refuse(_constant: str) -> NoReturn:
    raise ValueError("not a number of JSON's")


def _number(text: str) -> float:
    # No member is a number; as a float one cannot be so long that reading it takes a while.
    return float(text)


def digest(parsed: Any) -> bytes:
    """What makes two bodies the same: the members and their values, whatever their order and spacing."""
    plain = json.dumps(parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(plain.encode()).digest()


def idempotency_key(request: HttpRequest) -> str | None:
    """The request's key, None without one. Raises `Problem` for one that is empty, too long, or not printable ASCII.

    ASCII, because servers differ in what they make of other bytes; ours makes nothing of them, and what arrives empty
    must not pass for a request without a key.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    key = key.strip()
    if not key or len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        why = _("须为 1 到 %(n)d 个可打印的 ASCII 字符。") % {"n": LONGEST_KEY}
        raise Problem(problems.BAD_KEY, why, errors=[("Idempotency-Key", why)])
    return key
