from __future__ import annotations

import time

import pytest
from hypothesis import given, settings, strategies as st

from yipanqi.text.privacy import Finding, Kind, identifying, mask_name, mask_phone

# Every person, number and address here is made up; numbers use blocks that look like no assigned one.


def _found(text: str) -> list[tuple[Kind, str]]:
    return [(each.kind, text[each.start : each.end]) for each in identifying(text)]


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("请拨13800001111找我", Kind.MOBILE, "13800001111"),
        ("电话 138-0000-1111。", Kind.MOBILE, "138-0000-1111"),
        ("电话 138 0000 1111。", Kind.MOBILE, "138 0000 1111"),
        ("电话 1380 000 1111。", Kind.MOBILE, "1380 000 1111"),
        ("电话+86 13800001111", Kind.MOBILE, "+86 13800001111"),
        ("电话１３８００００１１１１", Kind.MOBILE, "１３８００００１１１１"),
        ("电话幺三八零零零零幺幺幺幺", Kind.MOBILE, "幺三八零零零零幺幺幺幺"),
        ("电话一三八〇〇〇〇一一一一", Kind.MOBILE, "一三八〇〇〇〇一一一一"),
        ("微信同号13800001111", Kind.MOBILE, "13800001111"),
        ("座机0531-80000001", Kind.LANDLINE, "0531-80000001"),
        ("座机（0531）80000001", Kind.LANDLINE, "（0531）80000001"),
        ("座机010 80000001-802", Kind.LANDLINE, "010 80000001-802"),
        ("家里电话：80000001", Kind.LANDLINE, "80000001"),
        ("证号11010519491231002X。", Kind.ID_NUMBER, "11010519491231002X"),
        ("证号11010519491231002x。", Kind.ID_NUMBER, "11010519491231002x"),
        ("证号110105 19491231 002X。", Kind.ID_NUMBER, "110105 19491231 002X"),
        ("证号１１０１０５１９４９１２３１００２Ｘ", Kind.ID_NUMBER, "１１０１０５１９４９１２３１００２Ｘ"),
        ("旧证号110105491231002", Kind.ID_NUMBER, "110105491231002"),
        ("车是鲁A12345，", Kind.PLATE, "鲁A12345"),
        ("车是鲁a·b1234。", Kind.PLATE, "鲁a·b1234"),
        ("车是鲁AD12345。", Kind.PLATE, "鲁AD12345"),
        ("挂车鲁A1234挂", Kind.PLATE, "鲁A1234挂"),
        ("邮箱 zhang.san+1@mail.example.com.cn。", Kind.EMAIL, "zhang.san+1@mail.example.com.cn"),
        ("邮箱13800001111＠example.com", Kind.EMAIL, "13800001111＠example.com"),
        ("加我微信abc_12345", Kind.WECHAT, "abc_12345"),
        ("微信号：abc-12345", Kind.WECHAT, "abc-12345"),
        ("vx: zhangsan88", Kind.WECHAT, "zhangsan88"),
        ("我的QQ是12345678", Kind.QQ, "12345678"),
        ("ｑｑ：１２３４５６７８", Kind.QQ, "１２３４５６７８"),
        ("阳光小区3号楼2单元501室", Kind.ADDRESS, "3号楼2单元501室"),
        ("阳光小区３号楼２单元５０１", Kind.ADDRESS, "３号楼２单元５０１"),
        ("阳光小区5栋1203漏水", Kind.ADDRESS, "5栋1203"),
        ("A座三层301室", Kind.ADDRESS, "A座三层301室"),
        ("十二号楼三单元", Kind.ADDRESS, "十二号楼三单元"),
        ("我住2单元501", Kind.ADDRESS, "2单元501"),
        ("我住12-3-501，", Kind.ADDRESS, "12-3-501"),
        ("邻居501室", Kind.ADDRESS, "501室"),
        ("市场里的b12-3-501；", Kind.ADDRESS, "b12-3-501"),
        ("我叫张测试，", Kind.NAME, "张测试"),
        ("我叫张试是业主", Kind.NAME, "张试"),
        ("我叫欧阳测试", Kind.NAME, "欧阳测试"),
        ("本人李某甲，男，", Kind.NAME, "李某甲"),
        ("我是王小测，家住", Kind.NAME, "王小测"),
        ("姓名：赵测试 电话", Kind.NAME, "赵测试"),
        ("联系人: 周试", Kind.NAME, "周试"),
        ("我叫阿依测试·买买试，", Kind.NAME, "阿依测试·买买试"),
        ("免贵姓王。", Kind.NAME, "王"),
        ("我曾祖父张测试出生于1869年", Kind.NAME, "张测试"),
        ("我母亲叫李小测，1946年生", Kind.NAME, "李小测"),
        ("本人女儿王某甲（13岁）", Kind.NAME, "王某甲"),
        ("曾孙示例村; 张测一 张测二 张测三 2015年", Kind.NAME, "张测一 张测二 张测三"),
        ("请领导做主。 示例县医院一名无助的杨医生", Kind.NAME, "杨医生"),
        ("谢谢！\n赵女士。", Kind.NAME, "赵女士"),
        ("此致\n敬礼\n　　王小测\n2026年11月", Kind.NAME, "王小测"),
    ],
)
def test_finds_what_identifies(text: str, kind: Kind, part: str) -> None:
    assert _found(text) == [(kind, part)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "路灯坏了三天，没有人来修。",
        "拨打12345，2026-11-23 08:00 反映，编号20261123000123456。",
        "证号110105194912310021校验码不对",
        "编号110105194913310025不是日期",
        "电话138****1111",
        "订单1380000111122223333",
        "欠薪13800.50元，共1380000元",
        "3号楼的电梯坏了，2号楼也坏了",
        "10号楼1200户居民，共23栋6578套",
        "2026-11-2026",
        "会议室和办公室",
        "京A级景区、鲁能领秀城",
        "微信公众号和微信群都说了",
        "微信支付1000元",
        "我是高中生，在高新区。我是孙村人。",
        "本人于昨日反映，本人曾多次反映，本人向贵局反映",
        "我是江苏人，我是安徽人，我是初婚，",
        "我叫车去医院，我叫了三次",
        "周市长，\n王主任\n李书记：您好",
        "王老师：您好，谢谢医生",
        "我儿子高考前住校，我女儿都未婚，为我父亲平冤，我姐来说，我弟弟车间上班",
        "型号a3-12，编号b2-3，路段k12-3-2015",
        "高新 历下 市中 槐荫",
        "尊敬的领导\n您好\n谢谢\n祝好\n此致\n敬礼",
        "本人强调，不允许本人查阅，",
        "a@b, @济南, 5@6",
    ],
)
def test_leaves_the_rest_alone(text: str) -> None:
    assert _found(text) == []


