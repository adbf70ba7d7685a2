"""Units, areas and categories in cells: by code or by name, however it is written, never by guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.exchange.targets import plain
from yipanqi.organisations.models import Area, Category, Unit


class Register:
    """Things with codes and names, looked up once. `words`: what another system calls our codes."""

    def __init__(self, rows: Iterable[Any], *, unknown: str, words: Mapping[str, str] | None = None) -> None:
        self._unknown = unknown
        self._by_code = {str(row.code): row for row in rows}
        self._by_name: dict[str, list[Any]] = {}
        for row in self._by_code.values():
            for name in {plain(row.name_zh), plain(row.name_en)} - {""}:
                self._by_name.setdefault(name, []).append(row)
        for code, word in (words or {}).items():
            if code in self._by_code:
                self._by_name[plain(word)] = [self._by_code[code]]

    def __call__(self, text: str) -> Any:
        """The one thing that a cell names; of a path ("城市管理/路灯") the last part. Raises `Refused`."""
        whole = text.strip()
        for word in (whole, whole.replace("＞", "/").replace(">", "/").replace("-", "/").rpartition("/")[2]):
            if word.strip() in self._by_code:
                return self._by_code[word.strip()]
            found = self._by_name.get(plain(word), [])
            if len(found) == 1:
                return found[0]
            if found:
                raise Refused(_("有几个都叫“%(name)s”，请填写代码。") % {"name": word.strip()[:40]})
        raise Refused(self._unknown % {"name": whole[:40]})


def categories(words: Mapping[str, str] | None = None) -> Register:
    rows = Category.objects.filter(valid_to__isnull=True)
    return Register(rows, unknown=_("没有叫“%(name)s”的类别。"), words=words)


def areas(words: Mapping[str, str] | None = None) -> Register:
    return Register(Area.objects.all(), unknown=_("没有叫“%(name)s”的区域。"), words=words)


def units() -> Register:
    rows = Unit.objects.filter(valid_to__isnull=True)
    return Register(rows, unknown=_("没有叫“%(name)s”的单位。"))
