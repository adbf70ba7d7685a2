"""What goes back to a system of record: a case as its columns want it, in its words, as far as the viewer may read.

Everything comes from what was done here; nobody types it. Of the person nothing goes out: the system has them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from yipanqi.cases.models import ExternalRef
from yipanqi.core import gate
from yipanqi.core.counting import SHANGHAI
from yipanqi.core.gate import Channel, Viewer
from yipanqi.core.labels import Label
from yipanqi.exchange.models import System

Give = Callable[[ExternalRef, Any, "Words"], str]


class Words:
    """What a system calls our codes; our own word where it has none."""

    def __init__(self, system: System) -> None:
        self._values: Mapping[str, Mapping[str, str]] = system.values

    def __call__(self, field: str, code: str, own: str) -> str:
        return self._values.get(field, {}).get(code, own)


def _moment(at: dt.datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else ""


def _answer(view: Any) -> Any:
    """The last answer that was served."""
    return next((each for each in reversed(view.documents) if each.kind == "serve"), None)


def _due(view: Any) -> str:
    return next((due.effective.isoformat() for due in view.dues if due.effective), "")


# name: what it is called, and what of a case it is.
GIVES: Mapping[str, tuple[Label, Give]] = {
    "number": (Label("外部编号", "External number"), lambda ref, view, words: ref.number),
    "reference": (Label("本系统查询号", "Our reference"), lambda ref, view, words: view.number),
    "title": (Label("标题", "Title"), lambda ref, view, words: view.title),
    "time": (Label("时间", "Time"), lambda ref, view, words: _moment(view.received_at)),
    "category": (
        Label("类别", "Category"),
        lambda ref, view, words: words("category", ref.case.category_id or "", view.category),
    ),
    "area": (
        Label("区域", "Area"),
        lambda ref, view, words: words("area", ref.case.area_id or "", view.area),
    ),
    "state": (
        Label("状态", "State"),
        lambda ref, view, words: words("state", view.state_code, view.state),
    ),
    "unit": (Label("承办单位", "Unit"), lambda ref, view, words: view.unit),
    "due": (Label("期限", "Due"), lambda ref, view, words: _due(view)),
    "answer": (
        Label("答复内容", "Answer"),
        lambda ref, view, words: served.text if (served := _answer(view)) else "",
    ),
    "answered": (
        Label("答复时间", "Answered"),
        lambda ref, view, words: _moment(served.at) if (served := _answer(view)) else "",
    ),
    "outcome": (
        Label("办理结果", "Outcome"),
        lambda ref, view, words: words("outcome", view.outcome, view.outcome),
    ),
    "closed": (
        Label("办结时间", "Closed"),
        lambda ref, view, words: _moment(view.matter.closed_at),
    ),
}


def rows_of(system: System, refs: Sequence[ExternalRef], viewer: Viewer) -> list[list[str]]:
    """One row a number, in the system's own order of columns, each case through the gate."""
    words, rows = Words(system), []
    for ref in refs:
        view = gate.present(ref.case.matter, viewer, Channel.DESK)
        rows.append([GIVES[our][1](ref, view, words) for _header, our in system.gives])
    return rows


def headers_of(system: System) -> list[str]:
    return [header for header, _our in system.gives]
