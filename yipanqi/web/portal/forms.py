"""The forms of the residents' pages. They check what was typed and save nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxLengthValidator, RegexValidator
from django.utils.translation import gettext as _, gettext_lazy

from yipanqi.cases.actions import longest
from yipanqi.cases.models import Anonymity, Relation, anonymities
from yipanqi.cases.persons import listed
from yipanqi.text import geo
from yipanqi.web.portal.promises import kind_names
from yipanqi.web.steps import area_choices, category_choices

Choices = list[tuple[str, Any]]
MYSELF = "self"
TOGETHER = "together"  # for oneself and others, who sign as well
FOR_ANOTHER = ("person", "person_phone", "agreed")  # asked of whoever speaks for somebody else
TOO_LONG = gettext_lazy("最多 %(limit_value)d 字，现有 %(show_value)d 字。请删减后再继续。")
A_PHONE = RegexValidator(
    r"^\+?[0-9０-９][0-9０-９ \-()（）]{4,}$", gettext_lazy("电话号码只用数字和短横，例如 0531-12345678。")
)


class PageForm(forms.Form):
    """A page of the filing. Without the browser's own bubbles: they speak the browser's language, not the page's."""

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        kind: str = "",
        relation: str = "",
        anonymous: bool = False,
        together: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.voice, self.speaks_as, self.anonymous, self.together = kind, relation, anonymous, together
        for name, field in self.fields.items():
            if isinstance(field, forms.CharField):
                _limit(field, longest(name))


def _limit(field: forms.CharField, longest: int) -> None:
    """At most so many characters, told when the page is sent: an input with `maxlength` cuts off what is pasted."""
    field.max_length = longest
    others = [v for v in field.validators if not isinstance(v, MaxLengthValidator)]
    field.validators = [*others, MaxLengthValidator(longest, TOO_LONG)]
    field.widget.attrs.pop("maxlength", None)


