"""The law's limits, prohibitions and invariants, each with the tests that show it; docs/law.md is this as a page.

The rows follow the specification of the domain: its table of time limits, its rules on who may see what, and its testable
invariants. A test is named by its node id without parameters; a row without one is not shown yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "law.md"

_CLAIM, _OVERSIGHT = "tests/cases/test_claim.py", "tests/cases/test_oversight.py"
_MACHINE, _KINDS = "tests/cases/test_machine.py", "tests/cases/test_joining_kinds.py"
_LADDER, _ACCUSATION = "tests/cases/test_ladder.py", "tests/cases/test_accusation.py"
_SIGNS, _RAW = "tests/insight/test_signs.py", "tests/insight/test_raw_dates.py"
_RATES, _EVALUATION = "tests/insight/test_rates.py", "tests/guards/test_evaluation.py"
_RECUSAL = "tests/cases/test_recusal.py"
_REPEATS, _SEVERAL = "tests/web/test_desk_repeats.py", "tests/web/test_several.py"
_IDENTITY, _HANDLER_ONLY = "tests/guards/test_identity.py", "tests/guards/test_handler_only.py"


@dataclass(frozen=True)
class Row:
    """One demand of the law: its key, where it stands, what it says, and the tests. `term` is the limit of the claim that
    carries it, with amount and unit as the procedure must have them."""

    key: str
    article: str
    says: str
    tests: tuple[str, ...] = ()
    term: tuple[str, int, str] | None = None


def _of(file: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{file}::{name}" for name in names)


LIMITS = (
    Row(
        "T1", "22", "15 calendar days from receipt: registered and forwarded, assigned or guided",
        _of(_CLAIM, "test_forwarding_acceptance_and_objection_are_due_when_the_law_says")
        + _of(_OVERSIGHT, "test_an_assignment_has_a_date_of_its_own_beside_the_limits_of_the_law"),
        ("route", 15, "calendar_days"),
    ),
    Row(
        "T2", "23 (1), (2)", "told in writing on the spot or in 15 calendar days whose it is; not where name or address is unclear",
        _of(_OVERSIGHT, "test_where_it_goes_is_told_in_writing", "test_an_anonymous_claim_is_registered_and_no_notice_is_owed_nor_written"),
        ("route", 15, "calendar_days"),
    ),
    Row(
        "T3", "23 (3), (4)", "15 calendar days from the handler's receipt: notice in writing; not for political-legal and discipline organs",
        _of(_CLAIM, "test_forwarding_acceptance_and_objection_are_due_when_the_law_says")
        + _of(
            _OVERSIGHT, "test_a_notice_of_acceptance_is_owed_to_whoever_can_be_told",
            "test_a_unit_whose_notices_follow_a_law_of_its_own_owes_none",
            "test_an_anonymous_claim_is_registered_and_no_notice_is_owed_nor_written",
        ),
        ("accept", 15, "calendar_days"),
    ),
    Row(
        "T4", "23 (3)", "5 working days: objection with reasons and cited duties, effective when the sender agrees",
        _of(
            _CLAIM, "test_an_objection_comes_within_five_working_days_or_not_at_all",
            "test_the_senders_silence_is_no_consent_and_stops_no_clock",
            "test_after_an_agreed_objection_the_next_units_limits_begin_at_its_own_receipt",
        )
        + _of(_OVERSIGHT, "test_an_objection_names_the_clause_on_duties", "test_a_bounced_case_shows_all_former_holders"),
        ("object", 5, "working_days"),
    ),
    Row(
        "T5", "34", "60 calendar days from acceptance, for Art. 31 (6) alone; nothing is gained by accepting late",
        _of(
            _CLAIM, "test_the_opinion_is_due_sixty_days_after_acceptance_and_thirty_more_are_counted_as_ninety",
            "test_nothing_is_gained_by_accepting_late", "test_the_limit_for_the_opinion_never_stands_still",
        ),
        ("answer", 60, "calendar_days"),
    ),
    Row(
        "T6", "34", "at most 30 calendar days more, once, by the head, the reason told",
        _of(
            _CLAIM, "test_an_extension_is_given_once_and_for_thirty_days_at_most",
            "test_an_extension_is_the_heads_to_grant_and_nobody_grants_their_own",
        ),
    ),
    Row(
        "T7", "35", "30 calendar days from service: the petitioner asks for a review",
        _of(
            _LADDER, "test_the_time_to_ask_runs_from_actual_receipt", "test_the_effective_day_favours_whoever_asks",
            "test_after_the_last_day_nobody_asks_and_it_is_told_that_it_ended_without_a_review",
        ),
        ("ask_review", 30, "calendar_days"),
    ),
    Row(
        "T8", "35", "30 calendar days: the reviewing organ's opinion",
        _of(_LADDER, "test_each_rung_has_its_body_and_thirty_days_of_its_own"),
    ),
    Row(
        "T9", "36", "30 calendar days from service: the petitioner asks for a second review",
        _of(_LADDER, "test_each_rung_has_its_body_and_thirty_days_of_its_own", "test_its_time_over_without_a_second_review_the_claim_ends"),
    ),
    Row(
        "T10", "36", "30 calendar days without the time for a hearing: the second reviewer's opinion",
        _of(_LADDER, "test_each_rung_has_its_body_and_thirty_days_of_its_own", "test_the_hearing_does_not_count_and_in_the_second_review_alone"),
    ),
    Row(
        "T11", "22 (3)", "a date set for each assignment: result and final report, checked against the demands",
        _of(
            _OVERSIGHT, "test_an_assignment_has_a_date_of_its_own_beside_the_limits_of_the_law",
            "test_a_report_answers_each_demand_and_is_returned_with_points_until_it_does",
            "test_a_report_that_comes_late_is_late", "test_forwarding_wants_no_report",
        )
        + _of(_SIGNS, "test_a_report_waits_for_who_sends_claims_on_and_for_nobody_else"),
    ),
    Row(
        "T12", "25", "grave and urgent: reported at once, no number of days",
        _of(
            _OVERSIGHT, "test_what_is_grave_and_urgent_is_reported_at_once_with_no_number_of_days",
            "test_who_a_grave_matter_is_reported_to_is_told_where_they_may_find_it",
        ),
    ),
    Row(
        "31 (1)-(4)", "31", "no limit of the regulation: a letter of guidance with a call-back date",
        _of(
            _CLAIM, "test_guidance_says_where_how_and_by_when",
            "test_whoever_was_turned_away_elsewhere_comes_back_and_the_limit_for_forwarding_is_counted_anew",
        ),
    ),
    Row(
        "31 (5)", "31; Administrative Litigation Law 47", "no limit of the regulation: a court opens after two months",
        _of(_CLAIM, "test_a_duty_is_due_two_months_after_the_unit_got_the_request_whenever_it_accepts"),
        ("duty", 2, "months"),
    ),
    Row(
        "proposals", "40", "an answer in writing whether it is adopted; no number in force, 30 calendar days by practice",
        _of(_OVERSIGHT, "test_a_proposal_is_answered_in_writing_whether_it_is_adopted"),
    ),
    Row(
        "not in the law", "practice", "simple handling, passing on by level and a review's acceptance run only where an administrator turned them on",
        _of(_OVERSIGHT, "test_a_limit_that_no_law_sets_does_not_run_until_it_is_turned_on")
        + _of(
            "tests/cases/test_optional_limits.py", "test_an_office_may_bind_itself_to_pass_claims_on_sooner",
            "test_a_reviewing_body_may_be_bound_to_say_whether_it_accepts",
        )
        + _of(
            "tests/web/test_desk_administration.py",
            "test_what_no_law_sets_is_off_until_it_is_turned_on_and_can_be_turned_off_again",
            "test_what_the_law_sets_or_the_work_needs_is_never_off",
        ),
    ),
    Row(
        "dates", "Civil Code 201, 203", "the worked dates of the specification; warned on the raw date, judged on the effective one",
        _of("tests/core/test_counting.py", "test_counts_the_examples_of_the_specification")
        + _of(_CLAIM, "test_forwarding_acceptance_and_objection_are_due_when_the_law_says")
        + _of(
            _RAW, "test_before_a_weekend_what_moves_over_it_is_due_today_and_late_only_after_it",
            "test_what_falls_due_in_a_long_holiday_is_announced_before_it",
            "test_the_residents_own_limits_go_by_the_effective_date_for_everybody",
        ),
    ),
)  # fmt: skip

DUTIES = (
    Row(
        "duplicates", "19 (3)", "what is being handled within its limits is not accepted again, with reason, law and where to go",
        _of(_OVERSIGHT, "test_what_the_law_does_not_let_us_accept_ends_with_reason_law_and_where_to_go")
        + _of(
            _REPEATS, "test_the_earlier_case_is_told_with_number_state_and_holder",
            "test_from_there_it_is_not_accepted_again_with_reason_law_and_where_to_go",
            "test_what_is_late_ended_or_of_another_kind_is_no_ground_to_decline", "test_whoever_hid_is_tied_to_nothing",
        ),
    ),
    Row(
        "joint letters", "practice", "one item, the signatories listed under the seal, one contact who gets the reply",
        _of(
            _SEVERAL, "test_a_joint_letter_is_one_case_with_a_contact_who_gets_the_reply",
            "test_their_names_stand_under_the_seal_alone_and_open_with_the_identity", "test_so_many_are_a_collective",
        ),
    ),
    Row(
        "agents", "Shandong regulation 28", "a mandate in writing, one or two agents",
        _of(_SEVERAL, "test_at_most_two_agents_speak_for_somebody", "test_a_claim_is_brought_with_a_mandate_in_writing"),
    ),
    Row(
        "oral and anonymous", "19, 22, 23", "what is said is taken down, and whoever gives no name is registered",
        _of(
            _SEVERAL, "test_what_was_said_is_taken_down_in_their_words_and_read_back",
            "test_somebody_anonymous_is_registered_at_the_counter", "test_somebody_anonymous_files_and_gets_both_codes",
        ),
    ),
    Row(
        "disputes", "24", "the common superior decides, or the joint conference; a successor stands for a unit that was merged",
        _of(
            _OVERSIGHT, "test_a_dispute_is_decided_by_the_common_superior_and_the_new_leads_limit_begins_that_day",
            "test_a_dispute_stops_no_clock_and_what_stays_keeps_its_date",
            "test_without_a_common_superior_the_joint_conference_decides_and_without_it_nobody_can",
            "test_a_unit_that_was_merged_is_stood_for_by_its_successor",
        ),
    ),
    Row(
        "evaluation", "21", "the petitioner grades who handled it and the petition office; left out only by a reviewed reason, before a grade is seen",
        _of(
            _EVALUATION, "test_the_two_are_graded_each_for_itself_and_nobody_needs_to_grade_the_office",
            "test_neither_grade_shows_to_staff_before_the_time_is_over", "test_one_asks_and_another_decides_and_the_person_is_told",
            "test_whoever_asked_does_not_decide", "test_nothing_is_left_out_once_grades_can_be_seen",
        ),
    ),
    Row(
        "nodes", "21", "the petitioner follows registration, each forwarding, each notice and opinion with its day",
        _of(
            "tests/web/test_portal_nodes.py", "test_registration_each_forwarding_and_each_notice_is_told_with_its_day",
            "test_what_is_not_accepted_is_told_with_its_day", "test_the_opinions_of_both_reviews_are_told_with_their_days",
        ),
    ),
    Row(
        "execution", "32 (2), 40, 42 (4)", "an opinion that upholds the claim is carried out with date and proof; closed waits for it",
        _of(_LADDER, "test_closed_waits_for_what_the_opinion_supports"),
    ),
    Row(
        "supervision", "16, 38, 40", "a notice with points and a date; what triggers it is put before a person",
        _of(_OVERSIGHT, "test_supervision_is_a_notice_with_points_and_a_day_answered_in_writing")
        + _of(
            _SIGNS, "test_each_rule_finds_its_breach_until_a_person_settles_it",
            "test_what_is_late_without_a_reason_is_a_sign_and_nothing_follows_by_itself",
        ),
    ),
)  # fmt: skip

PROHIBITIONS = (
    Row(
        "no disclosure", "30 (3), 46 (5)", "nothing of an accusation reaches the accused person or unit",
        _of(
            _ACCUSATION, "test_nobody_finds_one_but_whom_the_matrix_names", "test_it_stands_in_no_index_and_no_payload_names_who_is_accused",
            "test_a_stand_in_of_the_accuseds_side_finds_nothing", "test_a_unit_that_it_is_shut_to_is_told_nothing_of_it",
            "test_an_auditor_of_the_accuseds_side_reads_no_look_at_it",
        )
        + _of("tests/access/test_noninterference.py", "test_lists_searches_and_exports_are_the_same_with_and_without_an_accusation"),
    ),
    Row(
        "no retaliation", "18, 46 (6)", "an attempt by the accused side to reach it is noticed",
        _of(
            "tests/access/test_curiosity.py",
            "test_an_attempt_of_the_accuseds_side_is_written_down_and_answered_like_nothing",
            "test_an_auditor_of_no_side_sees_who_tried_without_knowing_whom_to_look_for",
            "test_an_auditor_of_the_accuseds_side_learns_nothing_from_their_own_attempts",
        ),
    ),
    Row(
        "recusal", "28 (3)", "whoever has a direct interest does not handle it",
        _of(
            _RECUSAL, "test_an_officer_steps_back_and_takes_no_later_step_while_a_colleague_goes_on",
            "test_the_head_grants_it_with_reasons_in_writing_and_the_handler_takes_no_later_step",
            "test_a_refusal_has_reasons_too_and_the_handler_goes_on", "test_nobody_decides_about_themselves_nor_without_the_power",
            "test_nobody_reviews_what_they_decided",
        ),
    ),
    Row(
        "discipline reports", "discipline rule 2020", "a superior organ's are registered without content and forwarded sealed",
        _of(_ACCUSATION, "test_a_superior_organs_is_registered_without_its_content"),
    ),
    Row(
        "routing", "30 (3)", "never to the accused unit, what its accused leader leads, or what lies below",
        _of(
            _ACCUSATION, "test_it_does_not_go_to_the_accused_nor_below_and_the_refusal_does_not_say_why",
            "test_it_does_not_go_where_the_accused_leader_leads_or_works", "test_a_post_that_the_accused_leader_gets_later_shuts_that_unit_too",
        ),
    ),
    Row(
        "mixed letters", "30", "the accusation part is sealed, the claim goes on without it",
        _of(
            _ACCUSATION, "test_the_accusation_of_a_mixed_letter_goes_its_way_and_the_claim_leaves_no_trace_of_it",
            "test_the_text_that_was_cleared_with_it_is_cleared_again",
        ),
    ),
    Row(
        "opening a seal", "30; 10 of the specification", "with a purpose, by approvers for each kind, for a time; nobody can approve: nobody opens",
        _of(
            _ACCUSATION, "test_the_petition_office_opens_it_when_both_heads_agree_and_the_person_sees_unit_post_and_purpose",
            "test_who_asks_does_not_approve_and_a_refusal_is_a_refusal", "test_where_no_rule_says_who_approves_nobody_opens_it",
            "test_where_nobody_can_approve_nobody_opens_it",
        ),
    ),
    Row(
        "identity", "30; Personal Information Protection Law 34", "masked by default; opened for a purpose, logged, told to the resident",
        _of(
            _IDENTITY, "test_who_looked_is_told_as_unit_post_and_purpose_and_never_by_name",
            "test_an_opened_identity_is_seen_for_half_an_hour",
        ),
    ),
    Row(
        "the other side", "30", "who chose it is known to the handler of the claim alone",
        _of(_HANDLER_ONLY, "test_intake_and_handler_open_it_and_nobody_else"),
    ),
    Row("matrix", "10 of the specification", "each role sees what the matrix gives it and no more", _of("tests/access/test_sentinels.py", "test_nobody_reads_what_is_for_others")),
    Row(
        "small cells", "10 of the specification", "no number of fewer than five is public, nor to be computed from sums, other tables or other months",
        _of("tests/web/test_portal_figures.py", "test_a_share_of_fewer_than_five_is_not_told")
        + _of(
            "tests/insight/test_public.py",
            "test_no_hidden_number_can_be_computed_from_anything_that_is_shown",
            "test_everything_shown_is_of_five_at_least_and_so_is_every_change",
            "test_a_sum_less_all_rows_that_are_shown_is_nought",
            "test_no_accusation_is_in_any_figure",
        )
        + _of(_RATES, "test_each_number_opens_the_claims_that_it_counts_and_few_grades_none"),
    ),
    Row(
        "between units", "22, 40", "demands, reports and notices of supervision are no documents of the submitter's",
        _of(_OVERSIGHT, "test_what_units_write_to_each_other_is_no_document_of_the_submitters"),
    ),
)  # fmt: skip

INVARIANTS = (
    Row(
        "1", "34", "T5 runs for route 6 alone",
        _of(_MACHINE, "test_nothing_breaks_a_case")
        + _of(_CLAIM, "test_guidance_says_where_how_and_by_when", "test_a_duty_is_due_two_months_after_the_unit_got_the_request_whenever_it_accepts"),
    ),
    Row(
        "2", "34", "T6 is at most 30 days, the head's, and its reason served",
        _of(_CLAIM, "test_an_extension_is_given_once_and_for_thirty_days_at_most", "test_an_extension_is_the_heads_to_grant_and_nobody_grants_their_own"),
    ),
    Row(
        "3", "23", "no objection after 5 working days; silence is not consent",
        _of(_CLAIM, "test_an_objection_comes_within_five_working_days_or_not_at_all", "test_the_senders_silence_is_no_consent_and_stops_no_clock"),
    ),
    Row("4", "23", "a return needs the sender's consent; the next handler's limits start at its own receipt", _of(_CLAIM, "test_after_an_agreed_objection_the_next_units_limits_begin_at_its_own_receipt")),
    Row(
        "5", "20", "at most five representatives on visits",
        _of(
            _SEVERAL, "test_a_visit_names_five_representatives_and_no_more", "test_representatives_are_for_visits_alone",
            "test_the_number_is_a_value_with_its_source",
        ),
    ),
    Row(
        "6", "35, 36", "reviewers come from the dated table, never the decider nor under it",
        _of(
            _LADDER, "test_no_other_unit_reviews_it", "test_the_decider_and_who_is_under_it_never_review",
            "test_the_petitioner_chooses_where_the_law_gives_a_choice", "test_a_row_is_dated_and_leaves_its_trace",
        ),
    ),
    Row("7", "36", "after the second review the same facts are not accepted again; help goes on", _of(_LADDER, "test_the_same_is_not_accepted_again_and_help_goes_on")),
    Row(
        "8", "30", "the accused unit sees nothing",
        _of(_ACCUSATION, "test_nobody_finds_one_but_whom_the_matrix_names")
        + _of("tests/access/test_noninterference.py", "test_lists_searches_and_exports_are_the_same_with_and_without_an_accusation"),
    ),
    Row("9", "32", "no opinion without request, facts and reasons, opinion, legal basis, remedy", _of(_CLAIM, "test_an_opinion_lacks_none_of_its_parts")),
    Row("10", "22, 23", "anonymous: registered, and no notice task", _of(_OVERSIGHT, "test_an_anonymous_claim_is_registered_and_no_notice_is_owed_nor_written")),
    Row("11", "36", "a hearing pauses T10 alone", _of(_LADDER, "test_the_hearing_does_not_count_and_in_the_second_review_alone")),
    Row(
        "12", "24", "one lead",
        _of(_OVERSIGHT, "test_a_dispute_is_decided_by_the_common_superior_and_the_new_leads_limit_begins_that_day") + _of(_MACHINE, "test_nothing_breaks_a_case"),
    ),
    Row("13", "29", "joined suggestions keep every suggester's reply", _of(_KINDS, "test_each_kind_goes_with_its_head_to_an_answer_of_its_own")),
    Row("14", "practice", "risky activities with minors, and dangerous ones without a policy number, do not open"),
    Row("15", "practice", "hours of one volunteer never overlap"),
    Row("16", "practice", "no form goes down without a live approval"),
    Row(
        "17", "practice", "no ranking of persons",
        _of("tests/web/test_desk_supervision.py", "test_the_page_leads_to_the_lists_says_units_and_no_person_and_is_kind_when_all_is_well")
        + _of("tests/guards/test_abuse.py", "test_no_bad_grade_stands_beside_an_officers_name"),
    ),
    Row("18", "Personal Information Protection Law 34", "every read of an unmasked identity has a reason and an audit row", _of(_IDENTITY, "test_a_look_at_an_opened_identity_is_in_the_access_log_and_on_the_residents_page")),
    Row("19", "Personal Information Protection Law 24", "what is computed changes no state by itself", _of(_SIGNS, "test_what_is_late_without_a_reason_is_a_sign_and_nothing_follows_by_itself")),
    Row(
        "20", "practice", "every rate stores numerator and denominator",
        _of(
            _RATES, "test_counting_twice_and_from_the_beginning_gives_the_same",
            "test_acceptance_counts_for_whoever_had_the_limit_and_once_its_day_is_over",
            "test_grades_of_both_count_after_the_time_to_judge_and_not_before",
            "test_the_page_says_both_numbers_by_unit_and_names_nobody",
        ),
    ),
)  # fmt: skip

PARTS = (
    ("Time limits", LIMITS),
    ("Other duties of intake and oversight", DUTIES),
    ("Prohibitions", PROHIBITIONS),
    ("Invariants", INVARIANTS),
)


def rows() -> tuple[Row, ...]:
    return tuple(row for _title, part in PARTS for row in part)


def page() -> str:
    """The whole page. Articles without a name are those of the Regulation on petition work (2022)."""
    lines = [
        "# What the law wants of petitions, and the test that shows it",
        "",
        "Generated by `python -m tests.law`; change `tests/law/table.py`, not this page. Articles without a name are those of",
        "《信访工作条例》 (2022). *Not yet*: no test shows it.",
    ]
    for title, part in PARTS:
        lines += ["", f"## {title}", "", "| | article | what it says | shown by |", "|---|---|---|---|"]
        for row in part:
            shown = "<br>".join(f"`{name}`" for name in row.tests) or "*not yet*"
            lines.append(f"| {row.key} | {row.article} | {row.says} | {shown} |")
    return "\n".join(lines) + "\n"
