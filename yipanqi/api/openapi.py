"""The description of the interface in OpenAPI 3.1: what the framework derives, and everything that can be refused."""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext, gettext_noop as _
from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE

from yipanqi.api import problems
from yipanqi.api.problems import Type
from yipanqi.api.reading import LONGEST_KEY, MEDIA_TYPE
from yipanqi.api.schemas import REFERENCE, SECRET, ProblemDetails

PREFIX = "/api/v1/"
#: Members whose texts are msgids.
TEXTS = ("description", "summary")

RETRY_AFTER = {
    "description": _("过多少秒再试。"),
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
ALLOW = {"description": _("支持的方法。"), "required": True, "schema": {"type": "string"}}

#: By status: when it is answered, which kinds of problem come with it, and its headers.
REFUSALS: dict[str, tuple[str, tuple[Type, ...], dict[str, Any]]] = {
    "400": (_("请求读不懂，或者 Idempotency-Key 不可用。"), (problems.MALFORMED, problems.BAD_KEY), {}),
    "404": (_("查询号和密码对不上。"), (problems.NOT_PROVED,), {}),
    "405": (_("这个地址不支持这种方法。"), (problems.WRONG_METHOD,), {"Allow": ALLOW}),
    "406": (_("Accept 不包含 application/json。"), (problems.NOT_ACCEPTABLE,), {}),
    "409": (_("这个 Idempotency-Key 在 24 小时内用于别的内容。"), (problems.KEY_REUSED,), {}),
    "413": (_("请求内容太大。"), (problems.TOO_LARGE,), {}),
    "415": (_("Content-Type 不是 UTF-8 编码的 application/json。"), (problems.WRONG_MEDIA,), {}),
    "422": (_("有不对的项；errors 逐项说明。"), (problems.INVALID,), {}),
    "429": (_("太多了，请按 Retry-After 等一会儿。"), (problems.TOO_MANY,), {"Retry-After": RETRY_AFTER}),
    "503": (
        _("暂时不能办理，请按 Retry-After 重试。"),
        (problems.UNAVAILABLE,),
        {"Retry-After": RETRY_AFTER},
    ),
}
LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "description": _("回答的语言：zh（默认）或 en。"),
    "schema": {"type": "string"},
    "example": "zh-CN, en;q=0.5",
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": _(
        "由调用方生成、每件诉求一个、别人猜不到的键，建议用 UUID。24 小时内同键同内容得到同一个回答。"
    ),
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_KEY,
        "pattern": "^[!-~]([ -~]*[!-~])?$",
    },
    "example": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
}


def _refused(*statuses: str) -> dict[str, Any]:
    answers = {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}
    return {**answers, "default": {"$ref": "#/components/responses/default"}}


def _asked(**examples: dict[str, Any]) -> dict[str, Any]:
    named = {name: {"value": value} for name, value in examples.items()}
    return {"content": {MEDIA_TYPE: {"examples": named}}}


EXAMPLE_TERM = {
    "code": "route",
    "label": "最晚这天转给负责单位",
    "due": "2026-11-24",
    "due_raw": "2026-11-24",
    "state": "running",
    "late": False,
    "provisional": False,
    "basis": "工作惯例",
    "derivation": [
        "第 0 天：2026-11-23（当天不计）。",
        "计 1 个工作日。",
        "到期日：2026-11-24，到当天 24:00 为止。",
    ],
}
EXAMPLE_CASE = {
    "number": REFERENCE,
    "state": {"code": "registered", "label": "我们已收到，正在确定由谁办理"},
    "unit": None,
    "timeline": [{"at": "2026-11-23T10:00:00+08:00", "what": "我们收到了您的诉求", "who": "您", "text": ""}],
    "terms": [EXAMPLE_TERM],
    "documents": [],
}

#: What an answer to filing is good for next.
LINK = {
    "operationId": "track",
    "description": _("用得到的查询号和密码查询。"),
    "requestBody": {"reference": "$response.body#/reference", "secret": "$response.body#/secret"},
}

