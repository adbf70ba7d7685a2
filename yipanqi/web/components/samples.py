"""What the gallery shows: every component in every state, with long, empty and hostile texts. All of it is invented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from yipanqi.core.labels import pick
from yipanqi.web.components.shapes import (
    Badge,
    Column,
    Due,
    Event,
    Facet,
    FacetGroup,
    Light,
    ListItem,
    NavItem,
    Person,
    Row,
    StepCard,
    Tab,
    TableRow,
)

# The page's own words, kept out of the catalogue: they would speak for the same words of real pages.
WORDS = {
    "gallery": ("组件一览", "Gallery of components"),
    "list": ("待办列表", "List of cases"),
    "intro": (
        "这一页摆出每个组件的每种样子，供设计和检查使用；内容都是编造的。",
        "Every component in every state, to design with and to check; all of it is invented.",
    ),
    "portal_frame": ("居民页面的框架", "The residents' frame"),
    "desk_frame": ("工作台的框架", "The desk's frame"),
    "buttons": ("按钮", "Buttons"),
    "submit": ("提交", "Submit"),
    "save": ("保存", "Save"),
    "withdraw": ("撤回", "Withdraw"),
    "later": ("以后再说", "Not now"),
    "begin": ("开始填写", "Begin"),
    "notices": ("提示", "Notices"),
    "easy": ("请放心", "You are safe here"),
    "easy_text": (
        "办理单位只看到事情，看不到您的姓名和电话。",
        "The handling unit sees the matter, not your name or phone.",
    ),
    "done": ("已经提交。", "It has been submitted."),
    "late": ("已超期", "Late"),
    "unfold": ("点开看说明", "Open the explanation"),
    "nothing": ("没有待办的事项", "Nothing to do"),
    "nothing_text": (
        "新的事项转来以后会出现在这里。也可以先登记一个来电。",
        "New matters appear here when they are forwarded. You can also take a call.",
    ),
    "call": ("登记来电", "Take a call"),
    "codes": ("查询号和查询密码", "Reference and secret"),
    "reference": ("查询号", "Reference"),
    "limits": ("时限", "Time limits"),
    "lights": ("灯和状态", "Lights and states"),
    "three_late": ("有 3 件超期", "3 are late"),
    "history": ("经过", "Timeline"),
    "figures": ("数字", "Figures"),
    "todo": ("待办", "To do"),
    "longest": ("最久的一件超期 9 个工作日", "The longest is 9 working days late"),
    "running": ("在办", "Being handled"),
    "today": ("今天到期", "Due today"),
    "milestones": ("节点", "Milestones"),
    "lists": ("列表", "Lists"),
    "views": ("待办的几种看法", "Ways to see the queue"),
    "caption": ("待办，按剩余时间排列", "To do, by time left"),
    "no_rows": ("没有符合条件的事项，去掉一个筛选试试。", "Nothing matches; try without one of the filters."),
    "forms": ("表单", "Forms"),
    "go_on": ("继续", "Continue"),
    "wrong": ("有错误时", "With errors"),
    "filled": ("已填写", "Filled in"),
    "steps": ("办理步骤", "Steps"),
    "no_steps": ("没有步骤时", "Without steps"),
}
CITY = dt.timezone(dt.timedelta(hours=8))
REFERENCE = "K7MQ-3Q9X-D"


def _at(day: int, hour: int) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, 20, tzinfo=CITY)


def long_text() -> str:
    return pick(
        "小区北门外的路灯已经坏了十多天，晚上放学的孩子只能摸黑走，昨天还有一位老人绊倒。我们给物业打过三次电话，"
        "物业说归街道管，街道说归市政管，到现在没有人来看过。希望尽快确定由谁负责，修好之前先放个警示牌。",
        "The street lamps outside the north gate have been out for more than ten days. Children coming home from school "
        "walk in the dark, and yesterday an old man fell. We have rung the property company three times; they say it is "
        "the sub-district's, the sub-district says it is the city's. Please settle who is in charge, and until it is "
        "mended put up a warning sign.",
    )


def hostile() -> str:
    return "<script>alert(1)</script> \"'><img src=x> & " + "长" * 40


class SampleForm(forms.Form):
    """One field of each kind."""

    text = forms.CharField(max_length=2000, widget=forms.Textarea)
    place = forms.CharField(max_length=100, required=False)
    area = forms.ChoiceField()
    anonymity = forms.ChoiceField(widget=forms.RadioSelect)
    units = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)
    since = forms.DateField(required=False)
    people = forms.IntegerField(required=False, min_value=1)
    agree = forms.BooleanField()
    head = forms.CharField(widget=forms.HiddenInput, initial="1f2e")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._label("text", pick("请说说是什么事", "Please tell us what it is about"))
        self.fields["text"].help_text = pick(
            "说清楚时间、地点和您的要求就可以，不用写得很正式。",
            "When, where, and what you ask for is enough; it need not be formal.",
        )
        self._label("place", pick("在什么地方", "Where is it"))
        self._label("area", pick("属于哪个区县", "Which district"))
        self._label("anonymity", pick("谁可以知道是您说的", "Who may know that it was you"))
        self._label("units", pick("请哪些单位一起办", "Which units join in"))
        self._label("since", pick("从哪一天开始的", "Since which day"))
        self._label("people", pick("大约影响多少人", "About how many people it concerns"))
        self._label(
            "agree",
            pick("我已看过并同意这样使用我的信息", "I have read how my information is used and agree"),
        )
        area, anonymity, units = self.fields["area"], self.fields["anonymity"], self.fields["units"]
        assert isinstance(area, forms.ChoiceField)
        assert isinstance(anonymity, forms.ChoiceField)
        assert isinstance(units, forms.ChoiceField)
        area.choices = [
            ("", pick("请选择", "Please choose")),
            ("a", pick("历下区", "Lixia")),
            ("b", hostile()),
        ]
        anonymity.choices = [
            ("named", pick("可以让办理单位知道", "The handling unit may know")),
            ("hidden", pick("只让受理窗口知道", "Only the intake desk may know")),
            ("anonymous", pick("谁也不告诉", "Nobody")),
        ]
        units.choices = [("1", pick("市城管局", "Urban management")), ("2", pick("供电公司", "Power supply"))]

    def _label(self, name: str, label: str) -> None:
        self.fields[name].label = label
        self.fields[name].error_messages["required"] = pick(f"请填写：{label}", f"Please fill in: {label}")


def choice_hints() -> dict[str, str]:
    return {
        "named": pick("便于上门核实，也能直接答复您。", "They can come and look, and answer you directly."),
        "hidden": pick(
            "办理单位只看到事情，看不到姓名和电话。",
            "The handling unit sees the matter, not your name or phone.",
        ),
        "anonymous": pick(
            "凭查询号和查询密码也能看进度。", "You can still follow it with the reference and the secret."
        ),
    }


def dues() -> list[Due]:
    label = pick("办理期限", "Time to answer")
    day = dt.date(2026, 11, 30)
    lines = (
        pick(
            "11月23日（星期一）转交，当天不算。", "Forwarded on Monday 23 November; that day is not counted."
        ),
        pick("从11月24日起数 5 个工作日。", "Five working days are counted from 24 November."),
        pick("第 5 个工作日是 11月30日。", "The fifth working day is 30 November."),
    )
    basis = pick("《济南市12345市民服务热线条例》第二十四条", "Jinan 12345 hotline regulation, Art. 24")
    return [
        Due(label, day, day, 5, basis=basis, lines=lines),
        Due(label, day, day, 1, basis=basis, lines=lines),
        Due(label, day, day, 0, basis=basis, lines=lines),
        Due(label, day, day, 0, late_by=3, basis=basis, lines=lines),
        Due(label, day, day, 4, paused=True, basis=basis, lines=lines),
        Due(label, dt.date(2027, 1, 4), dt.date(2027, 1, 2), 27, provisional=True, basis=basis, lines=lines),
        Due(label, day, day, met=True, basis=basis, lines=lines),
        Due(label, day, day, met=False, late_by=2, basis=basis, lines=lines),
        Due(label, None, basis=pick("惯例", "practice")),
        Due(label, day, day, met=True, dropped=True, basis=basis, lines=lines),
    ]


def events() -> list[Event]:
    terms = dues()
    intake = pick("市12345热线受理席", "City 12345 hotline, intake")
    return [
        Event(
            _at(20, 9),
            pick("已登记", "Registered"),
            intake,
            pick("您的话已经收到。", "We have received what you said."),
        ),
        Event(
            _at(23, 10),
            pick("已转交办理单位", "Forwarded to the unit in charge"),
            pick("市社会工作部 · 转办岗", "Social Work Department · routing desk"),
            long_text() + "\n\n" + hostile(),
            [terms[0]],
        ),
        Event(
            _at(24, 15),
            pick("查看了您的联系方式", "Your contact was looked at"),
            pick("市城管局 · 承办岗", "Urban Management · handler"),
            facts=((pick("目的", "Purpose"), pick("电话约定现场时间", "To agree a time by phone")),),
        ),
        Event(_at(25, 9), pick("已评价", "Evaluated"), pick("诉求人", "The submitter"), veiled=True),
        Event(
            _at(26, 9),
            pick("正在办理", "Being handled"),
            pick("市城管局", "Urban Management"),
            due=[terms[3], terms[5]],
        ),
    ]


def steps() -> list[StepCard]:
    answer = SampleForm(prefix="answer")
    back = SampleForm({"back-text": ""}, prefix="back")
    keep = ("text",)
    for form in (answer, back):
        for name in set(form.fields) - set(keep):
            del form.fields[name]
    return [
        StepCard(
            "answer",
            pick("提交答复", "Submit the answer"),
            "#",
            pick("写给诉求人的话；先审核，再送达。", "Words to the submitter; audited first, then served."),
            (pick("告知：转办单位的审核岗", "Tells: the auditor at the sender"),),
            (pick("开始计时：审核，1 个工作日", "Starts: audit, 1 working day"),),
            answer,
            {"head": "1f2e"},
        ),
        StepCard(
            "request_return",
            pick("申请退回", "Ask to return it"),
            "#",
            pick(
                "不属于本单位职责时用；转办单位同意后才生效。",
                "When it is not yours; it takes effect when the sender agrees.",
            ),
            form=back,
            danger=True,
        ),
        StepCard(
            "contribute",
            pick("补充意见", "Add an opinion"),
            "#",
            pick("协办单位写。", "Written by co-units."),
            open=False,
        ),
        StepCard(
            "request_extension",
            pick("申请延期", "Ask for more time"),
            "#",
            why_not=pick("已经有一项申请在等待批准。", "A request is already waiting for approval."),
        ),
    ]


def table() -> dict[str, Any]:
    terms = dues()
    columns = [
        Column("due", pick("时限", "Due"), "due"),
        Column("title", pick("事项", "Matter"), "link", main=True),
        Column("state", pick("状态", "State"), "badge"),
        Column("unit", pick("主办单位", "Lead unit")),
        Column("who", pick("诉求人", "Submitter"), "person"),
        Column("voices", pick("关联", "Linked"), "number"),
        Column("reference", pick("编号", "Reference"), "reference"),
    ]
    unit = pick("市城市管理局", "Urban Management Bureau")
    handling = pick("办理中", "Being handled")
    rows = [
        TableRow(
            {
                "due": terms[3],
                "title": long_text()[:60],
                "state": Badge(pick("已转交", "Forwarded"), "waiting"),
                "unit": unit,
                "who": Person(pick("王**", "W**")),
                "voices": 3,
                "reference": "K7MQ-3Q9X-D",
            },
            "#1",
            late=True,
        ),
        TableRow(
            {
                "due": terms[1],
                "title": pick("公交站台缺少遮雨棚", "A bus stop has no roof"),
                "state": Badge(handling, "active"),
                "unit": unit,
                "who": Person(pick("匿名", "anonymous"), masked=False),
                "voices": 0,
                "reference": "2F8R-4CZW-H",
            },
            "#2",
            current=True,
        ),
        TableRow(
            {
                "due": terms[4],
                "title": hostile(),
                "state": Badge(pick("等待补充", "Awaiting you"), "waiting"),
                "unit": "",
                "who": None,
                "voices": 1200,
                "reference": "5H6T-9B4K-E",
            },
            "#3",
        ),
        TableRow(
            {
                "due": terms[6],
                "title": pick("楼道堆放杂物", "Rubbish in the stairwell"),
                "state": Badge(pick("已办结", "Closed"), "done"),
                "unit": unit,
                "who": Person(pick("李**", "L**")),
                "voices": 1,
                "reference": "9A2X-7Y5M-P",
            },
            "#4",
        ),
    ]
    return {"columns": columns, "rows": rows}


def side_items() -> list[ListItem]:
    terms = dues()
    return [
        ListItem(
            long_text()[:50], "#1", "K7MQ-3Q9X-D", terms[3], Badge(pick("已转交", "Forwarded"), "waiting")
        ),
        ListItem(
            pick("公交站台缺少遮雨棚", "A bus stop has no roof"), "#2", "2F8R-4CZW-H", terms[1], current=True
        ),
        ListItem(pick("楼道堆放杂物", "Rubbish in the stairwell"), "#4", "9A2X-7Y5M-P", terms[0]),
        ListItem(hostile(), "#5"),
    ]


def context() -> dict[str, Any]:
    """Everything the gallery's template places."""
    wrong = SampleForm({"text": "", "place": hostile(), "since": "x", "people": "0"}, prefix="wrong")
    filled = SampleForm(
        {"filled-text": long_text(), "filled-anonymity": "hidden", "filled-agree": "on", "filled-area": "a"},
        prefix="filled",
    )
    filled.is_valid()
    return {
        "say": {key: pick(zh, en) for key, (zh, en) in WORDS.items()},
        "form": SampleForm(),
        "wrong": wrong,
        "filled": filled,
        "hints": choice_hints(),
        "dues": dues(),
        "events": events(),
        "steps": steps(),
        "no_steps": [],
        "table": table(),
        "no_rows": [],
        "side_items": side_items(),
        "reference": REFERENCE,
        "secret": "4821 7730 1956 0042",
        "hostile": hostile(),
        "long_text": long_text(),
        "people": [
            Person(pick("王**", "W**"), "138****0000", open_url="#"),
            Person(pick("匿名", "Anonymous"), note=pick("没有留下身份", "Left no identity"), masked=False),
            Person(
                pick("示例甲", "Sample A"),
                "0531-00000000",
                pick("已为“电话核实”打开，至 17:00", "Open for a call back until 17:00"),
                False,
            ),
        ],
        "summary": [
            Row(pick("说的是什么事", "What it is about"), long_text(), "#"),
            Row(pick("在什么地方", "Where"), hostile(), "#"),
            Row(pick("联系电话", "Phone"), "", change_go="contact"),
        ],
        "facts": [
            Row(pick("主办单位", "Lead unit"), pick("市城市管理局", "Urban Management Bureau")),
            Row(pick("来源", "Channel"), "12345"),
            Row(pick("外部编号", "Outside number"), None),
        ],
        "facets": [
            FacetGroup(
                pick("状态", "State"),
                [
                    Facet(pick("全部", "All"), "#", 1000, True, True),
                    Facet(pick("办理中", "Being handled"), "#", 312),
                    Facet(pick("挂账", "On hold"), "#", 0),
                ],
            ),
            FacetGroup(
                pick("时限", "Due"),
                [Facet(pick("已超期", "Late"), "#", 12), Facet(pick("今天", "Today"), "#", 7)],
            ),
        ],
        "tabs": [
            Tab(pick("待我办", "For me"), "#", True, 12),
            Tab(pick("等别人", "Waiting for others"), "#", False, 1000, True),
            Tab(pick("已办结", "Closed"), "#"),
        ],
        "lights": [Light("green"), Light("yellow"), Light("red"), Light("grey"), Light("blue")],
        "badges": [
            Badge(pick("已登记", "Registered")),
            Badge(pick("办理中", "Being handled"), "active"),
            Badge(pick("等待补充", "Awaiting you"), "waiting"),
            Badge(pick("已办结", "Closed"), "done"),
            Badge(pick("已超期", "Late"), "late"),
        ],
        "desk_nav": [
            NavItem(pick("总盘", "Board"), "#"),
            NavItem(pick("待办", "Queue"), "#", True, 12),
            NavItem(pick("登记来电来访", "Take a call or visit"), "#"),
            NavItem(pick("会议任务", "Decisions"), "#", False, 1000, True),
        ],
        "desk_unit": pick("市城市管理局", "Urban Management Bureau"),
        "desk_post": pick("承办岗", "Handler"),
        "desk_keys": "",
        "preview": None,
        "day": dt.date(2026, 11, 30),
        "at": _at(23, 10),
    }
