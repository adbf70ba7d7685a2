"""Which sentences may give their writer away, for the person to look at before filing (trust-and-ux H5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yipanqi.text.privacy import Finding, Kind, identifying

# Field by field: the page on which it can be changed.
LOOKED_AT = {"title": "what", "text": "what", "place": "where"}


@dataclass(frozen=True)
class Sentence:
    """A sentence in parts (text, whether it is what gives away), what was found, and the page that can change it."""

    parts: list[tuple[str, bool]]
    kinds: str
    page: str


def kind_text(kind: Kind) -> str:
    """What was found, in a word."""
    return {
        Kind.EMAIL: _("邮箱"),
        Kind.ID_NUMBER: _("身份证号"),
        Kind.MOBILE: _("手机号"),
        Kind.LANDLINE: _("电话号码"),
        Kind.WECHAT: _("微信号"),
        Kind.QQ: _("QQ 号"),
        Kind.PLATE: _("车牌号"),
        Kind.ADDRESS: _("门牌号"),
        Kind.NAME: _("姓名"),
    }[kind]


def sentences(values: dict[str, str]) -> Iterator[Sentence]:
    """The sentences of what somebody typed in which something was found, each once."""
    for field, page in LOOKED_AT.items():
        text = values.get(field, "")
        found: dict[tuple[int, int], list[Finding]] = {}
        for finding in identifying(text):
            found.setdefault((finding.sentence_start, finding.sentence_end), []).append(finding)
        for (start, end), findings in found.items():
            kinds = dict.fromkeys(kind_text(finding.kind) for finding in findings)
            yield Sentence(_parts(text, start, end, findings), _("、").join(kinds), page)


def _parts(text: str, start: int, end: int, findings: list[Finding]) -> list[tuple[str, bool]]:
    parts, at = [], start
    for finding in findings:
        parts += [(text[at : finding.start], False), (text[finding.start : finding.end], True)]
        at = finding.end
    parts.append((text[at:end], False))
    return [(part, marked) for part, marked in parts if part.strip()]
