"""What the release promises: dimensions, measures and cuts of each published table, as agreed with its readers."""

from __future__ import annotations

# Columns of the published tables after their dimensions, before `suppressed` and `release_id`: the public interface.
INTERFACE = {
    "kela_flow.funnel": (
        "batch_type municipality_code county_code notification_type urgency sex age_group month year",
        "n_notifications n_persons type_share n_received n_contact_tried n_reached n_booked n_met n_no_show"
        " n_assessment_started n_assessment_done n_plan n_transferred n_repeat_90d n_open n_not_acted_on met_share"
        " met_30d_share met_90d_share no_show_share median_days_criteria_to_sent median_days_to_contact"
        " median_days_to_meeting provisional",
    ),
    "kela_flow.recipients": (
        "basis municipality_code county_code household_type activity sex age_group month year",
        "n_households n_persons paid_eur returned_eur mean_eur_household population recipient_share provisional",
    ),
    "kela_flow.decisions": (
        "municipality_code county_code household_type channel urgency month year",
        "n_applications n_info_requested n_request_late n_decisions n_granted n_refused_no_right"
        " n_refused_missing_information n_refused_other n_lapsed n_corrected corrected_share granted_share"
        " in_time_share median_working_days mean_days",
    ),
    "kela_flow.reductions": (
        "county_code sex age_group step reason month year",
        "n_persons n_recipients_18_64 reduced_share n_assessment_booked provisional",
    ),
    "kela_flow.assistance_series": (
        "kind source year",
        "n_households n_persons gross_eur returned_eur real_eur",
    ),
    "kela_flow.transitions": (
        "notification_type from_event to_event year",
        "deviation n_transitions median_days p90_days",
    ),
    "kela_flow.timeliness": (
        "rule_id legal_basis urgency notification_type municipality_code county_code month year",
        "n_due n_in_time n_late n_open in_time_share median_working_days mean_days provisional",
    ),
    "kela_flow.supplementary": (
        "origin kind expense_group municipality_code county_code month year",
        "n_households n_decisions n_positive positive_share granted_eur eur_per_resident_18_64 in_time_share",
    ),
    "kela_flow.notification_effect": (
        "notification_type months_since",
        "n_notified n_comparison receipt_share_notified receipt_share_comparison difference difference_lo"
        " difference_hi",
    ),
    "kela_flow.swot": ("area_code source_stage phase theme_code swot organisation", "n_rows n_classified"),
    "kela_flow.obstacles": ("year kind cause authority status", "n_obstacles n_affected median_days_open"),
    "kela_flow.obstacle_list": ("list_no status", "title_fi title_sv title_en law_ref"),
    "effectiveness.clients": (
        "pilot_group municipality_code county_code year form_version",
        "n_clients n_in_base n_at_mid_evaluation n_reviewed review_coverage_share n_client_present n_supp_prev"
        " n_target_group coverage_share median_days_to_review",
    ),
    "effectiveness.goals": (
        "goal_scope pilot_group municipality_code county_code sex age_group year form_version goal_code aim",
        "n_clients n_clients_with_goal goal_share",
    ),
    "effectiveness.factors": (
        "municipality_code year factor_code direction assessment_kind",
        "n_clients n_clients_with_factor factor_share n_goals_reviewed n_attained attained_share attained_share_lo"
        " attained_share_hi",
    ),
    "effectiveness.factor_change": ("factor_code from_state to_state", "n_clients"),
    "effectiveness.methods": (
        "municipality_code year method_group method_code",
        "n_clients n_clients_with_method method_share n_goals_reviewed n_attained attained_share",
    ),
    "effectiveness.goal_attainment": (
        "pilot_group municipality_code county_code sex age_group year form_version goal_code aim",
        "n_goals_set n_goals_reviewed n_attained n_partly n_not_attained n_not_current review_coverage_share"
        " attained_share attained_share_lo attained_share_hi attained_or_partly_share attained_worst_share"
        " attained_best_share",
    ),
    "effectiveness.receipt_survival": (
        "gap_months unit cohort sex age_group months",
        "n_at_risk n_exits n_censored survival_share survival_share_lo survival_share_hi",
    ),
    "effectiveness.receipt_exits": (
        "gap_months unit cohort exit_reason months",
        "n_exits cumulative_incidence_share cumulative_incidence_share_lo cumulative_incidence_share_hi",
    ),
    "effectiveness.receipt_duration": (
        "gap_months unit cohort sex age_group",
        "n_spells median_months rmst12_months rmst12_months_lo rmst12_months_hi rmst24_months rmst24_months_lo"
        " rmst24_months_hi",
    ),
    "effectiveness.receipt_difference": (
        "gap_months unit contrast",
        "rmst12_difference_months rmst12_difference_months_lo rmst12_difference_months_hi logrank_p n_spells_a"
        " n_spells_b",
    ),
    "effectiveness.receipt_effect": (
        "outcome population estimator exposure event_quarter",
        "estimate estimate_lo estimate_hi p_randomisation n_treated n_comparison minimum_detectable"
        " largest_visible_share could_be_found",
    ),
    "effectiveness.receipt_months": (
        "county_code municipality_code sex age_group year months_class",
        "n_households n_persons population persons_share n_new_households provisional",
    ),
    "effectiveness.no_income": (
        "municipality_code household_type age_group reason month year",
        "n_households n_no_income no_income_share n_no_income_3_months provisional",
    ),
    "equality.survey_response": (
        "survey_code wave subproject",
        "n_sent n_opened n_started n_answers response_ratio over_sent over_opened",
    ),
    "equality.survey_background": ("survey_code wave attribute row_no value", "n_mentions base_n comparable"),
    "quality.deliveries": (
        "source extract delivery_id file",
        "period_from period_to n_delivered n_loaded n_quarantined accepted reason received_at",
    ),
    "quality.checks": ("run_id suite rule severity", "n_evaluated passed"),
    "quality.published_figures": (
        "figure_id document place measure",
        "value value_text unit precision computed tolerance outcome note",
    ),
    "quality.series_break": ("dataset date text_code", "text_fi text_sv text_en tables"),
}
CUTS = {
    "kela_flow.funnel": {
        "year",
        "month",
        "batch_type,year",
        "notification_type",
        "notification_type,month",
        "notification_type,urgency,year",
        "county_code,month",
        "county_code,year",
        "county_code,notification_type,year",
        "municipality_code,year",
        "notification_type,age_group,year",
        "sex,age_group,year",
    },
    "kela_flow.recipients": {
        "basis,year",
        "basis,month",
        "basis,sex,age_group,month",
        "basis,county_code,month",
        "basis,household_type,year",
        "basis,activity,year",
        "basis,municipality_code,year",
        "basis,municipality_code,age_group,year",
    },
    "kela_flow.decisions": {
        "year",
        "month",
        "urgency,month",
        "county_code,month",
        "county_code,year",
        "municipality_code,year",
        "channel,year",
        "household_type,year",
    },
    "kela_flow.reductions": {
        "year",
        "month",
        "step,month",
        "age_group,month",
        "county_code,year",
        "reason,year",
    },
    "kela_flow.assistance_series": {"kind,source,year"},
    "kela_flow.transitions": {
        "year",
        "from_event,to_event",
        "notification_type,from_event,to_event",
        "from_event,to_event,year",
    },
    "kela_flow.timeliness": {
        "rule_id,legal_basis,year",
        "rule_id,legal_basis,month",
        "rule_id,legal_basis,urgency,month",
        "rule_id,legal_basis,county_code,year",
        "rule_id,legal_basis,notification_type,year",
        "rule_id,legal_basis,municipality_code,year",
    },
    "kela_flow.supplementary": {
        "year",
        "month",
        "kind,month",
        "origin,kind,year",
        "kind,expense_group,year",
        "kind,county_code,year",
        "kind,municipality_code,year",
    },
    "kela_flow.notification_effect": {"notification_type,months_since"},
    "kela_flow.swot": {
        "phase,swot",
        "phase,theme_code,swot",
        "source_stage,swot",
        "phase,swot,organisation",
        "area_code,swot",
    },
    "kela_flow.obstacles": {"year", "kind,cause,status", "authority,status", "year,status"},
    "kela_flow.obstacle_list": {"list_no,status"},
    "effectiveness.clients": {"year", "pilot_group", "municipality_code", "county_code,year", "year,form_version"},
    "effectiveness.goals": {
        "goal_scope,year",
        "goal_scope,goal_code",
        "goal_scope,goal_code,aim",
        "goal_scope,pilot_group,goal_code",
        "goal_scope,sex,goal_code",
        "goal_scope,year,goal_code",
        "goal_scope,county_code,goal_code",
    },
    "effectiveness.factors": {
        "year",
        "factor_code,direction",
        "factor_code,direction,assessment_kind",
        "year,factor_code,direction",
    },
    "effectiveness.factor_change": {"factor_code", "factor_code,from_state,to_state"},
    "effectiveness.methods": {
        "year",
        "method_group",
        "method_code",
        "municipality_code,method_group",
        "year,method_code",
    },
    "effectiveness.goal_attainment": {
        "year",
        "goal_code",
        "aim",
        "goal_code,aim",
        "year,aim",
        "form_version,aim",
        "sex,goal_code",
        "age_group",
        "municipality_code",
        "county_code,goal_code",
    },
    "effectiveness.receipt_survival": {
        "gap_months,unit,cohort,months",
        "gap_months,unit,cohort,sex,months",
        "gap_months,unit,cohort,age_group,months",
    },
    "effectiveness.receipt_exits": {"gap_months,unit,cohort,exit_reason,months"},
    "effectiveness.receipt_duration": {
        "gap_months,unit,cohort",
        "gap_months,unit,cohort,sex",
        "gap_months,unit,cohort,age_group",
    },
    "effectiveness.receipt_difference": {"gap_months,unit,contrast"},
    "effectiveness.receipt_effect": {"outcome,population,estimator,exposure,event_quarter"},
    "effectiveness.receipt_months": {
        "year",
        "year,months_class",
        "sex,age_group,year,months_class",
        "county_code,year,months_class",
        "municipality_code,year,months_class",
    },
    "effectiveness.no_income": {
        "month",
        "year",
        "household_type,month",
        "age_group,year",
        "reason,year",
        "municipality_code,year",
    },
    "equality.survey_response": {"survey_code,wave", "survey_code,wave,subproject"},
    "equality.survey_background": {"survey_code,wave,attribute,row_no,value"},
    "quality.series_break": {"dataset,date,text_code"},
}
