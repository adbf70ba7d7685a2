from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from yipanqi.text.clean import Change, Mended, clean
from yipanqi.text.pinyin import readings, spelt, syllables

DATA = Path(__file__).resolve().parent.parent / "data"


def _rules(text: str) -> list[str]:
    return [change.rule for change in clean(text).changes]


def _redone(text: str, mended: Mended) -> str:
    """The text with the recorded changes made."""
    out, at = "", 0
    for change in mended.changes:
        assert change.start >= at
        assert text[change.start : change.end] == change.before != change.after
        out += text[at : change.start] + change.after
        at = change.end
    return out + text[at:]


def test_the_report_comes_out_as_the_newspaper_printed_it() -> None:
    found = (DATA / "conference-report.txt").read_text(encoding="utf-8")
    printed = (DATA / "conference-report-printed.txt").read_text(encoding="utf-8")
    mended = clean(found)
    assert mended.text == printed
    assert _redone(found, mended) == printed
    assert {change.rule for change in mended.changes} == {"gloss", "script", "punctuation"}
    for bracket in ("(党组)", "(山东)", "(功能区)", "(工)", "(综合)"):
        assert bracket in printed


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("會(huì )議", "会议"),
        ("著(zhù)力", "着力"),
        ("著(zhu4)力", "着力"),
        ("着(zhuo2)力、会(hui4)议", "着力、会议"),
        ("会（ｈｕì）议", "会议"),
        ("会 ( huì ) 议", "会议"),
        ("会议(huì yì)召开", "会议召开"),
        ("会议(huìyì)召开", "会议召开"),
        ("会议（hui yi）召开", "会议召开"),
        ("会(hui)议", "会议"),
        ("会[huì]议【yì】", "会议"),
        ("会(hui\u0300)议", "会议"),
        ("会(huì)(hui)议", "会议"),
        ("一称(cheng1)、读(dú)书、声音(yin1)", "一称、读书、声音"),
        ("女(nǚ)孩、绿(lv)地、旅(lü)游", "女孩、绿地、旅游"),
        ("長(cháng)(zhang)", "长"),
        ("重慶（chóng qìng）", "重庆"),
        ("新社會組織（协会）", "新社会组织（协会）"),
        ("看著他，沿著路，著急", "看着他，沿着路，着急"),
        ("著力建強組織", "着力建强组织"),
        ("乾淨整洁、乾燥、饼乾", "干净整洁、干燥、饼干"),
        ("鉴於此，三天後，徵求", "鉴于此，三天后，征求"),
        ("小区內沒有車", "小区内没有车"),
        ("他們在房裡等著", "他们在房里等着"),
        ("ＡＢＣ１２，１０：３０，５０％，１．４元　内容", "ABC12，10:30，50%，1.4元 内容"),
        ("欠薪多月。5．2009年9月，6．12吨", "欠薪多月。5．2009年9月，6.12吨"),
        ("⼯作", "工作"),
        ("你好,请问:什么时候修;谢谢!", "你好，请问：什么时候修；谢谢！"),
        ("你好, 世界", "你好，世界"),
        ("截至2020,全市(共三区),都有", "截至2020，全市(共三区)，都有"),
        ("能修吗?2、何时修?", "能修吗？2、何时修？"),
        ("谢谢.\n您好.", "谢谢。\n您好。"),
        ("网址:http://a.example/搜索?q=1,你好,请", "网址：http://a.example/搜索?q=1,你好，请"),
        ("路\u200b灯\x00坏\ufeff了\r谢谢", "路灯坏了\n谢谢"),
        ("第一行_x000D_\n第二行_x000D_", "第一行\n第二行\n"),
        ("<p>路灯<b>坏</b>了</p><br>请修&nbsp;好&amp;谢谢", "路灯坏了\n请修 好&谢谢"),
        ("&lt;p&gt;路灯&lt;/p&gt;", "路灯"),
        ("<ruby>会<rt>huì</rt></ruby>议<script>if(a<b){}</script>", "会议"),
        ("> 路灯坏了\n>> 三天了\n谢谢", "路灯坏了\n三天了\n谢谢"),
        ("> 路灯坏了", "路灯坏了"),
        ("请看\n-----原始邮件-----\n发件人: a\n主题: b\n路灯坏了", "请看\n路灯坏了"),
        ("某某写道：\n> 路灯坏了\n> 三天", "路灯坏了\n三天"),
    ],
)
def test_mends(text: str, mended: str) -> None:
    found = clean(text)
    assert found.text == mended
    assert _redone(text, found) == mended
    assert clean(mended) == Mended(mended, ())


