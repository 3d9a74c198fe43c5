"""The made-up register hangs together: decisions, payments, budgets, households, the municipalities' decisions."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from avainvarasto.synthetic import municipal
from tests.synthetic_demo import rows_of

pytestmark = pytest.mark.unit

NEEDS = ("basic_part_paid_eur", "housing_cost_eur", "other_cost_eur")


def cents(text: str) -> int:
    return int(Decimal(text.replace(",", ".")) * 100)


def day(text: str) -> date:
    return datetime.strptime(text, "%d.%m.%Y").date()


def newest_months(landing: Path, extract: str) -> list[dict[str, str]]:
    """Rows of an extract by benefit month, June after its correction; each form's month as YYYYMM."""

    def rows(delivery_id: str = "*") -> list[dict[str, str]]:
        found = rows_of(landing, extract, delivery_id=delivery_id)
        return [row | {"month": row["month"].replace("-", "")[:6]} for row in found]

    return rows("2018-07-20T0200") + [row for row in rows() if row["month"] != "201806"]


def decisions(landing: Path) -> dict[str, dict[str, str]]:
    return {row["decision_id"]: row for row in rows_of(landing, "kela_decision")}


# Decisions and payments


def test_each_payment_carries_out_an_earlier_decision_on_its_household_and_month(landing: Path) -> None:
    known = decisions(landing)
    for line in rows_of(landing, "kela_payment"):
        decision = known[line["decision_id"]]
        assert decision["household_id"] == line["household_id"]
        assert day(decision["decision_date"]) < day(line["payment_date"])
        assert day(decision["valid_from"]).strftime("%Y%m") <= line["benefit_month"]
        assert line["benefit_month"] <= day(decision["valid_to"]).strftime("%Y%m")
        assert decision["result"] == ("TAKAISINPERINTA" if line["is_return"] == "1" else "MYONTO")


def test_a_decision_grants_what_its_months_were_granted(landing: Path) -> None:
    granted: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in newest_months(landing, "kela_household_month"):
        granted[row["household_id"]].append((row["month"], cents(row["granted_eur"])))
    grants = [row for row in decisions(landing).values() if row["result"] == "MYONTO"]
    assert len(grants) > 5000
    for row in grants:
        first, last = (day(row[name]).strftime("%Y%m") for name in ("valid_from", "valid_to"))
        of_months = [amount for month, amount in granted[row["household_id"]] if first <= month <= last]
        assert sum(of_months) == cents(row["granted_eur"])


def test_a_correction_grants_what_was_refused_on_the_same_application(landing: Path) -> None:
    known = decisions(landing)
    corrections = [row for row in known.values() if row["corrected_decision_id"]]
    assert len(corrections) > 50
    for row in corrections:
        before = known[row["corrected_decision_id"]]
        assert (before["result"], row["result"]) == ("HYLKAYS", "MYONTO")
        assert before["application_id"] == row["application_id"]
        assert day(before["decision_date"]) < day(row["decision_date"])


def test_all_four_clocks_of_the_law_run_in_the_demo_and_no_date_is_out_of_order(landing: Path) -> None:
    kinds = Counter[str]()
    for row in decisions(landing).values():
        applied, decided = day(row["application_date"]), day(row["decision_date"])
        asked, deadline, complete = (
            day(row[name]) if row[name] else None
            for name in ("additional_info_requested_date", "additional_info_deadline", "complete_date")
        )
        assert applied <= (asked or applied) <= (complete or decided) <= decided
        if row["result"] != "TAKAISINPERINTA":
            kinds["urgent" if row["urgent"] == "1" else "complete" if complete else "never complete"] += 1
            kinds["asked"] += asked is not None
            assert complete or (deadline and deadline < decided)
    assert min(kinds[kind] for kind in ("urgent", "complete", "never complete", "asked")) > 200


def test_reductions_fall_on_a_role_that_the_household_has_and_lower_the_basic_amount(landing: Path) -> None:
    couples = {row["household_id"] for row in rows_of(landing, "kela_household") if row["spouse_id"]}
    reduced = [row for row in decisions(landing).values() if row["reduction_pct"] != "0"]
    lowered = {
        (row["household_id"], row["month"])
        for row in newest_months(landing, "kela_household_month")
        if cents(row["basic_part_paid_eur"]) < cents(row["basic_part_full_eur"])
    }
    assert {row["reduced_role"] for row in reduced} == {"HAKIJA", "PUOLISO", "MOLEMMAT"}
    assert {row["reduction_pct"] for row in reduced} == {"20", "40"}
    for row in reduced:
        assert row["reduced_role"] == "HAKIJA" or row["household_id"] in couples
        assert (row["household_id"], day(row["valid_from"]).strftime("%Y%m")) in lowered
    assert len(reduced) < 0.06 * len(decisions(landing))


# Households and budgets


def test_households_are_the_pairs_of_their_months(landing: Path) -> None:
    pairs = {row["household_id"]: (row["applicant_id"], row["spouse_id"]) for row in rows_of(landing, "kela_household")}
    assert len(set(pairs.values())) == len(pairs)
    for row in newest_months(landing, "kela_person_month"):
        if row["role"] in ("HAKIJA", "PUOLISO"):
            assert pairs[row["household_id"]][row["role"] == "PUOLISO"] == row["person_id"]


