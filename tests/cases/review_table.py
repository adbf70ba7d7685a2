"""Review and second review, by hand; tests/cases/tables.py says how it is read."""

from __future__ import annotations

from tests.cases.tables import Table, read

OPEN = "requested handling asked answered"
FIRST_OPEN, SECOND_OPEN = f"{OPEN} served reviewing", f"{OPEN} hearing"

# Both but for what is marked; `ALWAYS` are the states that are open.
BOTH = """
register          |                    | requested  | submitter sender | cases.register | answer accept |              |               |        |
accept            | requested          | handling   | lead             | cases.handle   |               | accept       |               |        |
ask               | handling           | asked      | lead             | cases.handle   | reply         |              |               |        |
reply             | asked              | handling   | submitter sender | cases.register |               | reply        |               |        |
reply_lapsed      | asked              | handling   | system           |                |               | reply        |               |        |
answer            | handling           | answered   | lead             | cases.handle   |               |              |               |        |
take_back         | answered           | handling   | lead             | cases.handle   |               |              |               |        |
help              | closed             | =          | lead sender      | cases.handle/cases.route |     |              |               |        |
recuse            | ALWAYS             | =          | lead co sender   | cases.handle/cases.route | | | |    |
ask_recusal       | WORKING            | =          | submitter sender | cases.register | recusal       |              |               |        |
grant_recusal     | ALWAYS             | =          | lead             | cases.approve  |               | recusal      |               |        |
refuse_recusal    | ALWAYS             | =          | lead             | cases.approve  |               | recusal      |               |        |
urge              | handling answered  | =          | sender lead      | cases.oversee/cases.route | |  |  |  |
note              | ALWAYS             | =          | lead co sender   | cases.handle/cases.route | |            |               |        |
office_note       | ALWAYS             | =          | sender           | cases.route    |               |              |               |        |
report_abuse      | ALWAYS             | =          | lead co sender   | cases.handle/cases.callback | |         |               |        |
pause_calls       | ALWAYS             | =          | sender lead      | cases.oversee  |               |              |               |        |
open_identity     | ALWAYS             | =          | sender lead      | cases.identify |               |              |               |        |
open_text         | ALWAYS             | =          | sender lead      | cases.oversee  |               |              |               |        |
reissue_secret    | ALWAYS             | =          | sender           | cases.register |               |              |               |        |
end_mandate       | ALWAYS             | =          | sender           | cases.register |               |              |               |        |
hand_over         | ALWAYS             | =          | submitter        |                |               |              |               |        |
"""
FIRST = """
serve             | answered           | served     | lead             | cases.handle   | ask_second    | answer       |               |        |
ask_second        | served             | reviewing  | submitter sender | cases.register |               | ask_second   |               |        |
want_second       | served             | =          | submitter sender | cases.register |               |              |               |        |
unreviewed        | served             | =          | system           |                |               | ask_second   |               |        |
settled           | reviewing          | closed     | system           |                |               |              |               |        |
close             | served             | closed     | system           |                |               |              | ask_second    |        |
withdraw          | requested handling asked | withdrawn | submitter   |                |               |              |               |        |
"""
SECOND = """
call_hearing      | handling           | hearing    | lead             | cases.handle   | hearing       |              |               | answer |
end_hearing       | hearing            | handling   | lead             | cases.handle   |               | hearing      |               |        | answer
serve             | answered           | closed     | lead             | cases.handle   |               | answer       |               |        |
withdraw          | requested handling asked hearing | withdrawn | submitter |          |               |              |               |        |
"""

REVIEW = Table(
    read(BOTH.replace("ALWAYS", FIRST_OPEN).replace("WORKING", OPEN).strip() + FIRST),
    {
        "answer": (30, "calendar_days", "law"),
        "accept": (3, "working_days", "practice"),
        "reply": (5, "working_days", "practice"),
        "recusal": (5, "working_days", "practice"),
        "ask_second": (30, "calendar_days", "law"),
    },
    frozenset(),
)
SECOND_REVIEW = Table(
    read(BOTH.replace("ALWAYS", SECOND_OPEN).replace("WORKING", SECOND_OPEN).strip() + SECOND),
    {
        "answer": (30, "calendar_days", "law"),
        "accept": (3, "working_days", "practice"),
        "reply": (5, "working_days", "practice"),
        "recusal": (5, "working_days", "practice"),
        "hearing": (60, "calendar_days", "practice"),
    },
    frozenset(),
)
