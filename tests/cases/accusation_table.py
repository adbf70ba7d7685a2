"""The accusation, by hand; tests/cases/tables.py says how it is read."""

from __future__ import annotations

from tests.cases.tables import Table, read

OPEN = "registered forwarded handling"
HELD = "forwarded handling"

STEPS = f"""
register       |            | registered | submitter sender | cases.register | route | | | |
route          | registered | forwarded  | sender | cases.route         | accept | route  | | |
send_out       | registered | closed     | sender | cases.route         |        | route  | | |
accept         | forwarded  | handling   | lead   | accusations.handle  |        | accept | | |
return_it      | forwarded  | registered | lead   | accusations.handle  | route  | accept | | |
conclude       | handling   | closed     | lead   | accusations.handle  |        |        | | |
ask_opening    | {HELD}     | =          | lead sender | accusations.handle/cases.oversee | | | | |
agree_opening  | {HELD}     | =          | lead sender | accusations.approve | | | | |
refuse_opening | {HELD}     | =          | lead sender | accusations.approve | | | | |
opening_waits  | {HELD}     | =          | system |                     |        |        | | |
agree_second   | {HELD}     | =          | lead sender | accusations.approve | | | | |
refuse_second  | {HELD}     | =          | lead sender | accusations.approve | | | | |
grant_opening  | {HELD}     | =          | system |                     |        |        | | |
open_seal      | {HELD}     | =          | lead sender | accusations.handle/cases.oversee | | | | |
withdraw       | {OPEN}     | withdrawn  | submitter |                  |        |        | | |
reissue_secret | registered | =          | sender | cases.register      |        |        | | |
end_mandate    | {OPEN}     | =          | sender | cases.register      |        |        | | |
hand_over      | {OPEN}     | =          | submitter |                  |        |        | | |
"""

ACCUSATION = Table(
    read(STEPS),
    {"route": (15, "calendar_days", "law"), "accept": (15, "calendar_days", "practice")},
    frozenset(),
)