def test_a_grant_is_needs_less_income(landing: Path) -> None:
    for row in rows_of(landing, "kela_household_month"):
        if cents(row["granted_eur"]):
            assert cents(row["granted_eur"]) == sum(cents(row[need]) for need in NEEDS) - cents(row["income_total_eur"])


def test_lines_add_up_to_the_budget_of_their_month(landing: Path) -> None:
    incomes, costs = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in newest_months(landing, "kela_income_line"):
        incomes[row["household_id"], row["month"]] += cents(row["amount_eur"])
    for row in newest_months(landing, "kela_expense_line"):
        costs[row["household_id"], row["month"]] += cents(row["accepted_eur"])
    for row in newest_months(landing, "kela_household_month"):
        at = (row["household_id"], row["month"])
        if row["income_total_eur"]:
            assert incomes[at] == cents(row["income_total_eur"])
            assert costs[at] == cents(row["housing_cost_eur"]) + cents(row["other_cost_eur"])


def test_without_income_means_allowances_and_child_benefit_only(landing: Path) -> None:
    without = {
        (row["household_id"], row["month"])
        for row in newest_months(landing, "kela_household_month")
        if row["has_no_income"] == "1"
    }
    kinds = {
        row["income_code"]
        for row in newest_months(landing, "kela_income_line")
        if (row["household_id"], row["month"]) in without
    }
    assert kinds == {"KELA_ASUMISTUKI", "KELA_LAPSILISA"}


def test_june_is_covered_once_it_is_corrected(landing: Path) -> None:
    def june(delivery_id: str) -> set[tuple[str, str]]:
        rows = rows_of(landing, "kela_coverage", delivery_id=delivery_id)
        return {(row["complete"], row["note"]) for row in rows if row["month"] == "201806"}

    assert (june("2018-07-08T0200"), june("2018-07-20T0200")) == ({("0", "VAJAA")}, {("1", "")})


# Municipalities


def test_decisions_of_municipalities_find_household_client_and_notification(landing: Path) -> None:
    households = {
        (row["municipality_code"], row["household_id"]): (row["applicant_id"], row["spouse_id"])
        for row in rows_of(landing, "muni_household")
    }
    notified = {
        row["notification_id"]: (row["person_id"], row["type"]) for row in rows_of(landing, "etotu_notification")
    }
    rows = rows_of(landing, "muni_supp_decision")
    from_kela = [row for row in rows if row["kela_notification_id"]]
    assert 0 < len(from_kela) < len(rows)
    assert all(row["client_id"] in households[row["municipality_code"], row["household_id"]] for row in rows)
    assert all(notified[row["kela_notification_id"]] == (row["client_id"], "TAYD_EHK_HAKEMUS") for row in from_kela)


def test_ids_of_the_two_municipalities_are_equal_and_mean_others(landing: Path) -> None:
    clients: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows_of(landing, "muni_household"):
        clients[row["household_id"]][row["municipality_code"]] = row["applicant_id"]
    both = [of_id for of_id in clients.values() if len(of_id) == 2]
    assert len(both) > 20
    assert all(len(set(of_id.values())) == 2 for of_id in both)


def test_lines_of_municipal_decisions_add_up_to_what_was_granted(landing: Path) -> None:
    granted = Counter[tuple[str, str]]()
    for row in rows_of(landing, "muni_supp_expense_line"):
        granted[row["municipality_code"], row["decision_id"]] += cents(row["amount_eur"])
    for row in rows_of(landing, "muni_supp_decision"):
        assert granted[row["municipality_code"], row["decision_id"]] == cents(row["granted_eur"])


def test_both_municipalities_send_the_whole_year(landing: Path) -> None:
    for extract in ("muni_household", "muni_supp_decision"):
        senders = {
            (path.parent.name, row["municipality_code"])
            for path in landing.glob("municipal/*/delivery.yml")
            for row in rows_of(landing, extract, delivery_id=path.parent.name)
        }
        deliveries = {delivery_id for delivery_id, _ in senders}
        assert len(senders) == len(deliveries) == (2 if extract == "muni_household" else 4)
        assert {place for _, place in senders} == set(municipal.SUPPLIERS)


def test_rules_of_time_limits_have_a_number_or_say_that_there_is_none(landing: Path) -> None:
    rules = {row["rule_id"]: row for row in rows_of(landing, "etotu_deadline_rule")}
    assert {row["basis"] for row in rules.values()} == {"SHL36", "TOTUL", "SHL45", "LOCAL_TARGET"}
    assert all(bool(row["limit_n"]) == (row["limit_unit"] != "NONE") for row in rules.values())
    # Ordinary adults have no number of days in law, and the target of 7 days is a target.
    assert rules["SHL36_ALOITUS_AIKUINEN"]["limit_unit"] == "NONE"
    assert rules["TAVOITE_ALOITUS_ERITYISTUKI"]["basis"] == "LOCAL_TARGET"
