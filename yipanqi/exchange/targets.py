"""What can be imported: a target says its fields and what one batch of good rows does. The flow is one (flow.py)."""

from __future__ import annotations

import datetime as dt
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor
from yipanqi.core.labels import Label

Values = dict[str, Any]
Reader = Callable[[str], Any]


@dataclass(frozen=True)
class Field:
    """A field that a column can fill. `also`: headers by which it is guessed, besides its labels and its name."""

    name: str
    label: Label
    required: bool = False
    also: tuple[str, ...] = ()

    @property
    def known_as(self) -> frozenset[str]:
        return frozenset(map(plain, (self.name, self.label.zh, self.label.en, *self.also)))


@dataclass(frozen=True)
class Good:
    """A row that was read and is well."""

    number: int
    values: Values


@dataclass(frozen=True)
class Outcome:
    """What became of a row. `known`: it was there already, and nothing was changed."""

    object_id: str
    known: bool = False


class Work(ABC):
    """An import under way: what its rows are read against, looked up once."""

    #: How a cell becomes a value, by field; a field without a reader is a text. An empty cell is never read.
    readers: Mapping[str, Reader]

    def check(self, values: Values) -> None:
        """What the row as a whole must be. Raises `Refused` with a sentence, by field where it can be said."""
        return

    @abstractmethod
    def write(self, rows: Sequence[Good], *, by: Actor, at: dt.datetime) -> list[Outcome]:
        """Enter the rows, in the caller's transaction, all or none. Raises `Refused` or a database error."""


@dataclass(frozen=True)
class Target:
    """Something that rows can become. `once`: a row of a file goes in once for ever, not only once an import."""

    code: str
    label: Label
    capability: str
    fields: tuple[Field, ...]
    open: Callable[[Mapping[str, Any]], Work]
    once: bool = False

    @property
    def named(self) -> dict[str, Field]:
        return {each.name: each for each in self.fields}


_targets: dict[str, Target] = {}


def register(target: Target) -> None:
    _targets[target.code] = target


def target_named(code: str) -> Target:
    """The target with this code. Raises LookupError."""
    return _targets[code]


def all_targets() -> tuple[Target, ...]:
    return tuple(_targets.values())


def plain(text: str) -> str:
    """A header or a word without what people vary: width, case, spaces, brackets' content, punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold().split("(")[0]
    return "".join(c for c in folded if c.isalnum())


def guess(target: Target, headers: Sequence[str]) -> dict[str, str]:
    """Which header is which field, each at most once: by name, in Chinese or English."""
    found: dict[str, str] = {}
    for each in target.fields:
        for header in headers:
            if plain(header) in each.known_as and header not in found.values():
                found[each.name] = header
                break
    return found


def unused(headers: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    """The columns that fill no field: what stands in them is left behind."""
    return [header for header in headers if header not in mapping.values()]


def too_long(values: Mapping[str, Any], longest: Mapping[str, int]) -> dict[str, str]:
    """By field what is longer than it may be, and by how much; `longest` in characters."""
    return {
        name: _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": most, "m": len(values[name])}
        for name, most in longest.items()
        if isinstance(values.get(name), str) and len(values[name]) > most
    }


def one_of(words: Mapping[str, str], why: str) -> Reader:
    """A reader of a word out of a list, however it is written. `words`: our code by their word."""
    known = {plain(word): code for word, code in words.items()}

    def read(text: str) -> str:
        code = known.get(plain(text))
        if code is None:
            raise Refused(why)
        return code

    return read
