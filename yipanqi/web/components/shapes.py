"""What the components take. Pages build these in their views; templates only place them.

Every shape may also be given as a mapping with the same names. Texts are plain and are escaped when rendered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar, cast

from django.forms import BaseForm

from yipanqi.text.geo import Point

Colour = Literal["green", "yellow", "red", "grey", "blue"]
Tone = Literal["neutral", "active", "waiting", "done", "late"]
CellKind = Literal["text", "link", "number", "day", "moment", "due", "light", "badge", "reference", "person"]


class DueLike(Protocol):
    """A time limit as people see it; `lines` is its derivation, already translated.

    `working_days_left` counts working days, `late_by` calendar days; `met` is None while it runs or stands still. One
    that no longer matters may say `dropped`.
    """

    @property
    def label(self) -> str: ...
    @property
    def effective(self) -> dt.date | None: ...
    @property
    def raw(self) -> dt.date | None: ...
    @property
    def working_days_left(self) -> int: ...
    @property
    def late_by(self) -> int: ...
    @property
    def paused(self) -> bool: ...
    @property
    def met(self) -> bool | None: ...
    @property
    def provisional(self) -> bool: ...
    @property
    def basis(self) -> str: ...
    @property
    def lines(self) -> Sequence[str]: ...


class EventLike(Protocol):
    """One line of a timeline: who is a unit or a post, never a person.

    It may also have `facts` (pairs of label and value, shown instead of `text`), and `veiled`, which hides both.
    """

    @property
    def at(self) -> dt.datetime: ...
    @property
    def label(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def due(self) -> Sequence[DueLike]: ...


@dataclass(frozen=True)
class Due:
    """A ready-made `DueLike`; the two counts are never negative."""

    label: str
    effective: dt.date | None
    raw: dt.date | None = None
    working_days_left: int = 0
    late_by: int = 0
    paused: bool = False
    met: bool | None = None
    provisional: bool = False
    basis: str = ""
    lines: Sequence[str] = ()
    dropped: bool = False


@dataclass(frozen=True)
class Event:
    """A ready-made `EventLike`."""

    at: dt.datetime
    label: str
    who: str = ""
    text: str = ""
    due: Sequence[DueLike] = ()
    facts: Sequence[tuple[str, str]] = ()
    veiled: bool = False


@dataclass(frozen=True)
class Row:
    """A line of a summary or a list of facts. `change_url` adds a link to change it (of a summary only); where what
    was typed travels in the form around the summary, `change_go` adds a button named `go` with this value instead.
    `point`: shown on a small map instead of the value."""

    label: str
    value: object
    change_url: str = ""
    change_go: str = ""
    point: Point | None = None


@dataclass(frozen=True)
class Light:
    """A light; `word` replaces the usual word of the colour."""

    colour: Colour
    word: str = ""


@dataclass(frozen=True)
class Badge:
    """A state in words."""

    text: str
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Person:
    """A person as masked for this viewer; `open_url` leads to the page that asks for a purpose."""

    name: str
    contact: str = ""
    note: str = ""
    masked: bool = True
    open_url: str = ""


@dataclass(frozen=True)
class Link:
    """A link with a text."""

    label: str
    url: str


@dataclass(frozen=True)
class Column:
    """A column of a queue table. The column with `main` heads the card on a phone."""

    key: str
    label: str
    kind: CellKind = "text"
    main: bool = False


@dataclass(frozen=True)
class TableRow:
    """A row of a queue table: values by column key; `url` is where a cell of kind link (or the main one) leads, and
    `note` stands below the main one; `depth`: under how many other rows it belongs, of which the nearest is above."""

    cells: Mapping[str, object]
    url: str = ""
    note: str = ""
    current: bool = False
    late: bool = False
    depth: int = 0


@dataclass(frozen=True)
class Facet:
    """One choice of a filter; `bounded` says that the count stopped counting there."""

    label: str
    url: str
    count: int | None = None
    current: bool = False
    bounded: bool = False


@dataclass(frozen=True)
class FacetGroup:
    """The choices of one filter."""

    label: str
    facets: Sequence[Facet | Mapping[str, Any]]


@dataclass(frozen=True)
class Tab:
    """One of several views of the same thing."""

    label: str
    url: str
    current: bool = False
    count: int | None = None
    bounded: bool = False


@dataclass(frozen=True)
class NavItem:
    """A destination of the desk's top bar."""

    label: str
    url: str
    current: bool = False
    count: int | None = None
    bounded: bool = False


@dataclass(frozen=True)
class ListItem:
    """A case in the list beside the open case."""

    title: str
    url: str
    reference: str = ""
    due: DueLike | None = None
    badge: Badge | None = None
    current: bool = False


@dataclass(frozen=True)
class Offer:
    """A template for the text under `ask`, filled."""

    key: str
    title: str
    ask: str
    text: str


@dataclass(frozen=True)
class Looked:
    """What the submitter will read, with what in it may give a person away."""

    title: str
    at: dt.datetime
    text: str
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class Facts:
    """Some lines under a title."""

    title: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class StepCard:
    """A step that the viewer may take, or sees and may not take now (`why_not`).

    `tells` and `starts` are finished phrases (whom it tells, which limits it starts); `url` is where it is posted;
    `hidden` are further fields of the form; `open` shows it unfolded, as an invalid `form` always is. `keep_url` keeps
    what is typed; `kept` says since when something is. `templates` can be put into its texts, `chosen` is the one that was;
    where `may_look`, a button shows what the submitter will read, and `looked` is that. `answers` is what others said that
    the step answers.
    """

    name: str
    label: str
    url: str
    does: str = ""
    tells: Sequence[str] = ()
    starts: Sequence[str] = ()
    form: BaseForm | None = None
    hidden: Mapping[str, str] = field(default_factory=dict)
    danger: bool = False
    open: bool = False
    why_not: str = ""
    keep_url: str = ""
    kept: str = ""
    templates: Sequence[Offer] = ()
    chosen: str = ""
    may_look: bool = False
    looked: Looked | None = None
    answers: Sequence[Facts] = ()
    key: str = ""  # that unfolds it
    unasked: bool = False  # nobody waits for it: folded even where it is the only one


S = TypeVar("S")


def shaped(shape: type[S], item: S | Mapping[str, Any] | object) -> S:
    """The item as `shape`: a mapping is unpacked, anything else is trusted to have the attributes."""
    if isinstance(item, Mapping):
        return shape(**item)
    return cast(S, item)


def all_shaped(shape: type[S], items: Iterable[Any]) -> list[S]:
    return [shaped(shape, item) for item in items]