SUBMIT: dict[str, Any] = {
    "parameters": [KEY, LANGUAGE],
    "requestBody": _asked(
        order={
            "kind": "order",
            "title": "路灯不亮",
            "text": "示例路三号杆的路灯不亮一周了。",
            "contact": {"name": "甲某", "phone": "199 0000 0001"},
            "anonymity": "hidden",
        },
        suggestion={
            "kind": "suggestion",
            "title": "在公交站装座椅",
            "text": "老人等车没有地方坐，建议在示例路各站装座椅。",
        },
        claim={
            "kind": "claim",
            "title": "补贴没有发全",
            "text": "示例补贴少发一个月，窗口说不补，没有说依据。",
            "contact": {"name": "乙某", "phone": "199 0000 0002"},
            "anonymity": "handler_only",
        },
    ),
    "responses": {
        201: {
            "description": _("已登记。"),
            "links": {"track": LINK},
            **_asked(
                submitted={
                    "reference": REFERENCE,
                    "secret": SECRET,
                    "links": {"track": f"https://portal.example/track/{REFERENCE}/"},
                }
            ),
        },
        **_refused("400", "405", "406", "409", "413", "415", "422", "429", "503"),
    },
}
TRACK: dict[str, Any] = {
    "parameters": [LANGUAGE],
    "requestBody": _asked(proof={"reference": REFERENCE, "secret": SECRET}),
    "responses": {
        200: {
            "description": _("本人能看到的一切。"),
            **_asked(registered={"cases": [EXAMPLE_CASE], "terms": [EXAMPLE_TERM]}),
        },
        **_refused("400", "404", "405", "406", "413", "415", "422", "429", "503"),
    },
}
DESCRIBE: dict[str, Any] = {
    "parameters": [LANGUAGE],
    "responses": {200: {"description": _("OpenAPI 3.1 文件。")}, **_refused("405", "406")},
}


@lru_cache(maxsize=4)
def document(api: NinjaAPI, language: str) -> dict[str, Any]:
    """The whole description in the active language, which `language` names for the cache. Not to be changed."""
    found: dict[str, Any] = copy.deepcopy(dict(api.get_openapi_schema(path_prefix=PREFIX)))
    found["info"]["title"] = gettext(api.title)
    schemas = found["components"]["schemas"]
    problem = ProblemDetails.model_json_schema(ref_template=REF_TEMPLATE, mode="serialization")
    schemas |= {**problem.pop("$defs"), ProblemDetails.__name__: problem}
    found["components"]["responses"] = _responses()
    _drop_titles(schemas)
    translated: dict[str, Any] = _translated(found)
    return translated


def _responses() -> dict[str, Any]:
    answers = {status: _response(*parts) for status, parts in REFUSALS.items()}
    return {**answers, "default": _response(_("其他问题。"), (problems.UNEXPECTED,), {})}


def _response(text: str, kinds: tuple[Type, ...], headers: dict[str, Any]) -> dict[str, Any]:
    schema = {"$ref": REF_TEMPLATE.format(model=ProblemDetails.__name__)}
    examples = {kind.code: {"value": _example(kind)} for kind in kinds}
    content = {problems.MEDIA_TYPE: {"schema": schema, "examples": examples}}
    return {
        "description": text,
        "content": content,
        **({"headers": copy.deepcopy(headers)} if headers else {}),
    }


def _example(kind: Type) -> dict[str, Any]:
    example: dict[str, Any] = {
        "type": problems.TYPES + kind.code,
        "title": gettext(kind.title),
        "status": kind.status,
        "detail": "…",
    }
    if kind is problems.INVALID:
        example["errors"] = [{"field": "title", "message": gettext("请填写。")}]
    return example


def _drop_titles(schemas: Any) -> None:
    """Take away the titles that pydantic makes of names."""
    if isinstance(schemas, dict):
        if isinstance(schemas.get("title"), str):
            del schemas["title"]
        for value in schemas.values():
            _drop_titles(value)


def _translated(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        if name == "schema":
            _drop_titles(value)
        return {key: each if key == "examples" else _translated(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_translated(each) for each in value]
    return gettext(value) if name in TEXTS and isinstance(value, str) and value else value
