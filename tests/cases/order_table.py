"""The order as the issue lays it down, written by hand and apart from the code: what the tests hold it against.

One line a step: name | sources | target | who | capability | starts | stops | drops | pauses | resumes. `=` as target:
the state stays.
"""

from __future__ import annotations

from dataclasses import dataclass

OPEN = "registered forwarded handling asked on_hold answered served"

TABLE = f"""
register          |                    | registered | submitter sender | cases.register | route         |              |               |        |
clear             | registered         | =          | sender           | cases.register |               |              |               |        |
route             | registered         | forwarded  | sender           | cases.route    | accept answer | route        |               |        |
redirect          | registered         | redirected | sender           | cases.route    |               | route        |               |        |
accept            | forwarded          | handling   | lead             | cases.handle   |               | accept       |               |        |
request_return    | forwarded          | =          | lead             | cases.handle   |               | accept       |               |        |
agree_return      | forwarded          | registered | sender           | cases.approve  | route         |              | accept answer |        |
refuse_return     | forwarded          | =          | sender           | cases.approve  | accept        |              |               |        |
contribute        | handling           | =          | co               | cases.handle   |               |              |               |        |
ask               | handling           | asked      | lead             | cases.handle   | reply         |              |               | answer |
reply             | asked              | handling   | submitter sender | cases.register |               | reply        |               |        | answer
reply_lapsed      | asked              | handling   | system           |                |               | reply        |               |        | answer
request_extension | handling           | =          | lead             | cases.handle   |               |              |               |        |
approve_extension | handling           | =          | sender           | cases.approve  |               |              |               |        |
refuse_extension  | handling           | =          | sender           | cases.approve  |               |              |               |        |
request_hold      | handling           | =          | lead             | cases.handle   |               |              |               |        |
approve_hold      | handling           | on_hold    | sender           | cases.approve  | review        |              |               | answer |
refuse_hold       | handling           | =          | sender           | cases.approve  |               |              |               |        |
resume            | on_hold            | handling   | lead             | cases.handle   |               | review       |               |        | answer
review_due        | on_hold            | handling   | system           |                |               | review       |               |        | answer
answer            | handling           | answered   | lead             | cases.handle   | audit         |              |               | answer |
send_back         | answered           | handling   | sender           | cases.audit    |               | audit        |               |        | answer
serve             | answered           | served     | sender           | cases.audit    | evaluate      | audit answer |               |        |
evaluate          | served             | =          | submitter        |                |               |              |               |        |
record_verdict    | served             | =          | sender           | cases.callback |               |              |               |        |
second_handling   | served             | handling   | submitter        |                | answer        | evaluate     |               |        |
second_due        | served             | handling   | system           |                | answer        | evaluate     |               |        |
close             | served             | closed     | system           |                |               | evaluate     |               |        |
withdraw          | registered forwarded handling asked on_hold | withdrawn | submitter |  |            |              |               |        |
open_identity     | {OPEN}             | =          | sender lead      | cases.identify |               |              |               |        |
open_text         | {OPEN}             | =          | sender lead      | cases.oversee  |               |              |               |        |
reissue_secret    | {OPEN}             | =          | sender           | cases.register |               |              |               |        |
"""

# term: amount, unit
LIMITS = {
    "route": (1, "working_days"),
    "accept": (1, "working_days"),
    "answer": (5, "working_days"),
    "reply": (5, "working_days"),
    "review": (180, "calendar_days"),
    "audit": (1, "working_days"),
    "evaluate": (15, "calendar_days"),
}


@dataclass(frozen=True)
class Row:
    """One step as the table has it."""

    sources: frozenset[str]
    target: str | None
    by: frozenset[str]
    needs: str
    terms: tuple[frozenset[str], ...]  # starts, stops, drops, pauses, resumes


def rows() -> dict[str, Row]:
    """The table, read."""
    found = {}
    for line in TABLE.strip().splitlines():
        name, sources, target, by, needs, *terms = (cell.strip() for cell in line.split("|"))
        terms += [""] * (5 - len(terms))
        found[name] = Row(
            frozenset(sources.split()),
            None if target == "=" else target,
            frozenset(by.split()),
            needs,
            tuple(frozenset(cell.split()) for cell in terms),
        )
    return found
