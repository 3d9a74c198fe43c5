"""What a new user has after the first night: a table, a release with the named figures, nothing new the second time."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from avainvarasto import lake
from avainvarasto.release.reader import query
from avainvarasto.report import publish
from avainvarasto.synthetic import PLANTED
from tests.conftest import Night, run_night
from tests.deliveries import CONTRACTS
from tests.interface import CUTS, INTERFACE
from tests.privacy.leak_needles import Needles, sought_in_demo


def demo_deliveries(night: Night) -> list[Path]:
    """Folders of what was delivered; landing keeps them for its retention time."""
    found = [note.parent for note in night.settings.landing.glob("*/*/delivery.yml")]
    assert len(found) > 12
    return found


def test_the_night_ends_with_a_table_that_says_what_came_and_what_to_type_next(night: Night) -> None:
    for words in (
        "deliveries taken",
        "rows loaded",
        "rows quarantined",
        "checks run",
        "published",
        "release/current.duckdb",
        "make serve",
    ):
        assert words in night.output
    assert f"{len(demo_deliveries(night))} synthetic demo deliveries" in night.output


def test_the_night_leaves_a_page_of_its_checks_with_counts_and_no_values(night: Night) -> None:
    page = (night.settings.docs / "checks.html").read_text(encoding="utf-8")
    assert "More answers than invitations happen" in page
    assert page.count("<tr") > 300
    # Two sub-projects of the start wave, of sixteen printed rows.
    assert "<td>warning</td><td>16</td><td>2</td><td>NO</td>" in page
    assert page.index('class="failed"') < page.index("<tr><td>")  # what did not hold comes first


def test_every_published_column_has_a_label_in_three_languages_and_a_description(night: Night) -> None:
    _, rows = query(night.settings, 'select label_fi, label_sv, label_en, description from reference."column"')
    assert len(rows) > 150
    assert all(all(row) for row in rows)


def test_the_second_night_says_that_nothing_is_new_and_changes_nothing(night: Night) -> None:
    def state() -> dict[str, int]:
        files = (path for path in night.settings.home.rglob("*") if path.is_file() and path.name != "run.lock")
        reports = ("morning-report.txt", "morning-report.json")
        return {
            str(path): path.stat().st_mtime_ns
            for path in files
            if path.name not in reports and path.parent.name != "reports"
        }

    before = state()
    again = run_night(night.settings.home)
    assert again.code == 0
    assert "Nothing new" in again.output
    assert state() == before
    said = publish.newest_text(night.settings)
    assert said.startswith("IN ORDER: nothing new was taken, what is published is unchanged.\n")


def test_the_first_night_leaves_its_report_with_what_came_and_without_a_person(night: Night) -> None:
    of_runs = [path.stem for path in (night.settings.logs / "runs").iterdir()]
    (run_id,) = of_runs
    report = publish.file_of(night.settings, run_id).read_text(encoding="utf-8")
    taken = len(demo_deliveries(night))
    assert report.startswith(f"IN ORDER: {taken} deliveries were taken, a new release is published.\n")
    assert "etotu_notification, 2017-01-01 to 2017-06-30: 365 rows delivered, 364 loaded, 1 in quarantine" in report
    told = [line for line in report.splitlines() if " by rule " in line]
    for planted in PLANTED:
        file = planted.extract.split("_", 1)[1]
        (line,) = [one for one in told if f"/{file}.csv: " in one]
        assert f": {planted.count} by rule" in line
        assert f"column {planted.column}" in line
    assert "warning landing.prosos_printed_response" in report
    extracts = [contract for contract in CONTRACTS.values() if not contract.part_of]
    assert f"{len(extracts)} extracts have no schedule here" in report
    assert str(night.settings.home) not in report
    assert Needles(sought_in_demo()).search(report.encode()) == {}


@pytest.mark.parametrize("table", INTERFACE)
def test_a_published_table_has_the_columns_of_the_interface(night: Night, table: str) -> None:
    columns, _ = query(night.settings, f"from {table} limit 0")
    dimensions, measures = INTERFACE[table]
    assert columns == ["cut", *dimensions.split(), *measures.split(), "suppressed", "release_id"]


@pytest.mark.parametrize("table", CUTS)
def test_a_published_table_has_the_cuts_of_the_interface(night: Night, table: str) -> None:
    _, rows = query(night.settings, f"select distinct cut from {table}")
    assert {cut for (cut,) in rows} == CUTS[table]


@pytest.mark.parametrize("table", INTERFACE)
def test_dimensions_are_never_null_and_all_where_not_broken_out(night: Night, table: str) -> None:
    for name in INTERFACE[table][0].split():
        outside = f"(select count(*) from {table} where {name} is null)"
        wrong = f"(select count(*) from {table} where not list_contains(split(cut, ','), '{name}') and {name} <> 'all')"
        assert query(night.settings, f"select {outside}, {wrong}")[1] == [(0, 0)]


def test_the_printed_survey_comes_out_as_printed(night: Night) -> None:
    _, rows = query(
        night.settings,
        """select wave, n_answers, n_sent, round(100 * response_ratio, 1), n_opened, n_started
           from equality.survey_response where cut = 'survey_code,wave' order by wave""",
    )
    assert rows == [("ALKU2017", 85, 221, 38.5, None, None), ("LOPPU2019", 43, 264, 16.3, 179, 72)]


def test_sub_projects_with_more_answers_than_invitations_are_marked(night: Night) -> None:
    _, rows = query(
        night.settings, "select wave, subproject from equality.survey_response where over_sent order by all"
    )
    assert rows == [("ALKU2017", "SONET_BOTNIA"), ("ALKU2017", "VASSO")]
    _, rows = query(night.settings, "select subproject from equality.survey_response where over_opened order by all")
    assert rows == [("SOCCA",), ("VASSO",)]


def test_what_the_documents_print_wrongly_stays_as_printed(night: Night) -> None:
    sums = """select attribute, sum(n_mentions) from equality.survey_background
              where wave = $1 and attribute in ('organisation', 'sector') group by all order by all"""
    assert query(night.settings, sums.replace("$1", "'ALKU2017'"))[1] == [("organisation", 83), ("sector", 88)]
    assert query(night.settings, sums.replace("$1", "'LOPPU2019'"))[1] == [("organisation", 43), ("sector", 33)]
    twice = "select count(*) from equality.survey_background where value = 'RYHMAPAALLIKKO' and wave = 'LOPPU2019'"
    assert query(night.settings, twice)[1] == [(2,)]


def test_printed_figures_that_the_warehouse_computes_agree(night: Night) -> None:
    outcomes = dict(query(night.settings, "select outcome, count(*) from quality.published_figures group by all")[1])
    assert "differs" not in outcomes
    assert outcomes["agrees"] > 100
    assert set(outcomes) == {"agrees", "no_data", "not_comparable"}
    shown = "select figure_id, value, round(computed, 1) from quality.published_figures where value = 16.3"
    ((_, value, computed),) = query(night.settings, shown)[1]
    assert (value, computed) == (16.3, 16.3)


def test_each_month_of_kelas_open_data_stands_beside_the_register_and_agrees(night: Night) -> None:
    """Of so small a country a reason of refusal may be hidden; then no sum over the reasons is shown either."""
    shown = """select split_part(figure_id, '.', 2), count(*), count(computed), count(*) filter (outcome = 'agrees')
               from quality.published_figures where document = 'Kela, avoin data' group by all"""
    found = {figure: counts for figure, *counts in query(night.settings, shown)[1]}
    always = {"recipients", "households", "paid_eur", "returned_eur", "granted"}
    assert {figure: found.get(figure) for figure in always} == {figure: [24, 24, 24] for figure in always}
    assert set(found) - always == {"refused", "decided"}
    assert all(n == 24 and n_shown == n_agreeing for n, n_shown, n_agreeing in found.values())


def test_every_row_is_loaded_or_in_quarantine_and_the_planted_ones_are(night: Night) -> None:
    _, rows = query(
        night.settings, "select sum(n_delivered), sum(n_loaded), sum(n_quarantined) from quality.deliveries"
    )
    ((delivered, loaded, quarantined),) = rows
    assert delivered == loaded + quarantined
    assert quarantined == sum(planted.count for planted in PLANTED)
    assert loaded == sum(entry["n_loaded"] for entry in lake.delivered(night.settings) if entry["accepted"])


def test_a_correction_counts_for_its_month_and_for_no_other(night: Night) -> None:
    lake_files = night.settings.lake / "kela" / "kela_household_month"
    with duckdb.connect(str(night.settings.warehouse / "current.duckdb"), read_only=True) as connection:
        counts = """select month, count(*), sum(granted_eur) from {} where month between '2018-04-01' and '2018-06-30'
                    group by all order by all"""
        counted = connection.execute(counts.format("core.fct_household_month")).fetchall()
        first = connection.execute(counts.format(f"'{lake_files}/2018-07-08T0200/*.parquet'")).fetchall()
        correction = connection.execute(counts.format(f"'{lake_files}/2018-07-20T0200/*.parquet'")).fetchall()
    assert len(correction) == 1
    assert correction != first[2:]
    assert counted == first[:2] + correction


def test_synthetic_tables_say_so_and_the_survey_is_public(night: Night) -> None:
    natures = dict(
        query(night.settings, "select table_schema || '.' || table_name, nature from reference.table_nature")[1]
    )
    assert natures["kela_flow.funnel"] == natures["kela_flow.recipients"] == "synthetic"
    assert natures["effectiveness.goal_attainment"] == natures["quality.deliveries"] == "synthetic"
    assert natures["equality.survey_response"] == natures["equality.survey_background"] == "public"


def test_no_count_from_one_to_four_is_shown_where_persons_stand_behind_it(night: Night) -> None:
    for table in ("kela_flow.funnel", "kela_flow.recipients", "kela_flow.transitions", "effectiveness.goal_attainment"):
        columns, _ = query(night.settings, f"from {table} limit 0")
        small = " or ".join(f"{name} between 1 and 4" for name in columns if name.startswith("n_"))
        assert query(night.settings, f"select count(*) from {table} where {small}")[1] == [(0,)]
        assert query(night.settings, f"select count(*) > 0 from {table} where suppressed")[1] == [(True,)]


def test_every_table_leaves_in_three_more_forms_with_the_same_rows(night: Night) -> None:
    release = night.settings.release / "current"
    _, tables = query(night.settings, "select schema_name || '.' || table_name from duckdb_tables()")
    names = sorted(name for (name,) in tables)
    for kind in ("parquet", "csv", "xlsx"):
        assert sorted(path.stem for path in (release / kind).iterdir()) == names
    for name in names:
        schema, table = name.split(".")
        ((rows,),) = query(night.settings, f'select count(*) from "{schema}"."{table}"')[1]
        with (release / "csv" / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
            assert sum(1 for _ in csv.reader(stream)) == rows + 1
        assert duckdb.read_parquet(str(release / "parquet" / f"{name}.parquet")).count("*").fetchall() == [(rows,)]


def test_a_spreadsheet_tells_hidden_from_nought_and_from_what_does_not_exist(night: Night) -> None:
    sheet = rows_of(night.settings.release / "current" / "xlsx" / "kela_flow.recipients.xlsx")
    assert "Synthetic data" in sheet[0][0]
    header, body = sheet[2], [dict(zip(sheet[2], row, strict=True)) for row in sheet[3:]]
    assert "n_households" in header
    assert all(row["n_households"] == "[z]" for row in body if "sex" in row["cut"] or "activity" in row["cut"])
    hidden = [row for row in body if row["suppressed"] and row["cut"] == "basis,municipality_code,year"]
    assert hidden
    assert all("[c]" in row.values() for row in hidden)
    assert any(row["returned_eur"] == 0 for row in body)


def test_every_form_of_a_table_says_that_its_persons_are_made_up(night: Night) -> None:
    release = night.settings.release / "current"
    kept = duckdb.execute(
        "select decode(key), decode(value) from parquet_kv_metadata($file)",
        {"file": str(release / "parquet" / "kela_flow.funnel.parquet")},
    ).fetchall()
    assert ("nature", "synthetic") in kept
    readme = (release / "README.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in readme if line.startswith("kela_flow.funnel: ") and "Synthetic data" in line]
    assert [line for line in readme if line.startswith("equality.survey_response: ") and "Public data" in line]


def rows_of(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def test_the_release_holds_no_key_of_a_person(night: Night) -> None:
    _, rows = query(night.settings, "select column_name from duckdb_columns() where not internal")
    assert rows
    assert [name for (name,) in rows if name.endswith("_key")] == []
