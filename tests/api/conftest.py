"""Callers of the interface: in this process, and a server of its own that runs as a portal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

ORDER = {"kind": "order", "title": "路灯不亮", "text": "示例路三号杆的路灯不亮一周了。"}

Call = Callable[..., Any]


@pytest.fixture
def call(client: Client) -> Call:
    """Posts JSON to /api/v1/<name> and gives the response, whose `.told` is what it says."""

    def post(name: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        given = {**headers, **({"Idempotency-Key": key} if key is not None else {})}
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        response = client.post(
            f"/api/v1/{name}",
            content,
            content_type=given.pop("Content-Type", "application/json"),
            headers=given,
        )
        return told(response)  # type: ignore[arg-type]

    return post


def told(response: HttpResponse) -> Any:
    """The response with what it says, read."""
    response.told = json.loads(response.content) if response.content else None  # type: ignore[attr-defined]
    return response
