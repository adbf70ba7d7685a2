from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from yipanqi.text.grams import (
    MOST_WORDS,
    Word,
    body,
    forms,
    grams,
    grams_of_word,
    mark,
    places,
    plain,
    words_of,
)
from yipanqi.text.variants import folded

ALPHABET = "路灯燈著着乾干隆深沈沉錢鍾答覆0１Aaａß%_\\&|!'\":*()<>- 　\n🚦é㎡\u200d"
TEXTS = st.text(alphabet=ALPHABET, max_size=30)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("深沈", ("深沉", "深沈")),
        ("乾隆", ("干隆",)),
        ("ＡＢ　㎡", ("ab m2",)),
        ("路\u200b燈", ("路灯",)),
        ("", ("",)),
    ],
)
def test_forms(text: str, found: tuple[str, ...]) -> None:
    assert forms(text) == found


@given(TEXTS, st.integers(0, 30), st.integers(1, 6))
def test_a_part_of_a_text_is_a_part_of_what_is_searched_of_it(text: str, start: int, length: int) -> None:
    part = text[start : start + length]
    searched = body(text)
    for word in words_of(part):
        assert any(form in searched for form in word.forms)
        assert any(set(grams_of_word(form)) <= grams(searched) for form in word.forms)


@given(TEXTS)
def test_what_is_folded_twice_is_what_is_folded_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert forms(folded(text))[0] == forms(text)[0]


@given(TEXTS, TEXTS)
def test_what_is_marked_is_what_was_looked_for(text: str, query: str) -> None:
    words, last = words_of(query), 0
    for start, end in places(text, words):
        assert last <= start < end <= len(text)
        last = end
        shown = {plain(text[start:end]), plain(folded(text))}
        assert any(form in each for word in words for form in word.forms for each in shown)


def test_words_that_are_marks_of_a_reference() -> None:
    [word] = words_of("Ｋ7mq—3Q9X-")
    assert word.marks == ("k7mq-3q9x",)
    assert all(part in mark("K7MQ-3Q9X-D") for part in ("k7mq-3q9x-d", "k7mq3q9xd"))
    assert words_of("路k7")[0].marks == ()


def test_a_query_has_few_words_and_each_once() -> None:
    assert words_of("灯 燈 　灯") == (Word(("灯",)),)
    assert words_of("灯\ud800 \ud800") == (Word(("灯",)),)
    assert len(words_of(" ".join(map(str, range(100))))) == MOST_WORDS
