"""What is logged says what went wrong and where, and nothing that anybody typed (S41)."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from yipanqi.core.logs import Reticent

TYPED = "typed-by-somebody"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    out, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Reticent("%(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    yield out
    root.removeHandler(handler)


def test_the_product_logs_through_it() -> None:
    formatters = settings.LOGGING["formatters"]
    assert formatters["plain"]["()"] == "yipanqi.core.logs.Reticent"  # type: ignore[index]


def test_an_error_is_its_kind_and_place_and_so_is_its_cause(log: io.StringIO) -> None:
    def inner() -> None:
        raise ValueError(TYPED)

    try:
        try:
            inner()
        except ValueError as cause:
            raise RuntimeError(TYPED) from cause
    except RuntimeError:
        logging.getLogger("somewhere").exception("It failed")
    told = log.getvalue()
    assert told.startswith("ERROR somewhere It failed | RuntimeError: test_logs.py:")
    assert "; after ValueError: test_logs.py:" in told
    assert "inner" in told
    assert TYPED not in told


def test_what_another_formatter_made_of_the_error_is_not_printed() -> None:
    error = ValueError(TYPED)
    info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", None, info)
    assert TYPED in logging.Formatter().format(record)
    assert TYPED not in Reticent().format(record)


def test_a_request_is_its_method_and_the_name_of_its_view(log: io.StringIO) -> None:
    assert Client().get(f"/{TYPED}/", {"q": TYPED}).status_code == 404
    assert Client().get("/file/", headers={"host": f"{TYPED}.example"}).status_code == 400
    told = log.getvalue()
    assert "WARNING django.request 404 GET -" in told
    assert "django.security.DisallowedHost 400 GET" in told
    assert TYPED not in told