RIGHT = [
    "", "路灯坏了三天，没有人来修。", "各级党委(党组)、各区县(功能区)党(工)委(工委)", "上海外服(山东)人力资源有限公司",
    "新社会组织（协会、商会）", "土著居民、著名学者、著作等身、显著位置、专著、原著民", "鲁迅著《呐喊》。", "《红楼梦》著者",
    "什么么，难么", "打坏手机、破坏环境", "乾隆年间、乾坤、乾县、乾源国际广场", "瞭望台、狼藉、慰藉", "宫商角徵羽", "毕昇、东昇小区",
    "我姓於，叫於测试。於先生", "答复、反复、覆盖", "人工智能(ai)、小程序(app)、公交(bus)、微信(WeChat)、不停车收费(ETC)",
    "咖啡(café)", "老师(she)", "3号线(jia)", "当地叫句藏（zang）", "读作(huì)", "着(a)", "会(huì议", "(huì)会",
    "A市B区A5栋", "K7-1、b12-3-501、GB/T 9704-2012", "10:30到12:00", "比分3:2", "1.4元、1,200户、80%", "1,物业不作为。2,停车难", "1、物业",
    "[2016]7?号", "手中?017年", "好的:)", "哈哈;-)", "笑:D", "嗯:-(", "a<b且c>d", ">5万元", "<12345>热线<济南>", "AT&T、&c;、R&D",
    "print(x,y);z=1", "{\"a\":1,\"b\":[2,3]}", "见https://example.com/路?a=1&b=2,3", "发zhang.san@example.com", "　　第一段\n　　第二段",
    "第一行\r\n第二行", "省略......", "等等...", "👨\u200d👩\u200d👧", "①㎡℃", "～", "（1）“好”", "-- 签名", "——原因", "陈喆、朱镕基、王堃",
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT, ids=repr)
def test_leaves_alone_what_is_right(text: str) -> None:
    assert clean(text) == Mended(text, ())


def test_says_where_in_the_original_and_by_which_rule() -> None:
    assert clean("<b>社會(huì )工作</b>,好").changes == (
        Change(0, 3, "<b>", "", "html"),
        Change(4, 5, "會", "会", "script"),
        Change(5, 11, "(huì )", "", "gloss"),
        Change(13, 17, "</b>", "", "html"),
        Change(17, 18, ",", "，", "punctuation"),
    )


def test_a_mended_character_that_was_an_entity_is_one_change() -> None:
    assert clean("&#26371;议").changes == (Change(0, 8, "&#26371;", "会", "script"),)


# Pieces that begin, continue or break a rule, so that random texts come close to each.
_PIECES = [
    *RIGHT, "會", "著", "(huì )", "（zhu4）", "(", ")", "（", "）", "huì", "hui", " ", "　", "\n", "\r", ",", ":", ";", "?", ".", "1",
    "Ａ", "１", "：", "．", "％", "<b>", "<br>", "</p>", "<", ">", "> ", "&lt;", "&amp;", "&", "lt;", "b", "script", "\u200b", "\u200d",
    "\x00", "_x000D_", "乾", "淨", "於", "強", "\u0300", "http://", "@", "--", "写道:",
]  # fmt: skip
_near_misses = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)


@settings(max_examples=500, deadline=None)
@given(_near_misses | st.text(max_size=100))
def test_cleaning_twice_changes_nothing_more_and_the_record_is_true(text: str) -> None:
    mended = clean(text)
    assert _redone(text, mended) == mended.text
    assert clean(mended.text) == Mended(mended.text, ())


