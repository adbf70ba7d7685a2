from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings, strategies as st

from yipanqi.text.similar import Alike, Document, Index, likeness, ranked, rarity, terms, vector, why

LAMPS = Document("1", "示例路路灯不亮", "示例路三号杆的路灯一周不亮了，晚上路口看不清人。")
AGAIN = Document("2", "路灯坏了没人修", "示例路的路燈壞了，晚上看不清，請來修。")
NOISE = Document("3", "工地夜里施工扰民", "阳光小区旁边的工地夜里施工，噪音很大，孩子睡不着。")
ANOTHER = Document("4", "阳光小区噪音", "阳光小区外的工地夜里施工噪音大，投诉没有用。")
FAR = Document("5", "社保怎么转", "请问社保关系从外地转来要哪些材料。")
ALL = [LAMPS, AGAIN, NOISE, ANOTHER, FAR]


def _even(term: str) -> float:
    return 1.0


def _ids(found: list[Alike]) -> list[str]:
    return [each.id for each in found]


def test_the_most_alike_come_first_and_never_the_same_id() -> None:
    index = Index(ALL)
    assert _ids(index.like(LAMPS))[0] == "2"
    assert _ids(index.like(NOISE))[0] == "4"
    assert all(each.id not in _ids(index.like(each)) for each in ALL)


def test_at_most_five_and_nothing_that_has_nothing_in_common() -> None:
    many = [Document(str(n), LAMPS.title, LAMPS.text) for n in range(9)]
    assert len(Index(many).like(FAR)) == 0
    found = Index(many).like(LAMPS)
    assert _ids(found) == ["0", "2", "3", "4", "5"], "a tie goes to the earlier row"
    assert [round(each.score, 6) for each in found] == [1.0] * 5


def test_script_and_width_make_no_difference() -> None:
    one, other = (
        vector(Document("", "路燈Ａ１", "壞了"), _even),
        vector(Document("", "路灯a1", "坏了"), _even),
    )
    assert round(likeness(one, other), 9) == 1


def test_a_word_of_the_title_counts_more_than_one_of_the_text() -> None:
    in_title, in_text = Document("a", "路灯不亮", "晚上看不清人"), Document("b", "晚上看不清人", "路灯不亮")
    asked = Document("", "路灯不亮", "别的事情")
    assert _ids(ranked(asked, [in_text, in_title], _even)) == ["a", "b"]


def test_rare_words_count_more() -> None:
    assert rarity(1000, 1) > rarity(1000, 10) > rarity(1000, 1000) > 0


def test_says_why_by_place_thing_and_words() -> None:
    (first, *_) = Index(ALL).like(NOISE)
    assert first.why.places == ("阳光小区",)
    assert set(first.why.things) == {"施工", "噪音"}
    assert (
        any("夜里" in said or "工地" in said for said in (*first.why.words, *first.why.things))
        or first.why.words == ()
    )
    assert str(first.why).startswith("地点：阳光小区；事项：")


def test_says_nothing_where_there_is_nothing() -> None:
    assert str(why(LAMPS, Document("", "", ""), {})) == ""


def test_the_same_person_is_no_reason() -> None:
    one = Document("a", "路灯不亮", "我叫张测试，电话13800001111，住3号楼2单元501室。")
    other = Document("b", "社保怎么转", "我叫张测试，电话13800001111，住3号楼2单元501室。")
    third = Document("c", "路灯坏了", "请来修。")
    found = Index([other, third]).like(one)
    assert _ids(found)[0] == "c"
    said = "".join(str(each.why) for each in found)
    assert "张测" not in said
    assert "1380" not in said
    assert "单元" not in said


def test_candidates_by_their_heaviest_terms_are_ranked_as_all_would_be() -> None:
    index = Index(ALL)
    having = Counter(term for each in ALL for term in terms(each.title, each.text))
    for each in ALL:
        in_full = ranked(each, ALL, lambda term: rarity(len(ALL), having[term]))
        assert [(a.id, round(a.score, 9)) for a in index.like(each)] == [
            (a.id, round(a.score, 9)) for a in in_full
        ]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_a_score_lies_between_nothing_and_the_same(title: str, text: str, other: str) -> None:
    one, two = Document("a", title, text), Document("b", other, text)
    for found in (Index([two]).like(one), Index([one, two]).like(one)):
        assert all(0 < each.score <= 1 for each in found)
        assert len(found) <= 1


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("希望相关部门上路检查", ()),
        ("本身公路很挤", ()),
        ("我们小区的垃圾", ()),
        ("上万块一台的路灯", ()),
        ("注重加强小城镇", ()),
        ("这是什么县", ()),
        ("我住在阳光小区", ("阳光小区",)),
        ("示例路上没有灯", ("示例路",)),
        ("示例镇过镇河", ("示例镇过镇河",)),
    ],
)
def test_a_place_is_named_and_not_only_a_word_that_ends_like_one(said: str, places: tuple[str, ...]) -> None:
    one, other = Document("1", "甲", said), Document("2", "乙", said)
    assert why(one, other, {}).places == places
