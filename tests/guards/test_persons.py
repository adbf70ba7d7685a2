"""H1: repeat-finding does not become a list of "troublesome" petitioners. Nothing finds, groups, counts or sorts cases
by person; what is lost is found one case at a time (tests/web/test_desk_intake.py), and what was said before is told on
the page of the case that says it again."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from tests.access.outlets import current_user
from tests.factories import City, file, make_city
from tests.web.desk_helpers import EN, NOW, signed_in, text_of
from yipanqi.cases.actions import Words

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent / "yipanqi"
WHO = {"name": "王小明", "phone": "19900000001", "email": "wang@example.com", "address": "示例路9号"}
# The names of what reads a filter of an address.
READERS = ("given", "given_in", "one_of", "unit_of")


def used_names(path: Path) -> set[str]:
    """Every name that a module reads or defines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return found | {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_one_query_finds_cases_by_something_of_a_person_and_no_other() -> None:
    finders = {"find_by", "search_index", "find_lost"}
    found: dict[str, set[str]] = defaultdict(set)
    for path in ROOT.rglob("*.py"):
        names = used_names(path) & finders
        if names:
            found[str(path.relative_to(ROOT))] |= names
    assert found == {
        "core/sealing.py": {"find_by", "search_index"},
        "cases/queries.py": {"find_by", "find_lost"},
        # Of one case that somebody is looking at, in no list (tests/web/test_desk_repeats.py).
        "cases/repeats.py": {"find_by"},
        "web/desk/intake.py": {"find_lost"},
    }


def test_what_was_said_before_is_asked_for_by_one_page_and_no_other() -> None:
    """No list, figure, notice or answer knows whether a case is somebody's second."""
    askers = {"of_same_contact", "same_again"}
    found = {str(p.relative_to(ROOT)) for p in ROOT.rglob("*.py") if used_names(p) & askers}
    assert found == {"cases/repeats.py", "insight/repeats.py", "web/desk/repeats.py"}
    readers = {
        str(p.relative_to(ROOT))
        for p in ROOT.rglob("*.py")
        if "desk import" in (text := p.read_text()) and "repeats," in text
    }
    assert readers == {"web/desk/matter.py"}


def test_no_table_ties_two_cases_to_one_person() -> None:
    """Two submissions of one person have nothing in common that those of two persons have not, but for the keyed hash
    of the telephone number by which what was lost is found."""
    city = make_city(NOW)
    other = {"name": "李大红", "phone": "19900000002", "email": "li@example.com", "address": "示例路8号"}
    filed = [file(city, at=NOW, words=Words(title="x", text="y", **who)) for who in (WHO, WHO, other)]
    seals = [f.submission.seal_id for f in filed]
    tied = set()
    for model in apps.get_models():
        if not model.__module__.startswith("yipanqi."):
            continue
        for field in model._meta.concrete_fields:
            if model._meta.label == "core.SealedText":
                values = [
                    {bytes(v) if isinstance(v, memoryview) else v for v in model._default_manager.filter(seal=seal).values_list(field.attname, flat=True)}
                    for seal in seals
                ]  # fmt: skip
            elif model._meta.label in ("cases.Submission", "core.Seal"):
                key = "seal" if model._meta.label == "cases.Submission" else "pk"
                values = [
                    {_plain(v) for v in model._default_manager.filter(**{key: seal}).values_list(field.attname, flat=True)}
                    for seal in seals
                ]  # fmt: skip
            else:
                continue
            if (values[0] & values[1]) - values[2] - {None}:
                tied.add(f"{model._meta.label}.{field.name}")
    assert tied == {"core.SealedText.index"}
    assert current_user() == "yipanqi_app"


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def parameters() -> set[str]:
    """Every name under which a page of the desk reads something from an address."""
    found = {"q", "search", "name", "phone", "email", "address", "person", "submitter"}
    for path in (ROOT / "web" / "desk").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READERS:
                found |= {
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                }
    return found


@pytest.mark.parametrize("login", ["clerk", "insider", "deputy"])
def test_no_parameter_of_a_list_finds_by_person(login: str) -> None:
    """Asked for a person, a list shows what it shows when asked for nobody."""
    city: City = make_city(NOW)
    for _ in range(3):
        file(city, at=NOW, words=Words(title="x", text="y", **WHO))
    client = signed_in(city, login, EN)
    names = parameters()
    assert {"number", "whose", "unit", "category", "after"} <= names
    asked = [("desk:queue", {name}) for name in sorted(names - {"after", "before"})]
    asked += [(address, names - {"conference"}) for address in ("desk:pressed", "desk:board", "desk:lost")]
    for address, given in asked:
        shown = []
        for value in (WHO["phone"], "18800000000"):
            answer = client.get(reverse(address), {"whose": "all", **dict.fromkeys(given, value)})
            page = text_of(answer).replace(value, "…") if answer.status_code == 200 else answer.status_code
            shown.append(_still(page))
        assert shown[0] == shown[1], (address, given)


def _still(page: Any) -> Any:
    """Without what differs in every answer, and without how an address writes what was asked."""
    changing = r'value="[A-Za-z0-9]{64}"|nonce="[^"]*"|%[0-9A-F]{2}'
    return re.sub(changing, "", page) if isinstance(page, str) else page
