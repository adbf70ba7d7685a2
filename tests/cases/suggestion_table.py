"""The suggestion, by hand; tests/cases/tables.py says how it is read."""

from __future__ import annotations

from tests.cases.tables import Table, read

OPEN = "registered forwarded handling asked answered served"

STEPS = f"""
register          |                    | registered | submitter sender | cases.register | screen route  |              |               |        |
record            |                    | recorded   | sender           | cases.import   |               |              |               |        |
clear             | registered         | =          | sender           | cases.register |               | screen       |               |        |
route             | registered         | forwarded  | sender           | cases.route    | accept answer | screen route |               |        |
redirect          | registered         | redirected | sender           | cases.route    |               | screen route |               |        |
accept            | forwarded          | handling   | lead             | cases.handle   |               | accept       |               |        |
request_return    | forwarded          | =          | lead             | cases.handle   |               | accept       |               |        |
agree_return      | forwarded          | registered | sender           | cases.approve  | route         |              | accept answer |        |
refuse_return     | forwarded          | =          | sender           | cases.approve  | accept        |              |               |        |
contribute        | handling asked | =      | co               | cases.handle   |               |              |               |        |
add_co_unit       | handling           | =          | lead sender      | cases.handle/cases.route |     |              |               |        |
release_co_unit   | handling asked | =      | lead sender      | cases.handle/cases.route |     |              |               |        |
ask               | handling           | asked      | lead             | cases.handle   | reply         |              |               | answer |
reply             | asked              | handling   | submitter sender | cases.register |               | reply        |               |        | answer
reply_lapsed      | asked              | handling   | system           |                |               | reply        |               |        | answer
request_extension | handling           | =          | lead             | cases.handle   |               |              |               |        |
approve_extension | handling           | =          | sender           | cases.approve  |               |              |               |        |
refuse_extension  | handling           | =          | sender           | cases.approve  |               |              |               |        |
answer            | handling           | answered   | lead             | cases.handle   | audit         |              |               | answer |
send_back         | answered           | handling   | sender           | cases.audit    |               | audit        |               |        | answer
serve             | answered           | served     | sender           | cases.audit    | evaluate      | audit answer |               |        |
evaluate          | served             | =          | submitter        |                |               |              |               |        |
record_verdict    | served             | =          | sender           | cases.callback |               |              |               |        |
log_call          | served             | =          | sender           | cases.callback |               |              |               |        |
close             | served             | closed     | system           |                |               | evaluate     |               |        |
consent           | served closed      | =          | submitter        |                |               |              |               |        |
record_consent    | served closed      | =          | sender           | cases.register |               |              |               |        |
withdraw_consent  | served closed      | =          | submitter sender | cases.register |               |              |               |        |
offer_publication | closed             | =          | system           |                |               |              |               |        |
publish           | closed             | =          | sender           | cases.audit    |               |              |               |        |
unpublish         | closed             | =          | sender           | cases.audit    |               |              |               |        |
withdraw          | registered forwarded handling asked | withdrawn | submitter |          |               |              |               |        |
urge              | forwarded handling answered | = | sender lead | cases.oversee/cases.route | |  |  |  |
note              | {OPEN}             | =          | lead co sender   | cases.handle/cases.route | |            |               |        |
office_note       | {OPEN}             | =          | sender           | cases.route    |               |              |               |        |
report_abuse      | {OPEN}             | =          | lead co sender   | cases.handle/cases.callback | |         |               |        |
pause_calls       | {OPEN}             | =          | sender lead      | cases.oversee  |               |              |               |        |
open_identity     | {OPEN}             | =          | sender lead      | cases.identify |               |              |               |        |
open_text         | {OPEN}             | =          | sender lead      | cases.oversee  |               |              |               |        |
reissue_secret    | {OPEN}             | =          | sender           | cases.register |               |              |               |        |
end_mandate       | {OPEN}             | =          | sender           | cases.register |               |              |               |        |
hand_over         | {OPEN}             | =          | submitter        |                |               |              |               |        |
split             | registered forwarded handling | = | sender         | cases.route    |               |              |               |        |
join              | registered forwarded handling | = | sender         | cases.route    |               |              |               |        |
taken_along       | forwarded          | handling   | system           |                |               | accept       |               |        |
part              | {OPEN}             | =          | sender           | cases.route    |               |              |               |        |
parted            | {OPEN}             | =          | system           |                |               |              |               |        |
"""

FOLLOWING = (
    "route redirect accept request_return agree_return refuse_return "
    "request_extension approve_extension refuse_extension answer send_back serve"
)

SUGGESTION = Table(
    read(STEPS),
    {
        "screen": (5, "working_days", "practice"),
        "route": (15, "calendar_days", "law"),
        "accept": (3, "working_days", "practice"),
        "answer": (30, "calendar_days", "practice"),
        "reply": (5, "working_days", "practice"),
        "audit": (3, "working_days", "practice"),
        "evaluate": (15, "calendar_days", "practice"),
    },
    frozenset(FOLLOWING.split()),
)
