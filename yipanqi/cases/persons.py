"""Who stands beside whoever files a case: the other representatives of a visit (信访工作条例 20), who else signed a joint
letter (联名信), and a second agent. They are sealed with the words and opened with the identity (docs/adr/0043).

One of them files it and gets the replies; the numbers that the law or a rule sets are values with their source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.cases.models import Anonymity, Channel, Relation
from yipanqi.core.labels import Label


@dataclass(frozen=True)
class HeadCount:
    """A number of people that somebody set, and who."""

    amount: int
    basis: Label


REPRESENTATIVES = HeadCount(5, Label("信访工作条例 20", "Regulation on petition work, Art. 20"))
AGENTS = HeadCount(2, Label("山东省信访条例 28", "Shandong regulation on petitions, Art. 28"))
COLLECTIVE = HeadCount(5, Label("工作惯例：五人以上", "practice: five or more"))

# As the words name them: each leaves out whoever files it.
BESIDE = ("representatives", "signatories", "second_agent")
VISIT, JOINT = "visit", "joint"
_APART = re.compile(r"[\n\r、，,；;]+")


@dataclass(frozen=True)
class Gathering:
    """That several filed a case together, without a name: a visit or a joint letter, and how many of them are named."""

    form: str
    people: int

    @property
    def collective(self) -> bool:
        return self.people >= COLLECTIVE.amount


def listed(text: str, filer: str = "") -> list[str]:
    """The people of a list, one a line or with commas between; a number alone belongs to whoever stands before it, and
    whoever files it (`filer`) is not counted twice."""
    found: list[str] = []
    for piece in filter(None, (piece.strip() for piece in _APART.split(text))):
        if any(character.isalpha() for character in piece):
            found.append(piece)
        elif found:
            found[-1] += f" {piece}"
    return [one for one in found if not filer.strip() or _name(one) != _name(filer)]


def _name(person: str) -> str:
    return re.sub(r"[\W\d_]+", "", person)


def gathering(fields: Mapping[str, str]) -> Gathering | None:
    """How many filed it together, by what was sealed; None where one did."""
    for name, form in (("signatories", JOINT), ("representatives", VISIT)):
        others = listed(fields.get(name, ""), fields.get("name", ""))
        if others:
            return Gathering(form, 1 + len(others))
    return None


def wrong(words: Any, anonymity: str, channel: str, relation: str) -> dict[str, str]:
    """What does not do of the people beside whoever files it, by field. `relation` is that of a mandate."""
    given = {name: listed(getattr(words, name), words.name) for name in BESIDE}
    named = [name for name in BESIDE if getattr(words, name).strip()]
    if anonymity == Anonymity.ANONYMOUS:
        return dict.fromkeys(named, _("匿名提交不能带别人的姓名；请清空，或改选不匿名的一项。"))
    found = {name: _("请写姓名，一行一位。") for name in named if not given[name]}
    if given["representatives"]:
        found |= _wrong_representatives(1 + len(given["representatives"]), channel)
    if given["signatories"] and not (words.name.strip() and _reached(words)):
        field = "phone" if words.name.strip() else "name"
        found[field] = _("联名的要有一位联系人：写明姓名，并留电话、邮箱或地址，答复给这一位。")
    if given["second_agent"]:
        found |= _wrong_agents(1 + len(given["second_agent"]), relation)
    return found


def _reached(words: Any) -> bool:
    return any(getattr(words, name).strip() for name in ("phone", "email", "address"))


def _wrong_representatives(people: int, channel: str) -> dict[str, str]:
    if channel != Channel.VISIT:
        return {"representatives": _("推选代表只用于来访；书信、电话、网上几个人一起提的，填联名人。")}
    if people <= REPRESENTATIVES.amount:
        return {}
    told = _("来访的代表最多 %(n)d 名（%(basis)s），现在连同登记的这一位是 %(m)d 名；请他们推选。")
    of = {"n": REPRESENTATIVES.amount, "m": people, "basis": str(REPRESENTATIVES.basis)}
    return {"representatives": told % of}


def _wrong_agents(people: int, relation: str) -> dict[str, str]:
    if relation != Relation.HELPER:
        return {"second_agent": _("只有替别人反映的才有代办人。")}
    if people <= AGENTS.amount:
        return {}
    told = _("代办人最多 %(n)d 名（%(basis)s），现在连同登记的这一位是 %(m)d 名。")
    return {"second_agent": told % {"n": AGENTS.amount, "m": people, "basis": str(AGENTS.basis)}}
