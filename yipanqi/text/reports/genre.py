"""Whether a text reports of a conference: that one was held, and what is done at one."""

from __future__ import annotations

import re

_SIGNS = (
    (
        2,
        re.compile(
            r"主持(?:召开)?(?:了)?[^，。；\n]{0,30}会|(?:会议?|大会)[^。；\n]{0,30}主持|主持\s?人\s?[：:]|主持会议"
        ),
    ),
    (2, re.compile(r"会议?[^，。；\n]{0,4}(?:强调|要求|指出|认为|议定|决定|明确|部署|听取|审议|传达)")),
    (
        2,
        re.compile(
            r"(?:会议|会)(?:上|现场)?[^。；\n]{0,10}(?:召开|举行)|(?:召开|举行)(?:了)?[^，。；\n]{0,50}会(?:议)?(?=[，。；\n]|$)"
        ),
    ),
    (
        1,
        re.compile(
            r"(?:出席|参加|列席)(?:会议|并讲话|(?=[。；]))|出席\s?[：:]|列席\s?[：:]|参会人员|参加人员|出席人员"
        ),
    ),
    (1, re.compile(r"并讲话|作(?:了)?(?:重要)?讲话|讲话强调|(?:强调|指出|要求)[，：]")),
    (1, re.compile("交流发言|典型发言|表态发言|分会场|主会场|传达学习")),
    (2, re.compile(r"会议纪要|会议记录|会议要点|会议通知|纪要〔")),
    (1, re.compile("^同志们[：:，]", re.MULTILINE)),
)
_ENOUGH, _CERTAIN = 4, 7
# Somebody writes for themselves.
_LETTER = re.compile(
    r"您好|你好[，！!。]|尊敬的(?:领导|[^，。\n]{0,12}(?:书记|市长|区长|局长|主任|热线))|本人(?!大)|我家|我是[^，。]{0,16}(?:居民|业主|村民|市民|住户|学生|家长)|我们小区|我小区|恳请|望[^，。]{0,12}(?:解决|答复|回复|处理)|请问|"
    r"投诉|谢谢|此致|敬礼|盼复|我的诉求|我想(?:问|反映|咨询)|家里的?老人|我们?楼"
)
_MARKS = re.compile("纪要|会议(?:强调|要求|指出|议定)")


_NOTICE = re.compile("会议的?通知|(?:有关|相关)?事项通知如下")


def is_notice(text: str) -> bool:
    """Whether the meeting is still to come: nothing has been conveyed and nobody has spoken."""
    return _NOTICE.search(text[:600]) is not None


def is_report(text: str, title: str) -> bool:
    """Enough signs of a meeting with a name; a letter is none, whatever it tells of meetings."""
    letter = len(_LETTER.findall(text[:6000]))
    weight = sum(sign for sign, pattern in _SIGNS if pattern.search(text))
    if letter and not (_MARKS.search(text) and letter < 2):
        weight -= 2 + 2 * letter
    return weight >= _ENOUGH and (bool(title) or weight >= _CERTAIN or _MARKS.search(text) is not None)