def test_names_the_sentence_that_identifies() -> None:
    text = "路灯坏了。我叫张测试，住3号楼2单元501室！请来修\n谢谢"
    found = identifying(text)
    assert [each.kind for each in found] == [Kind.NAME, Kind.ADDRESS]
    assert {text[each.sentence_start : each.sentence_end] for each in found} == {
        "我叫张测试，住3号楼2单元501室！"
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("13800001111", "13800001111"),
        ("。13800001111", "13800001111"),
        ("13800001111。", "13800001111。"),
        ("他说：“打13800001111。”我打了。", "他说：“打13800001111。”"),
        ("一。\n二；打13800001111？！三", "打13800001111？！"),
    ],
)
def test_a_sentence_ends_with_its_closing_mark(text: str, sentence: str) -> None:
    (found,) = identifying(text)
    assert text[found.sentence_start : found.sentence_end] == sentence


def test_finds_everything_in_a_text_in_order() -> None:
    text = "本人张测试，身份证11010519491231002X，电话13800001111，微信abc_12345，邮箱a@example.com。"
    assert [kind for kind, _ in _found(text)] == [
        Kind.NAME,
        Kind.ID_NUMBER,
        Kind.MOBILE,
        Kind.WECHAT,
        Kind.EMAIL,
    ]


