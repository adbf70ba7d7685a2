"""Words that go to others are looked at once more where they may give a person away (UX 20, trust-and-ux H5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.core.procedure import Kind
from yipanqi.text.privacy import Kind as Particular, identifying, organisations as named
from yipanqi.web.steps import StepForm, Tick

CHECKED = "words_checked"
MOST = 5  # findings that are named beside a field


def kind_word(kind: Particular) -> str:
    """What kind of particular was found in a text."""
    return {
        Particular.EMAIL: _("电子邮箱"),
        Particular.ID_NUMBER: _("身份证号"),
        Particular.MOBILE: _("手机号"),
        Particular.LANDLINE: _("电话号码"),
        Particular.WECHAT: _("微信号"),
        Particular.QQ: _("QQ号"),
        Particular.PLATE: _("车牌号"),
        Particular.ADDRESS: _("门牌地址"),
        Particular.NAME: _("姓名"),
    }[kind]


def findings(texts: Iterable[str]) -> list[str]:
    """What in the texts may give a person away, each as “kind: what it says”."""
    return [
        _("%(kind)s“%(words)s”") % {"kind": kind_word(found.kind), "words": text[found.start : found.end]}
        for text in texts
        for found in identifying(text)
    ]


def _texts(value: Any) -> list[str]:
    """What somebody wrote themselves in an answer: of a share only what is asked."""
    rows = value if isinstance(value, list) else [value]
    return [str(row["asked"] if isinstance(row, dict) else row or "") for row in rows]


def organisations(texts: Iterable[str]) -> list[str]:
    """The names of organisations in the texts, each as “kind: what it says”: those of the other side, where it is not the
    writer alone whom a text may harm."""
    return [
        _("%(kind)s“%(words)s”") % {"kind": _("单位名称"), "words": name}
        for text in texts
        for name in named(text)
    ]


def look_again(
    form: StepForm,
    posted: Mapping[str, str],
    *,
    why: str,
    find: Callable[[Iterable[str]], list[str]] = findings,
) -> bool:
    """Whether words that go to others may give a person away and nobody has said that they looked. Puts what was
    found beside the fields (`why`, with a place for it), and a tick that lets it pass. `find` is what looks."""
    looked = Tick(label=_("我看过了，这些内容需要保留"), required=False)
    if posted.get(CHECKED):
        form.fields[CHECKED] = looked
        return False
    form.full_clean()
    found = {
        ask.name: find(_texts(form.cleaned_data.get(ask.name)))
        for ask in form.step.asks
        if ask.kind in (Kind.LINE, Kind.TEXT, Kind.SHARES) and ask.shown
    }
    for name, what in found.items():
        if what:
            form.add_error(name, why % {"what": _("、").join(what[:MOST])})
    if not any(found.values()):
        return False
    form.fields[CHECKED] = looked
    return True