class KindForm(PageForm):
    """What kind of thing it is: asked first, for it decides what can be promised."""

    kind = forms.ChoiceField(
        label=gettext_lazy("您要说的是哪一种？"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("请从三种里选一种；拿不准就选“反映一个问题”。")
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kind_names().items())  # type: ignore[attr-defined]


class WhatForm(PageForm):
    """What it is about."""

    title = forms.CharField(
        label=gettext_lazy("用一句话说是什么事"),
        help_text=gettext_lazy("例如：小区门口的路灯不亮。"),
        error_messages={"required": gettext_lazy("请用一句话写明是什么事，例如“小区门口的路灯不亮”。")},
    )
    text = forms.CharField(
        label=gettext_lazy("详细说说"),
        help_text=gettext_lazy("发生了什么、从什么时候开始、您希望怎样解决。想到什么写什么，不必讲究格式。"),
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("请写下事情的经过，一两句话也可以。")},
    )
    category = forms.ChoiceField(
        label=gettext_lazy("属于哪一类"),
        help_text=gettext_lazy("不确定就不用选，由我们来分。"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in _what_words(self.voice).items():
            field = self.fields[name]
            field.label, field.help_text, field.error_messages["required"] = words
        self.fields["category"].choices = _or_unsure(category_choices())  # type: ignore[attr-defined]


class WhereForm(PageForm):
    """Where it is."""

    place = forms.CharField(
        label=gettext_lazy("用文字描述地点"),
        help_text=gettext_lazy("路名、门牌、路口或附近的标志都可以。"),
        required=False,
    )
    point = forms.CharField(label=gettext_lazy("图上的点"), required=False, widget=forms.HiddenInput)
    area = forms.ChoiceField(
        label=gettext_lazy("在哪个区县、街镇"),
        help_text=gettext_lazy("不确定就不用选。"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = _or_unsure(area_choices())  # type: ignore[attr-defined]

    def clean_point(self) -> str:
        """What a map gave, as it was given."""
        given = str(self.cleaned_data["point"])
        if given and geo.read(given) is None:
            raise forms.ValidationError(_("地图上的点读不出来，请重新指一次，或者去掉它。"))
        return given


class ManyFiles(forms.FileInput):
    """Several files at once. What is asked for by kind a telephone turns into it by itself."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(
            attrs={"multiple": True, "accept": "image/jpeg,image/png,image/webp,application/pdf"}
        )


class FilesForm(PageForm):
    """Photos and documents; what is wrong with one is said by whoever looks into it."""

    enclosed = forms.FileField(label=gettext_lazy("选照片或文件"), required=False, widget=ManyFiles)


class KnownForm(PageForm):
    """How the person wants to be known, and for whom they speak: for themselves, if nothing else is chosen."""

    anonymity = forms.ChoiceField(
        label=gettext_lazy("您希望怎样署名？"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请从三种方式里选一种。")},
    )
    relation = forms.ChoiceField(
        label=gettext_lazy("您替谁反映？"), widget=forms.RadioSelect, required=False, initial=MYSELF
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["anonymity"].choices = anonymity_choices(self.voice)  # type: ignore[attr-defined]
        self.fields["relation"].choices = relation_choices()  # type: ignore[attr-defined]
        # Not changed in place: it is the draft's own.
        self.initial = {**self.initial, "relation": self.initial.get("relation") or MYSELF}

    @property
    def for_another(self) -> bool:
        """Whether the choice stands open: somebody else was chosen, or something is wrong with it."""
        return bool(self.speaks_as) or self.together or bool(self["relation"].errors)

    def clean(self) -> dict[str, Any]:
        """A joint letter has somebody to whom the reply goes."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("relation") == TOGETHER and given.get("anonymity") == Anonymity.ANONYMOUS:
            self.add_error("relation", _("联名的要有一位联系人，答复给这一位，不能匿名。"))
        return given


class ContactForm(PageForm):
    """Name and ways to reach the person; not asked of anybody who stays anonymous. Who speaks for somebody else says
    for whom, and that this person agrees."""

    name = forms.CharField(
        label=gettext_lazy("您的姓名"),
        error_messages={"required": gettext_lazy("请填写姓名；不想留姓名，可以返回上一步选“匿名”。")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("电话"),
        help_text=gettext_lazy("有电话，我们才能回访您，或在您丢失密码时核对后重发。"),
        required=False,
        validators=[A_PHONE],
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("电子邮箱"),
        required=False,
        error_messages={"invalid": gettext_lazy("这不像一个邮箱地址，例如 name@example.com。")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    address = forms.CharField(
        label=gettext_lazy("通信地址"),
        help_text=gettext_lazy("想收到纸质答复时才需要。"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    no_notices = forms.BooleanField(
        label=gettext_lazy("不要给我发消息"),
        help_text=gettext_lazy(
            "留了邮箱，有新进展时我们会发邮件，里面不说是什么事。手机或邮箱会给别人看到的，请勾选；以后也可以在查询页上改。"
        ),
        required=False,
    )

    person = forms.CharField(
        label=gettext_lazy("他（她）的姓名"),
        error_messages={"required": gettext_lazy("请填写您替谁反映。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    person_phone = forms.CharField(
        label=gettext_lazy("他（她）的电话"),
        help_text=gettext_lazy("留了，他（她）以后可以自己打电话来，或到窗口接手。"),
        required=False,
        validators=[A_PHONE],
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    agreed = forms.BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unasked = set[str]() if self.speaks_as else set(FOR_ANOTHER)
        if self.speaks_as == Relation.GUARDIAN:
            unasked.add("person_phone")  # nobody calls a child
        if self.anonymous:
            unasked |= set(self.fields) - {"agreed"}
        for name in unasked:
            self.fields.pop(name, None)
        if "agreed" in self.fields:
            tick = self.fields["agreed"]
            tick.label, tick.help_text, tick.error_messages["required"] = _agreement(
                self.speaks_as, self.voice
            )

    def clean(self) -> dict[str, Any]:
        """Whoever signs for several can be reached: the reply goes to them."""
        given: dict[str, Any] = super().clean() or {}
        wrong = {"phone", "email", "address"} & set(self.errors)
        if self.together and not wrong and not any(given.get(n) for n in ("phone", "email", "address")):
            self.add_error("phone", _("联名的请留电话、邮箱或地址，答复给您这一位。"))
        return given


class TogetherForm(PageForm):
    """Who else signs a joint letter."""

    signatories = forms.CharField(
        label=gettext_lazy("还有哪些人一起联名？"),
        help_text=gettext_lazy("一行写一位的姓名，愿意留电话的写在姓名后面。您自己不用再写。"),
        widget=forms.Textarea(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("请至少写一位；只有您一位的，请返回上一步改选“替我自己”。")},
    )

    def clean_signatories(self) -> str:
        """Names, not numbers alone."""
        given = str(self.cleaned_data["signatories"])
        if not listed(given):
            raise forms.ValidationError(_("请写姓名，一行一位。"))
        return given


class TrackForm(forms.Form):
    """Reference and secret. What is too long to be one is simply wrong, as anything else that does not fit."""

    use_required_attribute = False
    # Nothing of it is kept by the browser of a hall's computer.
    plain: ClassVar = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}

    reference = forms.CharField(
        label=gettext_lazy("查询号"),
        help_text=gettext_lazy("九位字母和数字，例如 K7MQ-3Q9X-D。大小写都可以。"),
        error_messages={"required": gettext_lazy("请填写查询号，它在提交成功的页面或回执上。")},
        widget=forms.TextInput(attrs=plain),
    )
    secret = forms.CharField(
        label=gettext_lazy("查询密码"),
        help_text=gettext_lazy("十六位数字，空格可有可无。"),
        error_messages={"required": gettext_lazy("请填写十六位查询密码。")},
        widget=forms.TextInput(attrs={**plain, "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class ResumeForm(forms.Form):
    """The code of a draft that was kept."""

    use_required_attribute = False

    code = forms.CharField(
        label=gettext_lazy("取回码"),
        help_text=gettext_lazy("十六位数字，空格可有可无。"),
        error_messages={"required": gettext_lazy("请填写存草稿时给您的十六位取回码。")},
        widget=forms.TextInput(attrs={**TrackForm.plain, "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


def _what_words(kind: str) -> dict[str, tuple[str, str, str]]:
    """Label, help and what is said where it is missing, for those kinds that are asked in words of their own."""
    found = {
        "suggestion": {
            "title": (
                _("用一句话说您的建议"),
                _("例如：在公交站装座椅。"),
                _("请用一句话写明您的建议，例如“在公交站装座椅”。"),
            ),
            "text": (
                _("详细说说"),
                _("现在是什么情况、您建议怎么做、对大家有什么好处。一条建议说一件事。"),
                _("请写下您的建议，一两句话也可以。"),
            ),
        },
        "claim": {
            "title": (
                _("用一句话说是什么事"),
                _("例如：补贴少发了一个月。"),
                _("请用一句话写明是什么事，例如“补贴少发了一个月”。"),
            ),
            "text": (
                _("详细说说"),
                _(
                    "哪个单位在什么时候怎样处理或决定的、您为什么不服、您要求怎样。已经起诉、复议或仲裁的，也请写上。"
                ),
                _("请写下事情的经过，一两句话也可以。"),
            ),
        },
    }
    found["accusation"] = {
        "title": (
            _("用一句话说是什么事"),
            _("例如：某单位违规收费。这句话也会密封。"),
            _("请用一句话写明是什么事。"),
        ),
        "text": (
            _("详细说说"),
            _(
                "谁、在什么时候、做了什么、您怎么知道的。别写只有您一个人知道的细节，除非非写不可：内容会让人认出您来。"
            ),
            _("请写下事情的经过，一两句话也可以。"),
        ),
    }
    return found.get(kind, {})


def kind_hints() -> dict[str, str]:
    """What each kind is, with examples."""
    return {
        "order": _("有事要人来办、来修、来管，或者想问清楚。例如：路灯不亮、电梯常坏、社保怎么转。"),
        "suggestion": _("为大家的事出主意，不是为自己求解决。例如：在公交站装座椅、把校门口改成单行。"),
        "claim": _(
            "对某个单位给您的处理、决定或答复不服，要求纠正。例如：补贴少发、申请被拒没有说依据。"
            "能走诉讼、仲裁、行政复议的，我们会告诉您去哪里、怎么办。"
        ),
        "accusation": _(
            "举报公职人员或单位违纪违法。密封转给有权机关，被反映的一方查不到。"
            "请用自己的手机，不要用单位的电脑和网络；可以不留姓名。"
        ),
    }


def anonymity_choices(kind: str) -> Choices:
    """The three ways to be known with this kind."""
    words = {
        Anonymity.NAMED: _("实名（留下姓名）"),
        Anonymity.HIDDEN: _("对办理单位隐去身份"),
        Anonymity.HANDLER_ONLY: _("只让办理单位知道，被反映的一方看不到"),
        Anonymity.ANONYMOUS: _("匿名"),
    }
    return [(choice.value, words[choice]) for choice in anonymities(kind)]


def relation_choices() -> Choices:
    """For whom one can speak."""
    return [
        (MYSELF, _("替我自己")),
        (Relation.HELPER.value, _("替别人（本人知道并同意）")),
        (Relation.GUARDIAN.value, _("我是监护人，替孩子或被监护的人")),
        (TOGETHER, _("替我自己，和别人一起联名")),
    ]


def relation_hints() -> dict[str, str]:
    """What follows from the choice."""
    return {
        Relation.HELPER: _("例如老人、病人、看不清屏幕的人。由您查进度；他（她）随时可以收回，自己接手。"),
        TOGETHER: _("只算一件事，答复给您，由您转告大家。联名的人姓名加密保存，和您的一样。"),
        Relation.GUARDIAN: _("孩子不满十四周岁的，由监护人同意，按儿童个人信息规则处理。"),
    }


def _agreement(relation: str, kind: str) -> tuple[str, str, str]:
    """Label, help and what is said where it is missing, of the tick that the person concerned agrees."""
    if relation == Relation.GUARDIAN:
        return (
            _("我是监护人，看过儿童个人信息规则，同意为办这件事使用这些信息"),
            _("只收办这件事用得着的；您随时可以收回同意、要求删除。"),
            _("由监护人同意，才能替孩子或被监护的人反映。"),
        )
    paper = _("申诉求决由别人代办的，请备好本人签名的书面委托书，办理单位会问您要。")
    return (
        _("他（她）本人知道并同意我代为反映"),
        paper if kind == "claim" else _("请先问过他（她）本人。"),
        _("请先问过他（她）本人，再勾选；本人不同意的，不能代为反映。"),
    )


def anonymity_hints() -> dict[str, str]:
    """Who will see what, before the choice is made."""
    return {
        Anonymity.NAMED: _(
            "姓名和联系方式加密保存。热线和办理单位平时只看到遮住一部分的姓名和电话；确有需要时，说明用途才能打开，"
            "每次打开都会显示在您的查询页上。"
        ),
        Anonymity.HIDDEN: _(
            "只有热线可以知道您是谁、和您联系，每次打开身份信息都会显示在您的查询页上。办理单位从头到尾看不到您的姓名和联系方式，"
            "只看到整理过的事情本身。"
        ),
        Anonymity.HANDLER_ONLY: _(
            "办理单位能知道您是谁，被反映的一方看不到。依法由被反映的单位自己办理的，它会知道；不愿意请选匿名。"
        ),
        Anonymity.ANONYMOUS: _(
            "我们不知道您是谁，也不收姓名和联系方式；此前填过的会清空。我们也就没有办法给您打电话：查进度、看答复、"
            "回答提问都要靠查询号和密码，密码丢了无法找回。"
        ),
    }


def _or_unsure(choices: Choices) -> Choices:
    """The desk's choices, except that a resident may leave it open."""
    return [("", _("不确定")), *choices[1:]]
