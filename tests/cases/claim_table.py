"""The claim, by hand; tests/cases/tables.py says how it is read."""

from __future__ import annotations

from tests.cases.tables import Table, read

OPEN = "registered forwarded guided handling asked acting answered served executing reviewing"
HELD = "forwarded guided handling asked acting answered served executing reviewing"
JUDGED = "served executing reviewing"

STEPS = f"""
register          |                    | registered | submitter sender | cases.register | route pass_on |              |               |        |
record            |                    | recorded   | sender           | cases.import   |               |              |               |        |
clear             | registered         | =          | sender           | cases.register |               |              |               |        |
route             | registered         | forwarded  | sender           | cases.route    | accept object | route pass_on |               |        |
assign            | registered         | forwarded  | sender           | cases.route    | accept object report | route pass_on |               |        |
tell_receipt      | registered forwarded | =        | sender           | cases.register |               |              |               |        |
refuse_accept     | registered         | declined   | sender           | cases.route    |               | route pass_on |               |        |
redirect          | registered         | guided     | sender           | cases.route    | guidance      | route pass_on |               |        |
accept            | forwarded          | handling   | lead             | cases.handle   | answer        | accept       | object        |        |
accept_duty       | forwarded          | acting     | lead             | cases.handle   | duty          | accept       | object        |        |
guide             | forwarded          | guided     | lead             | cases.handle   | guidance      | accept       | object        |        |
request_return    | forwarded          | =          | lead             | cases.handle   | decide        | object       |               |        |
object_lapsed     | forwarded          | =          | system           |                |               |              | object        |        |
agree_return      | forwarded          | registered | sender           | cases.approve  | route pass_on | decide       | accept report |        |
refuse_return     | forwarded          | =          | sender           | cases.approve  |               | decide       |               |        |
raise_dispute     | forwarded          | =          | lead co          | cases.handle   |               |              |               |        |
approve_dispute   | forwarded          | =          | superior         | cases.oversee  | accept        |              | accept object |        |
refuse_dispute    | forwarded          | =          | superior         | cases.oversee  |               |              | object        |        |
mark_simple       | handling           | =          | lead             | cases.handle   | simple        |              |               |        |
contribute        | handling asked | =      | co               | cases.handle   |               |              |               |        |
add_co_unit       | handling           | =          | lead sender      | cases.handle/cases.route |     |              |               |        |
release_co_unit   | handling asked | =      | lead sender      | cases.handle/cases.route |     |              |               |        |
ask               | handling           | asked      | lead             | cases.handle   | reply         |              |               |        |
reply             | asked              | handling   | submitter sender | cases.register |               | reply        |               |        |
reply_lapsed      | asked              | handling   | system           |                |               | reply        |               |        |
request_extension | handling           | =          | lead             | cases.handle   |               |              |               |        |
approve_extension | handling           | =          | lead             | cases.approve  |               |              |               |        |
refuse_extension  | handling           | =          | lead             | cases.approve  |               |              |               |        |
answer            | handling           | answered   | lead             | cases.handle   |               | simple       |               |        |
take_back         | answered           | handling   | lead             | cases.handle   |               |              |               |        |
serve             | answered           | served     | lead             | cases.handle   | evaluate ask_review | answer |               |        |
begin_execution   | served             | executing  | system           |                | execute       |              |               |        |
carry_out         | executing          | served     | lead             | cases.handle   |               | execute      |               |        |
ask_review        | served executing   | reviewing  | submitter sender | cases.register |               | ask_review   | execute       |        |
want_review       | served executing   | =          | submitter sender | cases.register |               |              |               |        |
unreviewed        | served executing   | =          | system           |                |               | ask_review   |               |        |
judged            | {JUDGED}           | =          | system           |                |               | evaluate     |               |        |
redo              | reviewing          | handling   | system           |                | answer        | evaluate     |               |        |
enforce           | reviewing          | executing  | system           |                | execute       |              |               |        |
review_over       | reviewing          | served     | system           |                |               |              |               |        |
not_accept_again  | registered         | not_accepted | sender         | cases.route    |               | route pass_on |               |        |
help              | closed not_accepted | =         | lead sender      | cases.handle/cases.route |     |              |               |        |
answer_duty       | acting             | served     | lead             | cases.handle   | evaluate      | duty         |               |        |
call_guided       | guided             | redirected | sender           | cases.route    |               | guidance     |               |        |
come_back         | guided             | registered | submitter sender | cases.register | route pass_on |              | guidance report |        |
report_back       | {HELD}             | =          | lead             | cases.handle   |               |              |               | report |
accept_report     | {HELD}             | =          | sender           | cases.route    |               | report       |               |        |
return_report     | {HELD}             | =          | sender           | cases.route    |               |              |               |        | report
supervise         | {HELD}             | =          | sender           | cases.oversee  | rectify       |              |               |        |
dismiss_candidate | {HELD}             | =          | sender           | cases.oversee  |               |              |               |        |
rectify           | {HELD}             | =          | lead             | cases.handle   |               | rectify      |               |        |
propose           | {HELD}             | =          | sender           | cases.oversee  | feedback      |              |               |        |
answer_proposal   | {HELD}             | =          | lead             | cases.handle   |               | feedback     |               |        |
mark_urgent       | {OPEN}             | =          | sender lead      | cases.handle/cases.route | |  |  |  |
recuse            | {OPEN}             | =          | lead co sender   | cases.handle/cases.route | | | |    |
ask_recusal       | forwarded handling asked acting answered | = | submitter sender | cases.register | recusal | | | |
grant_recusal     | {OPEN}             | =          | lead             | cases.approve  |               | recusal      |               |        |
refuse_recusal    | {OPEN}             | =          | lead             | cases.approve  |               | recusal      |               |        |
evaluate          | {JUDGED}           | =          | submitter        |                |               |              |               |        |
record_verdict    | {JUDGED}           | =          | sender           | cases.callback |               |              |               |        |
ask_exclusion     | {JUDGED}           | =          | lead sender      | cases.handle/cases.route |     |              |               |        |
grant_exclusion   | {JUDGED}           | =          | sender           | cases.approve  |               |              |               |        |
refuse_exclusion  | {JUDGED}           | =          | sender           | cases.approve  |               |              |               |        |
log_call          | {JUDGED}           | =          | sender           | cases.callback |               |              |               |        |
close             | served             | closed     | system           |                |               | evaluate ask_review |        |        |
consent           | served closed      | =          | submitter        |                |               |              |               |        |
record_consent    | served closed      | =          | sender           | cases.register |               |              |               |        |
withdraw_consent  | served closed      | =          | submitter sender | cases.register |               |              |               |        |
offer_publication | closed             | =          | system           |                |               |              |               |        |
publish           | closed             | =          | sender           | cases.audit    |               |              |               |        |
unpublish         | closed             | =          | sender           | cases.audit    |               |              |               |        |
withdraw          | registered forwarded guided handling asked acting | withdrawn | submitter |          |               |              |               |        |
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
taken_along       | forwarded          | handling   | system           |                | answer        | accept       | object        |        |
part              | {OPEN}             | =          | sender           | cases.route    |               |              |               |        |
parted            | {OPEN}             | =          | system           |                |               |              |               |        |
"""

FOLLOWING = (
    "route redirect guide accept accept_duty answer_duty request_return agree_return refuse_return "
    "assign refuse_accept raise_dispute approve_dispute refuse_dispute "
    "request_extension approve_extension refuse_extension answer take_back serve carry_out"
)

CLAIM = Table(
    read(STEPS),
    {
        "route": (15, "calendar_days", "law"),
        "object": (5, "working_days", "law"),
        "decide": (3, "working_days", "practice"),
        "accept": (15, "calendar_days", "law"),
        "answer": (60, "calendar_days", "law"),
        "duty": (2, "months", "law"),
        "guidance": (60, "calendar_days", "practice"),
        "reply": (5, "working_days", "practice"),
        "evaluate": (30, "calendar_days", "practice"),
        "report": (90, "calendar_days", "practice"),
        "rectify": (60, "calendar_days", "practice"),
        "feedback": (30, "calendar_days", "practice"),
        "recusal": (5, "working_days", "practice"),
        "pass_on": (3, "calendar_days", "practice"),
        "simple": (10, "working_days", "practice"),
        "ask_review": (30, "calendar_days", "law"),
        "execute": (30, "calendar_days", "practice"),
    },
    frozenset(FOLLOWING.split()),
)
