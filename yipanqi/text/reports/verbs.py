"""The verbs in which official Chinese demands something: tables in `words.toml`, with the patterns that no table holds."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

_TABLES = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))


def _table(name: str) -> frozenset[str]:
    return frozenset(str(_TABLES[name]).split())


PRINCIPLE, WORK, WEAK = _table("principle"), _table("work"), _table("weak")
TOGETHER, MANNER, CARRIED = _table("together"), _table("manner"), _table("carried")
ADVERBS = _table("adverbs")
LONGEST_VERB, LONGEST_ADVERB = max(map(len, PRINCIPLE | WORK | WEAK)), max(map(len, ADVERBS))
ADVERB_PATTERN = re.compile(
    r"分(?:行业|领域|类别|类|批次?|层次?|片区?|阶段|年度|步骤?|期|线)(?![工])|按(?:程序|要求|规定|职责|标准|计划)|逐[一户条项村人案个级层]|每(?:半年|季度|[月年周天日])|至少(?=[^\d])|及时"
)
# One character that does and one that says how far: 抓实, 建强, 织密. Productive, so no list would be whole.
DONE = re.compile(
    "[抓做建管找认捋绷攥握控备审搞夺拿领站用织守筑压扛当把打拧炼配选育带讲学担尽落走唱答交办理摸兜补扎夯写画立树念盯谋干聚凝拓堵晒亮传放接护练种养治攻破解融炼铺搭串链拉补擦激点]"
    "[响好实强牢紧细稳准足活优深透大严密清起住出全齐高快通新精靓亮热长远硬]"
)
# What makes a principle of work: an aim that nobody is done with, a conviction, a duty that is borne.
AIM = re.compile(
    "(?:高质量发展|新局面|新篇章|新高地|现代化水平|现代化|意识|认识|遵循|政治方向|观念|站位|共识|自觉|信念|初心|使命|政绩观|世界观|定力|思想|政治责任|政治担当|两个确立”?|两个维护”?|"
    "新贡献|更大贡献|新作为|排头兵|走在前列)$"
    "|党的(?:全面|集中统一)?领导$|党对.{1,12}领导$"
)
# What 贯彻 and 落实 make a principle of.
SPOKEN = re.compile(
    "精神|重要讲话|重要论述|指示|批示|思想|决策部署|部署要求|战略部署|工作要求|党中央|中央决策"
)
