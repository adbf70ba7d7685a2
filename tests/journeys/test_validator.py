"""That the validator of the journeys sees what is wrong, and nothing where nothing is."""

from __future__ import annotations

from tests.journeys.validator import faults

HEAD = '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>页</title></head><body>'


def test_what_is_wrong_is_named_with_its_page_and_line() -> None:
    found = faults(
        {"good": f"{HEAD}<p>好</p></body></html>", "bad": f"{HEAD}\n<p><div>坏</div></p></body></html>"}
    )
    assert len(found) == 1
    assert found[0].startswith("bad:2: ")
