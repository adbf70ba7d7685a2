"""The title that a text without one gets: its first sentence that says something."""

from __future__ import annotations

import pytest

from yipanqi.text.sentences import title_of


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("尊敬的领导：您好！示例路的路灯坏了。", "示例路的路灯坏了"),
        ("尊敬的市政府领导：您们好！示例路的路灯坏了。", "示例路的路灯坏了"),
        ("示例小区脏乱差尊敬的市政府领导：您们好！我是业主。", "示例小区脏乱差"),
        ("示例路的路灯坏了", "示例路的路灯坏了"),
        ("尊敬的厅长大人：您好！示例路的路灯坏了。", "示例路的路灯坏了"),
        ('"示例路的路灯坏了"', "示例路的路灯坏了"),
        ("示例市长期停水。", "示例市长期停水"),
        ("您好", "您好"),
    ],
)
def test_it_is_what_the_text_is_about(text: str, title: str) -> None:
    assert title_of(text) == title


def test_a_long_sentence_is_cut_at_a_pause() -> None:
    assert title_of("示例路的路灯坏了，" * 20) == "，".join(["示例路的路灯坏了"] * 6) + "…"
