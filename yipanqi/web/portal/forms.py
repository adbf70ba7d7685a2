"""The forms of the residents' pages. They check what was typed and save nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxLengthValidator, RegexValidator
from django.utils.translation import gettext as _, gettext_lazy

from yipanqi.cases.actions import LONGEST, LONGEST_OTHER
from yipanqi.cases.models import Anonymity
from yipanqi.web.steps import area_choices, category_choices

Choices = list[tuple[str, Any]]
TOO_LONG = gettext_lazy("最多 %(limit_value)d 字，现有 %(show_value)d 字。请删减后再继续。")
A_PHONE = RegexValidator(
    r"^\+?[0-9０-９][0-9０-９ \-()（）]{4,}$", gettext_lazy("电话号码请只写数字，例如 0531-12345678。")
)


class PageForm(forms.Form):
    """A page of the filing. Without the browser's own bubbles: they speak the browser's language, not the page's."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.CharField):
                _limit(field, LONGEST.get(name, LONGEST_OTHER))


def _limit(field: forms.CharField, longest: int) -> None:
    """At most so many characters, told when the page is sent: an input with `maxlength` cuts off what is pasted."""
    field.max_length = longest
    others = [v for v in field.validators if not isinstance(v, MaxLengthValidator)]
    field.validators = [*others, MaxLengthValidator(longest, TOO_LONG)]
    field.widget.attrs.pop("maxlength", None)


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
        self.fields["category"].choices = _or_unsure(category_choices())  # type: ignore[attr-defined]


class WhereForm(PageForm):
    """Where it is."""

    place = forms.CharField(
        label=gettext_lazy("用文字描述地点"),
        help_text=gettext_lazy("路名、门牌、路口或附近的标志都可以。"),
        required=False,
    )
    area = forms.ChoiceField(
        label=gettext_lazy("在哪个区县、街镇"),
        help_text=gettext_lazy("不确定就不用选。"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = _or_unsure(area_choices())  # type: ignore[attr-defined]


class KnownForm(PageForm):
    """How the person wants to be known."""

    anonymity = forms.ChoiceField(
        label=gettext_lazy("您希望怎样署名？"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请从三种方式里选一种。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["anonymity"].choices = anonymity_choices()  # type: ignore[attr-defined]


class ContactForm(PageForm):
    """Name and ways to reach the person; not asked of anybody who stays anonymous."""

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
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )


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


def anonymity_choices() -> Choices:
    """The three ways to be known."""
    return [
        (Anonymity.NAMED.value, _("实名（留下姓名）")),
        (Anonymity.HIDDEN.value, _("对办理单位隐去身份")),
        (Anonymity.ANONYMOUS.value, _("匿名")),
    ]


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
        Anonymity.ANONYMOUS: _(
            "我们不知道您是谁，也不收姓名和联系方式；此前填过的会清空。我们也就没有办法给您打电话：查进度、看答复、"
            "回答提问都要靠查询号和密码，密码丢了无法找回。"
        ),
    }


def _or_unsure(choices: Choices) -> Choices:
    """The desk's choices, except that a resident may leave it open."""
    return [("", _("不确定")), *choices[1:]]