# Pieces that begin, continue or break a pattern, so that random texts come close to matching.
_PIECES = [
    "我叫", "本人", "我是", "姓名：", "张", "欧阳", "测试", "·", "，", "。", "！", "”", "\n", " ", "　", "\t",
    "1", "13", "138", "0000", "1111", "１３８", "幺三八", "零", "0531", "-", "(", "）", "电话", "+86", "86",
    "110105", "19491231", "002X", "鲁A", "12345", "D", "挂", "a", "@", "example", ".com", "微信", "vx", "QQ",
    "3号楼", "2单元", "501室", "十二", "号楼", "单元", "室", "栋", "#", "😀", "e\u0301", "\u200b", "家住", "男",
]  # fmt: skip
_near_misses = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


@settings(max_examples=400, deadline=None)
@given(_near_misses | st.text(max_size=200))
def test_findings_lie_in_the_text_in_order_and_never_overlap(text: str) -> None:
    found = identifying(text)
    at = 0
    for each in found:
        assert at <= each.start < each.end <= len(text)
        assert 0 <= each.sentence_start <= each.start
        assert each.end <= each.sentence_end <= len(text)
        assert text[each.start : each.end].strip() == text[each.start : each.end]
        at = each.end


@settings(max_examples=200, deadline=None)
@given(_near_misses, st.sampled_from(["13800001111", "11010519491231002X", "a.b@example.com"]), _near_misses)
def test_a_number_is_found_in_any_surroundings(before: str, number: str, after: str) -> None:
    text = f"{before}。{number}。{after}"
    start = len(before) + 1
    assert any(each.start <= start and start + len(number) <= each.end for each in identifying(text))


@settings(max_examples=200, deadline=None)
@given(_near_misses)
def test_full_width_characters_hide_nothing(text: str) -> None:
    wide = text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    narrow = text.translate({code + 0xFEE0: code for code in range(0x21, 0x7F)})
    assert [(f.start, f.end, f.kind) for f in identifying(wide)] == [
        (f.start, f.end, f.kind) for f in identifying(narrow)
    ]


_HOSTILE = [
    "a", "1", "1111111111 ", "a@", "a@a.", "@", "a.", "a-", "一", "一楼", "一二三四五单元", "3号楼", "1单元", "1-1-",
    "我叫", "姓名", "姓名：", "本人", "我是张测", "我叫张", "张", "阿·", "·", "微信 ", "wx ", "QQ ", "电话", " ", "　",
    "\n", "\n ", "\t", "\n张测", "0", "0531-", "13", "138 0000 ", "86", "+86 ", "0086138", "鲁A", "鲁AAAAA", "鲁",
    "37010219900101123", "110105 19491231 ", "。", "。”", "…", "３", "13800001111", "a@b.cc ",
]  # fmt: skip


@pytest.mark.parametrize("piece", _HOSTILE, ids=repr)
def test_hostile_texts_cost_linear_time(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    before = time.perf_counter()
    identifying(text)
    assert time.perf_counter() - before < 2, "some tens of milliseconds are usual; quadratic would be minutes"


def test_a_finding_is_a_value() -> None:
    assert identifying("打13800001111") == [Finding(1, 12, Kind.MOBILE, 0, 12)]


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张试", "张*"),
        ("张测试", "张**"),
        ("欧阳试", "欧阳*"),
        ("欧阳测试", "欧阳**"),
        ("欧阳", "欧*"),
        (" 张测试 ", "张**"),
        ("张测试测试测试", "张***"),
        ("阿依测试·买买试", "阿***"),
        ("Jane Doe", "J***"),
        ("张", "*"),
        ("", ""),
    ],
)
def test_masks_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("138 1234-1234", "138****1234"),
        ("+86 13812341234", "138****1234"),
        ("008613812341234", "138****1234"),
        ("１３８１２３４１２３４", "138****1234"),
        ("0531-80001234", "0531-****1234"),
        ("(010)80001234", "010-****1234"),
        ("80001234", "****1234"),
        ("+44 20 7946 0018", "****0018"),
        ("12345", "****"),
        ("see the letter", "****"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_masks_phone_numbers(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_a_masked_phone_shows_at_most_eight_digits(phone: str) -> None:
    masked = mask_phone(phone)
    assert sum(each.isdigit() for each in masked) <= 8
    assert ("*" in masked) == bool(phone.strip())


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_a_masked_name_shows_at_most_a_surname(name: str) -> None:
    masked = mask_name(name)
    assert len(masked.rstrip("*")) <= 2
    assert ("*" in masked) == bool(name.strip())
