"""The order, by hand; tests/cases/tables.py says how it is read."""

from __future__ import annotations

from tests.cases.tables import Table, read

OPEN = "registered forwarded handling asked on_hold answered served"

STEPS = f"""
register          |                    | registered | submitter sender | cases.register | route         |              |               |        |
record            |                    | recorded   | sender           | cases.import   |               |              |               |        |
clear             | registered         | =          | sender           | cases.register |               |              |               |        |
route             | registered         | forwarded  | sender           | cases.route    | accept answer | route        |               |        |
redirect          | registered         | redirected | sender           | cases.route    |               | route        |               |        |
accept            | forwarded          | handling   | lead             | cases.handle   |               | accept       |               |        |
request_return    | forwarded          | =          | lead             | cases.handle   |               | accept       |               |        |
agree_return      | forwarded          | registered | sender           | cases.approve  | route         |              | accept answer |        |
refuse_return     | forwarded          | =          | sender           | cases.approve  | accept        |              |               |        |
contribute        | handling asked on_hold | =      | co               | cases.handle   |               |              |               |        |
add_co_unit       | handling           | =          | lead sender      | cases.handle/cases.route |     |              |               |        |
release_co_unit   | handling asked on_hold | =      | lead sender      | cases.handle/cases.route |     |              |               |        |
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
log_call          | served             | =          | sender           | cases.callback |               |              |               |        |
second_handling   | served             | handling   | submitter        |                | answer        | evaluate     |               |        |
second_due        | served             | handling   | system           |                | answer        | evaluate     |               |        |
close             | served             | closed     | system           |                |               | evaluate     |               |        |
consent           | served closed      | =          | submitter        |                |               |              |               |        |
record_consent    | served closed      | =          | sender           | cases.register |               |              |               |        |
withdraw_consent  | served closed      | =          | submitter sender | cases.register |               |              |               |        |
offer_publication | closed             | =          | system           |                |               |              |               |        |
publish           | closed             | =          | sender           | cases.audit    |               |              |               |        |
unpublish         | closed             | =          | sender           | cases.audit    |               |              |               |        |
withdraw          | registered forwarded handling asked on_hold | withdrawn | submitter |  |            |              |               |        |
urge              | forwarded handling on_hold answered | = | sender lead | cases.oversee/cases.route | |  |  |  |
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
    "route redirect accept request_return agree_return refuse_return request_extension approve_extension "
    "refuse_extension request_hold approve_hold refuse_hold resume review_due answer send_back serve"
)

ORDER = Table(
    read(STEPS),
    {
        "route": (1, "working_days", "practice"),
        "accept": (1, "working_days", "practice"),
        "answer": (5, "working_days", "law"),
        "reply": (5, "working_days", "practice"),
        "review": (180, "calendar_days", "practice"),
        "audit": (1, "working_days", "practice"),
        "evaluate": (15, "calendar_days", "practice"),
    },
    frozenset(FOLLOWING.split()),
)