# Texts as they should be: sentences of common characters, with what stands in them by right.
_common = st.sampled_from([chr(code) for code in range(0x4E00, 0x9FA6) if readings(chr(code))])
_words = st.text(alphabet=_common, min_size=1, max_size=8)
_asides = st.sampled_from(
    ["(党组)", "（工委）", "A5栋", "10:30", "1.4元", "80%", "“好”", "《条例》", "12345", "(APP)"]
)
_sentences = st.builds("".join, st.lists(_words | _asides, min_size=1, max_size=6))
_clean_texts = st.builds("，".join, st.lists(_sentences, min_size=1, max_size=4)).map(
    lambda text: text + "。"
)


@settings(max_examples=150, deadline=None)
@given(_clean_texts)
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    assert clean(text) == Mended(text, ())


_TONES = "\u0304\u0301\u030c\u0300"
_BRACKETS = ["()", "（）", "[]", "【】", "(）"]


@st.composite
def _glossed(draw: st.DrawFn) -> tuple[str, str]:
    """A clean text, and the same with readings put behind characters, in every form that they are met in."""
    plain = draw(_clean_texts)
    worse = ""
    for character in plain:
        worse += character
        if draw(st.booleans()) and readings(character):
            worse += draw(_gloss(sorted(readings(character))))
    return plain, worse


@st.composite
def _gloss(draw: st.DrawFn, known: list[str]) -> str:
    bare = draw(st.sampled_from(known))
    tone = draw(st.integers(0, 3))
    vowel = next((at for each in "aeo" if (at := bare.find(each)) >= 0), max(map(bare.rfind, "iuv")))
    marked = unicodedata.normalize("NFC", bare[: vowel + 1] + _TONES[tone] + bare[vowel + 1 :])
    marked = marked.replace("v" + _TONES[tone], "ǖǘǚǜ"[tone])
    form = draw(st.sampled_from([marked, unicodedata.normalize("NFD", marked), f"{bare}{tone + 1}"]))
    brackets = draw(st.sampled_from(_BRACKETS))
    return (
        brackets[0]
        + draw(st.sampled_from(["", " "]))
        + form
        + draw(st.sampled_from(["", " ", "  "]))
        + brackets[1]
    )


@settings(max_examples=150, deadline=None)
@given(_glossed())
def test_readings_put_into_a_clean_text_go_out_again(texts: tuple[str, str]) -> None:
    plain, worse = texts
    assert clean(worse).text == plain


@pytest.mark.parametrize(
    "piece",
    ["(huì", "会(", "<b", "<", "&amp;", "&<b>lt;", "> \n", "　", "\u200d", "著", "会,", "１：", "a@", "www."],
)
def test_hostile_texts_end(piece: str) -> None:
    text = (piece * 5_000)[:5_000]
    assert clean(clean(text).text).changes == ()


def test_what_only_an_attack_needs_is_left_as_it_is() -> None:
    # Each round opens the next: `<b>` gone from `&<b>lt;b>` leaves `&lt;b>`.
    text = "<b>"
    for _ in range(40):
        text = text.replace("<b>", "&<b>lt;b>", 1)
    assert clean(text) == Mended(text, ())


def test_readings_of_common_characters() -> None:
    assert readings("会") == {"hui", "kuai"}
    assert "zhe" in readings("着")
    assert readings("女") == {"nv"}
    assert readings("😀") == readings("a") == readings("槐") - {"huai"} == frozenset()
    assert {"huang", "lv", "er"} <= syllables()


@pytest.mark.parametrize(
    ("letters", "syllables_and_tones"),
    [
        ("huìyì", (["hui", "yi"], 2)),
        ("xī'ān", (["xi", "an"], 2)),
        ("nǚ", (["nv"], 1)),
        ("zhu4", (["zhu4"], 0)),
        ("café", ([], 1)),
        ("app", ([], 0)),
        ("", ([], 0)),
    ],
)
def test_spells(letters: str, syllables_and_tones: tuple[list[str], int]) -> None:
    assert spelt(letters) == syllables_and_tones
