"""`yipanqi verify-receipt`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from yipanqi.core.receipt_check import Fact

# By code of a fact: what is said of it when it holds, and when it does not.
WORDS = {
    "nothing": ("", "nothing in it was published yet: {waiting} entries wait; download it again tomorrow"),
    "signature": ("the checkpoint of {size} entries, {at}, is signed with the key {fingerprint}", "the checkpoint of {size} entries, {at}, is NOT signed with the key {fingerprint}"),
    "entry": ("{at}  {step} (entry {leaf}) was not altered{says}", "{at}  {step} (entry {leaf}) is NOT what was signed"),
    "erased": ("{at}  {step} (entry {leaf}) was not altered; its words were erased by law on {erased}", "{at}  {step} (entry {leaf}) is NOT what was signed"),
    "place": ("entry {leaf} stands in the log; it is of an older kind whose words cannot be shown singly", "entry {leaf} does NOT stand in what was signed"),
    "one_case": ("all {entries} entries are of one case", "the entries are NOT of one case"),
    "list_signed": ("all {lines} published checkpoints are signed with this key", "the published checkpoints are NOT all signed with this key"),
    "list_whole": ("each published checkpoint goes on from the one before, up to {at}", "the published checkpoint of {at} does NOT go on from the one before: history was rewritten"),
    "list_older": ("", "the list ends before the receipt's checkpoint of {at}: take a newer list"),
    "published": ("the receipt's checkpoint of {size} entries is among them", "the receipt's checkpoint of {size} entries, {at}, is NOT what was published: history was rewritten, or the receipt is forged"),
}  # fmt: skip


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--checkpoints",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="The published list, downloaded from the portal. Without it the city's own is used where it lies here.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was checked as JSON.")
def command(file: Path, checkpoints: Path | None, as_json: bool) -> None:
    """Prove that what a receipt file holds was not altered. Needs no database and no network. One line for each thing
    that is checked and one last line; exit 0 only when all is well, the published list included."""
    from yipanqi.core.receipt_check import NoReceipt, check, read_list, read_receipt

    given = checkpoints or _own_list()
    try:
        receipt = read_receipt(_bytes(file))
        lines = read_list(_bytes(given)) if given else None
        facts = check(receipt, lines)
    except NoReceipt as error:
        raise click.ClickException(str(error)) from None
    waiting = len(receipt["waiting"])
    good, last = _verdict(facts, waiting, compared=lines is not None)
    if as_json:
        rows = [{"code": fact.code, "good": fact.good, **fact.about} for fact in facts]
        click.echo(json.dumps({"good": good, "waiting": waiting, "facts": rows}, ensure_ascii=False))
    else:
        for fact in facts:
            click.echo(f"  {'✓' if fact.good else '✗'} {_said(fact)}")
        click.echo(last)
    if not good:
        sys.exit(1)


def _bytes(path: Path) -> bytes:
    from yipanqi.core.receipt_check import LARGEST, NoReceipt

    if path.stat().st_size > LARGEST:
        raise NoReceipt(f"{path.name} is too large")
    return path.read_bytes()


def _own_list() -> Path | None:
    """The list of this installation, where there is one; looked for, never made."""
    from yipanqi.runtime import environment

    path = environment.home() / "checkpoints" / "published.jsonl"
    return path if path.exists() else None


def _said(fact: Fact) -> str:
    about: dict[str, Any] = dict(fact.about)
    if "says" in about:
        said = "; ".join(f"{name}: {_short(value)}" for name, value in about["says"])
        about["says"] = f": {said}" if said else ""
    if "at" in about:
        about["at"] = str(about["at"])[:16].replace("T", " ") + " UTC"
    line = WORDS[fact.code][0 if fact.good else 1].format(**about)
    # What stands in a file from elsewhere must not write to the terminal.
    return "".join(c if c.isprintable() else " " for c in line)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
    return " ".join(text.split())


def _verdict(facts: Sequence[Fact], waiting: int, *, compared: bool) -> tuple[bool, str]:
    bad = sum(not fact.good for fact in facts)
    more = f" {waiting} entries are not published yet." if waiting else ""
    if bad:
        return False, f"NOT in order: {bad} of {len(facts)} checks failed.{more}"
    if not compared:
        return False, (
            f"Not proved: {len(facts)} checks agree, but without the published list (--checkpoints) this only shows "
            f"that the file agrees with itself.{more}"
        )
    return True, f"In order: {len(facts)} checks.{more}"
