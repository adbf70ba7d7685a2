"""Problem details (RFC 9457): one shape for everything that is refused, in the caller's language.

Nothing that a person typed is repeated in one, but for names of members that nobody asked for. They are not logged
either: an address that somebody got wrong may hold a reference and a secret.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_noop
from ninja.errors import ValidationError

from yipanqi.cases.queries import NotProved
from yipanqi.core.attempts import TooMany
from yipanqi.core.errors import Conflict, Refused
from yipanqi.core.logs import where

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPES = "/api/v1/problems/"
#: Seconds after which it is worth trying again when the database was away.
PAUSE = 5
MOST_ERRORS, LONGEST_NAME = 50, 100


@dataclass(frozen=True)
class Type:
    """A kind of problem: the last part of its `type`, the status it comes with, and its title (a msgid)."""

    code: str
    status: int
    title: str


MALFORMED = Type("malformed-json", 400, gettext_noop("请求内容不是正确的 JSON"))
BAD_KEY = Type("invalid-idempotency-key", 400, gettext_noop("Idempotency-Key 不可用"))
BAD_REQUEST = Type("bad-request", 400, gettext_noop("请求有误"))
NOT_FOUND = Type("not-found", 404, gettext_noop("没有这个地址"))
NOT_PROVED = Type("not-proved", 404, gettext_noop("查询号和密码对不上"))
WRONG_METHOD = Type("method-not-allowed", 405, gettext_noop("这个地址不支持这种方法"))
NOT_ACCEPTABLE = Type("not-acceptable", 406, gettext_noop("只能以 JSON 回答"))
KEY_REUSED = Type("idempotency-key-reused", 409, gettext_noop("这个 Idempotency-Key 已用于别的内容"))
TOO_LARGE = Type("too-large", 413, gettext_noop("请求内容太大"))
WRONG_MEDIA = Type("unsupported-media-type", 415, gettext_noop("只接受 UTF-8 编码的 JSON"))
INVALID = Type("invalid-input", 422, gettext_noop("有几处需要改一下"))
TOO_MANY = Type("too-many-requests", 429, gettext_noop("请求太多"))
UNEXPECTED = Type("unexpected", 500, gettext_noop("我们这里出了错"))
UNAVAILABLE = Type("unavailable", 503, gettext_noop("暂时不能办理"))

ALL = (
    MALFORMED, BAD_KEY, BAD_REQUEST, NOT_FOUND, NOT_PROVED, WRONG_METHOD, NOT_ACCEPTABLE, KEY_REUSED, TOO_LARGE,
    WRONG_MEDIA, INVALID, TOO_MANY, UNEXPECTED, UNAVAILABLE,
)  # fmt: skip
#: What a refusal becomes that Django or the web server made before anything of ours ran.
BY_STATUS = {t.status: t for t in (BAD_REQUEST, NOT_FOUND, WRONG_METHOD, TOO_LARGE, UNEXPECTED, UNAVAILABLE)}


class Problem(Exception):
    """Something to refuse; `errors` says by member name what is wrong."""

    def __init__(self, kind: Type, detail: str, *, errors: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(kind.code)
        self.kind, self.detail, self.errors = kind, detail, tuple(errors)


def answer(
    kind: Type,
    detail: str,
    *,
    errors: Iterable[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem as a response."""
    content: dict[str, Any] = {
        "type": TYPES + kind.code,
        "title": _(kind.title),
        "status": kind.status,
        "detail": detail,
    }
    wrong = [{"field": field, "message": message} for field, message in errors][:MOST_ERRORS]
    if wrong:
        content["errors"] = wrong
    response = HttpResponse(
        json.dumps(content, ensure_ascii=False).encode(),
        status=kind.status,
        content_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )
    # Django would log the address of what is refused.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def of_status(status: int, headers: Mapping[str, str]) -> HttpResponse:
    """The problem for a refusal of which only the status is known; the headers of it that carry meaning are kept."""
    kind = BY_STATUS.get(status, BAD_REQUEST if status < 500 else UNEXPECTED)
    details = {
        NOT_FOUND: _("请核对地址；全部地址见 /api/v1/openapi.json。"),
        WRONG_METHOD: _("支持的方法见 Allow。"),
        UNEXPECTED: _("已记录。请稍后用同一个 Idempotency-Key 再试，不会重复登记。"),
    }
    kept = {name: headers[name] for name in ("Allow", "Retry-After") if name in headers}
    return answer(kind, details.get(kind, _("请核对请求后再试。")), headers=kept)


def from_exception(request: HttpRequest, error: Exception) -> HttpResponse:
    """The problem that an exception is: the one place where refusals of all layers become answers."""
    if isinstance(error, Problem):
        return answer(error.kind, error.detail, errors=error.errors)
    if isinstance(error, ValidationError):
        return answer(INVALID, _("请按每一处的说明改正。"), errors=(_wrong(each) for each in error.errors))
    if isinstance(error, Refused):
        return _from_refusal(error)
    if isinstance(error, OperationalError | InterfaceError):
        _log(error)
        return _unavailable(_("数据库正忙或正在恢复。请稍后用同一个 Idempotency-Key 再试，不会重复登记。"))
    _log(error)
    return of_status(500, {})


def _from_refusal(error: Refused) -> HttpResponse:
    if isinstance(error, TooMany):
        return answer(TOO_MANY, error.message, headers={"Retry-After": str(error.retry_after)})
    if isinstance(error, NotProved):
        return answer(NOT_PROVED, error.message)
    if isinstance(error, Conflict):
        return answer(KEY_REUSED, error.message)
    if error.fields:
        return answer(
            INVALID, error.message, errors=[(MEMBERS.get(k, k), why) for k, why in error.fields.items()]
        )
    # What is left is no fault of the caller's: no intake unit, or no limit, has been set up yet.
    return _unavailable(error.message)


def _unavailable(detail: str) -> HttpResponse:
    return answer(UNAVAILABLE, detail, headers={"Retry-After": str(PAUSE)})


#: Where the members of the interface are called otherwise than the words of a submission.
MEMBERS = {"name": "contact.name", "phone": "contact.phone", "email": "contact.email"}


def _wrong(error: Mapping[str, Any]) -> tuple[str, str]:
    """Member and sentence for one finding of pydantic's. Its own messages are English and may hold what was typed."""
    _body, _parameter, *path = error["loc"]
    limits = error.get("ctx") or {}
    match error["type"]:
        case "missing" | "blank":
            why = _("请填写。")
        case "extra_forbidden":
            why = _("没有这一项；请求里只能有接口说明列出的各项。")
        case "string_too_long":
            why = _("最多 %(n)d 字。") % {"n": limits["max_length"]}
        case "string_unicode" | "unstorable":
            why = _("含有不能保存的字符。")
        case "control":
            why = _("只能是一行，不能有换行和控制字符。")
        case "string_type":
            why = _("应为字符串。")
        case "choice":
            why = _("请从所列选项中选择：%(choices)s。") % {"choices": limits["choices"]}
        case "model_type" | "model_attributes_type" | "dict_type":
            why = _("应为 JSON 对象。")
        case _:
            why = _("不合要求。")
    return printable(".".join(str(part) for part in path)), why


def printable(name: str) -> str:
    """A member's name as it may be repeated: without what no encoding carries, and not for ever."""
    plain = name.encode("utf-8", "replace").decode()
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in plain)
    return plain if len(plain) <= LONGEST_NAME else plain[:LONGEST_NAME] + "…"


def _log(error: Exception) -> None:
    """The kind of an error and where it happened. Not its text: a database's may hold the row."""
    logger.error(where(error))
