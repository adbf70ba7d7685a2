"""Who is named, with which post: the chair, who attended, who spoke, and other leaders by name alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from yipanqi.text.reports.layout import Span, clauses, items, paragraphs, sentences
from yipanqi.text.reports.shape import Person

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷"
    "钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘"
    "景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼"
    "原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺水云昌凤酆皮卡湛阴郦雍璩濮寿通扈冀僪浦尚农别晁满弘国广禄阙东殳沃利越夔隆师厍勾敦融訾阚那空毋乜养须丰巢相红游竺权逯盍益桓公闪储"
)
_COMMON = "王李张刘陈杨赵黄吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟田姜范姚谭廖邹熊陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易武乔贺赖龚庞樊殷施陶翟颜倪严牛温芦季俞葛伍韦申尤毕聂焦柳邢路岳齐庄辛祝左涂谷祁舒耿牟詹关苗凌靳盛童甄项曲欧"
_NOUNS = "部门|单位|党员|干部|代表|企业|社区|街道|会议|同志|人员|组织|领导|成员|群众|关于|关键|重点|高校|白领|江苏|万家|严格|安全|温州|高新|马上|何时|路段|武装|史志|余名|余人|关系|关心|关注|毛坯|施工|高质|严肃|苏州|杭州|郑州|齐心|齐抓|田间|康复|龙头|黄河|孔子|白天|陆续"
_COMPOUND = "欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|南宫|长孙|宇文|轩辕|百里|端木|呼延|闻人|赫连|澹台|公冶|宗政|濮阳|淳于|单于|太叔|申屠|仲孙|钟离|闾丘|鲜于"
_HAN = "[一-鿿]"
# What follows a name: what its bearer did.
_AFTER = (
    "同志|出席|列席|参加|主持|讲话|强调|指出|要求|代表|宣读|传达|通报|分别|等|一行|表示|部署|致辞|到会|围绕|介绍|汇报|发言|总结|点评|带队|陪同|安排|提出|明确|宣布|"
    "以及|召开|迅速|随即|立即|最后|首先|逐一|先后|列举|共同|深入|担任|听取|动员|解读|领学|回应|签署"
)
_SOON = "和|与|及|在|就|为|对|任|率|受|赴|到|作|做|并|说"  # parts of names too, where nothing follows
_TAIL = rf"(?=$|[，。；、：:,;\s)）(（“]|(?:{_SOON}){_HAN}{{2}}|{_AFTER})"
_NAME = rf"(?:{_HAN}{{1,6}}·{_HAN}{{1,8}}(?:·{_HAN}{{1,8}})?|(?:{_COMPOUND}){_HAN}{{1,2}}?|[{_SURNAMES}]\s{{0,2}}{_HAN}{{1,2}}?)"
# Behind a post anything of a name's length may be one: 某甲, 示例甲.
_ANY = (
    rf"(?:{_NAME}|(?!{_AFTER}|会|中心|参会|有关|分管|主要|负责|代表|以及|副|兼|党|各|市|区|县){_HAN}{{2,3}}?)"
)
_POST = (
    "书记|市长|区长|县长|州长|盟长|旗长|省长|镇长|乡长|厅长|局长|部长|处长|科长|院长|检察长|秘书长|主任|主席|主委|委员|常委|会长|理事长|组长|党组成员|"
    "政委|司令员|司令|队长|支队长|所长|站长|校长|总经理|董事长|经理|负责人|负责同志|专员|行长|社长|馆长|总编辑|调研员|巡视员|总工程师|总师|参事|督查专员|"
    "一级巡视员|院士|教授|律师|代表|理事|干事|村长|网格长|顾问|成员|主管|总监|台长|总指挥|指挥长|副职|政治部主任"
)
_PERSON = re.compile(
    rf"^(?P<post>.{{0,60}}(?:{_POST})(?:[(（][^()（）]{{1,20}}[)）])?)[：:]?\s{{0,3}}(?P<name>{_ANY}){_TAIL}"
)
_UNIT_PERSON = re.compile(
    rf"^(?P<post>.{{2,24}}?(?:局|委|办|办公室|部|厅|院|会|中心|街道|镇|乡|区|县|公司|大队|支队|集团|科|处|政府|党委))\s{{0,3}}(?P<name>{_NAME}){_TAIL}"
)
_ALONE = re.compile(rf"^\s{{0,2}}(?!{_AFTER})(?P<name>{_NAME}){_TAIL}")
# Without any post before it only what can be nothing but a name.
_NAMED_ALONE = re.compile(
    rf"^(?!.{{0,3}}(?:{_NOUNS}))(?P<name>(?:{_COMPOUND}){_HAN}{{1,2}}|[{_COMMON}]{_HAN}{{1,2}}?)(?=$|等|列席|出席|参加|同志|和|主持|讲话)"
)
_BRACKET = re.compile(rf"^(?P<name>{_ANY})[(（](?P<post>[^()（）]{{2,40}})[)）]")
_POSTS_ONLY = re.compile(rf"^.{{0,40}}(?:{_POST})(?:[(（][^()（）]{{1,20}}[)）])?$")
_LED = re.compile(r"^(?:会议|本次会议|此次会议|大会|会上|会前|会后)?(?:由|是由|受)?")
_LEADERS = re.compile(
    r"(?:^|(?<![一-鿿])|(?<=[和及等由]))(?:有关|部分|其他|在家|县处级以上)?(?:省|市|区|县|州|盟|旗|镇|街道|新区|高新区|功能区|经开区|开发区)(?:委|政府|级|直)?(?:有关|老)?(?:领导|负责同志)(?!小组|班子|机构|机关)(?:同志|干部)?(?:[：:]|有)?\s?(?=[一-鿿])"
)
_THEIR_LEADERS = re.compile(r"等(?:有关)?(?:省|市|区|县|州|镇)(?:级)?领导")

_THERE = re.compile(
    "召开(?!后)|出席|列席|参加|主持|讲话|致辞|到会|点评|讲评|宣读|通报|作.{0,8}(?:报告|部署|动员|讲话|安排|总结|解读)"
)
_SPOKE = re.compile("强调|指出|要求|表示|说")
_NOT_THERE = re.compile(
    "交流发言|典型发言|表态发言|经验介绍|作了?发言|交流经验|介绍经验|汇报发言|大会发言|书面发言|座谈发言|先后发言|分别发言|表态|委托|批示"
)
# A label holds the names of who was there.
_LABEL = re.compile(
    r"^(?:[一二三四五六七八九十]、|[(（][一二三四五六七八九十][)）])?\s?(?P<label>主\s{0,4}持\s{0,4}人?|会议主持|出\s{0,4}席(?:人员|领导)?|列\s{0,4}席(?:人员)?|参\s{0,4}加(?:人员|领导)?|参会(?:人员|领导)|与会(?:人员|领导)|到会领导|出席(?:会议)?人员|参加会议人员)\s{0,4}[：:]\s{0,4}(?P<value>.{1,2000})$"
)
_SEEN_POST = re.compile("习近平|总书记|党中央|国务院总理")


@dataclass(frozen=True, slots=True)
class People:
    chair: str
    attending: tuple[Person, ...]
    leaders: tuple[str, ...]
    speech_by: str
    named: frozenset[str]


def people_of(text: str) -> People:
    """Everybody named as being there, in the order of the text."""
    attending: dict[str, str] = {}
    leaders: dict[str, None] = {}
    chair = ""
    speech, post = _speaker_of_text(text)
    if speech and post:
        attending[speech] = post
    for span in _statements(text):
        words = text[span.start : span.end]
        label = _LABEL.match(words)
        if label:
            found = _in_list(label["value"])
            if "主" in label["label"]:
                chair = chair or next((name for name, _ in found), "")
        else:
            found = _in_sentence(words)
            chair = chair or _who(words, found, _CHAIR)
            speech = speech or _who(words, found, _SPEECH)
        for name, post in found:
            if post:
                attending.setdefault(name, post)
        for name in [*_leaders(words), *(name for name, post in found if not post)]:
            leaders.setdefault(name)
    others = [name for name in leaders if name not in attending and name != chair]
    if chair and chair not in attending:
        others = [name for name in others if name != chair]
    people = tuple(Person(name, post) for name, post in attending.items())
    return People(chair, people, tuple(others), speech, frozenset({*attending, *leaders, chair} - {""}))


_LONGEST_SIGNED, _NEAR = 60, 400
_SPEECH_HEAD = re.compile(r"讲话(?:提纲|要点|稿)?(?:[(（][^()（）]{0,30}[)）])?$")


def _speaker_of_text(text: str) -> tuple[str, str]:
    """Whose speech the text is: the name below a headline that ends with 讲话."""
    head = [text[each.start : each.end] for each in islice(paragraphs(text), 4)]
    if not head or not _SPEECH_HEAD.search(head[0]):
        return "", ""
    for line in head[1:]:
        found = _in_list(line.strip("()（）")) if len(line) < _LONGEST_SIGNED else []
        if found:
            return found[0]
    return "", ""


def _statements(text: str) -> Iterator[Span]:
    """Sentences; a labelled line is one whatever stands in it, with the lines that go on with it."""
    for paragraph in paragraphs(text):
        if _LABEL.match(text[paragraph.start : paragraph.end]):
            yield Span(paragraph.start, paragraph.end)
        else:
            yield from sentences(text, paragraph.start, paragraph.end)


_CHAIR = re.compile(r"主持(?:了|召开|会议)?")
_SPEECH = re.compile(r"(?:讲话|讲了话|作重要讲话|发表讲话)")


def _who(words: str, found: list[tuple[str, str]], did: re.Pattern[str]) -> str:
    """Who of those found did it: the last one named before."""
    match = did.search(words)
    if not match or re.match("精神", words[match.end() :]) or not found:
        return ""
    before = [(words.rfind(name, 0, match.start()), name) for name, _ in found]
    at, name = max(before)
    between = words[at + len(name) : match.start()] if at >= 0 else "。"
    if did is _SPEECH and "等" in between:
        return ""
    if did is _CHAIR and re.search("出席|讲话|强调", between) and not between.endswith("并"):
        return ""
    if did is _CHAIR and "，" in between and not re.search("，(?:并|共同|负责)?$", between):
        return name if not re.search("出席|讲话|强调", between) else ""
    return name if at >= 0 and "习近平" not in between else ""


# Who said what is conveyed was at another meeting.
_CONVEYED = re.compile("传达[^。；]{2,160}?(?:精神|讲话|批示|指示|部署)")


def _in_sentence(words: str) -> list[tuple[str, str]]:
    """Names with posts in a sentence that says that they were there, or that opens with what they said."""
    if _NOT_THERE.search(words) and not re.search("出席|主持|讲话", words):
        return []
    words = _CONVEYED.sub("传达", words)
    there = _THERE.search(words) is not None
    found: list[tuple[str, str]] = []
    posts: list[str] = []
    last = ""
    for clause in clauses(words, 0, len(words)):
        last = ""
        for part in items(words, clause.start, clause.end):
            piece = words[part.start : part.end]
            bare = _LED.sub("", piece, count=1)
            if bare.startswith("受") or piece.startswith("受"):
                continue
            for each in re.split(r"(?<=[一-鿿])(?:和|及|以及)(?=[^，]{2,30}(?:" + _POST + "))", bare):
                person = _person(each, posts)
                if person and (there or _SPOKE.match(each[person[2] :])):
                    name, post, _ = person
                    found.append((name, post))
                    posts, last = [], post
                elif _POSTS_ONLY.match(each) and len(each) < 41:
                    posts.append(each)
                    last = ""
                else:
                    alone = (_ALONE if last else _NAMED_ALONE).match(each)
                    if alone and there:
                        found.append((_plain(alone["name"]), last))
                    else:
                        posts, last = [], ""
    return found


def _person(piece: str, posts: list[str]) -> tuple[str, str, int] | None:
    match = _PERSON.match(piece)
    if not match or _SEEN_POST.search(match["post"]):
        return None
    post = "、".join([*posts, match["post"]])
    return _plain(match["name"]), _post(post), match.end()


def _post(words: str) -> str:
    return re.sub(
        r"^(?:.{0,12}(?:召开|举行)的?.{0,6}上|会上|会议由|由|我(?=[省市区县])|时任|在.{2,20}会上)", "", words
    )


def _plain(name: str) -> str:
    return re.sub(r"\s", "", name)


def _in_list(value: str) -> list[tuple[str, str]]:
    """Names of a labelled line: with a post before or in brackets behind, or alone."""
    found: list[tuple[str, str]] = []
    posts: list[str] = []
    for piece in re.split(r"[，、；;,。]|\s{2,}|(?<=[)）])\s", value):
        each = _LED.sub("", piece.strip(), count=1)
        bracket = _BRACKET.match(each)
        person = _person(each, posts)
        unit = _UNIT_PERSON.match(each)
        alone = re.match(rf"^(?:{_NAME}|{_NAME.replace('?', '')})(?=同志|等|$)", each)
        if bracket and not person:
            found.append((_plain(bracket["name"]), bracket["post"]))
        elif person:
            found.append(person[:2])
        elif alone:
            found.append((_plain(alone[0]), ""))
        elif unit:
            found.append((_plain(unit["name"]), unit["post"]))
        elif _POSTS_ONLY.match(each):
            posts.append(each)
            continue
        posts = []
    return found


def _leaders(words: str) -> Iterator[str]:
    """市领导 with names behind, and names with 等市领导 behind."""
    for match in _LEADERS.finditer(words):
        yield from _names(words[match.end() : match.end() + _NEAR])
    for match in _THEIR_LEADERS.finditer(words):
        if _LEADERS.match(words, match.start()) and _ALONE.match(words[match.end() :]):
            continue
        names = list(_names_before(words[max(0, match.start() - _NEAR) : match.start()]))
        yield from reversed(names)


def _names(words: str) -> Iterator[str]:
    for piece in re.split(r"[、]|(?<=\S)和|\s{1,3}", words):
        alone = re.match(rf"^\s{{0,2}}(?P<name>{_ANY}){_TAIL}", piece)
        if not alone:
            return
        yield _plain(alone["name"])
        if len(piece.rstrip()) > alone.end():
            return


def _names_before(words: str) -> Iterator[str]:
    for piece in reversed(re.split("[，。；]", words)[-1].split("、")):
        alone = re.fullmatch(_NAME.replace("?)", ")").replace("}?", "}"), piece.strip())
        if not alone:
            return
        yield _plain(alone[0])
