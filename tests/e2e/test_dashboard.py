"""The dashboard as a reader meets it: logged in by the form, its page's numbers against the release file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from avainvarasto.release.reader import LOCK_DOWN
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.superset.apply import apply
from avainvarasto.superset.assets import load_assets
from avainvarasto.superset.client import Client
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.e2e

PAGE = "/superset/dashboard/kela-kunta/"
ASSETS = PROJECT_ROOT / "superset" / "assets"
VIEWER, VIEWER_PASSWORD = "katselija", "vain-katselua-varten-1"
WAIT = 90_000
SENTENCE = (
    "Tulokset kuvaavat arvioituja tavoitteita, eivät mallin vaikutusta;"
    " mukana ovat vain työskentelyyn sitoutuneet asiakkaat."
)
Row = tuple[Any, ...]


def query(settings: Settings, sql: str) -> list[Row]:
    with duckdb.connect(str(settings.release / "current.duckdb"), **LOCK_DOWN) as connection:
        return connection.execute(sql).fetchall()


def labels_of(settings: Settings, code_set: str) -> dict[str, str]:
    """Finnish names of codes as the release file has them; a code without a name is shown as it is."""
    sql = f"select code, label from reference.code_label where lang = 'fi' and code_set = '{code_set}'"
    return {"unknown": "ei tietoa"} | dict(query(settings, sql))


@pytest.fixture(scope="module")
def admin(served: Terminal) -> Client:
    return Client(served.url, served.user, served.password)


@pytest.fixture(scope="module")
def viewer(served: Terminal, admin: Client) -> Client:
    """An account that has the viewer's role and no other."""
    role = admin.find("security/roles/", "name", "Katselija")
    assert role is not None
    account = {"username": VIEWER, "password": VIEWER_PASSWORD, "email": f"{VIEWER}@localhost", "active": True}
    admin.post("security/users/", json=account | {"first_name": "K", "last_name": "K", "roles": [role["id"]]})
    return Client(served.url, VIEWER, VIEWER_PASSWORD)


class Visit:
    """One account's visit to the dashboard."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base = page, base
        self.answered: list[str] = []
        page.on("response", lambda response: self.answered.append(response.url))

    def log_in(self, user: str, password: str) -> None:
        self.page.goto(f"{self.base}/login/")
        self.page.fill("input[data-test='username-input']", user, timeout=WAIT)
        self.page.fill("input[data-test='password-input']", password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/login" not in url, timeout=WAIT)

    def open_dashboard(self) -> None:
        self.page.goto(self.base + PAGE)
        # Drawn are two graphs, and two tables that both have the column of the share.
        for selector in ("canvas", "#header-met_share"):
            self.page.locator(selector).nth(1).wait_for(state="attached", timeout=WAIT)
        for title in ("ilmoituksen tyypin mukaan", "hyvinvointialueittain ja vuosittain"):
            self.chart(title).locator("td[role=cell]").first.wait_for(timeout=WAIT)

    def chart(self, title: str) -> Any:
        """The box of the chart with this title."""
        return self.page.locator(".dashboard-component-chart-holder").filter(has_text=title).first

    def rows(self, title: str) -> list[list[Any]]:
        """The cells of a table chart: full value, shown text and the text's colour."""
        script = """(chart) => [...chart.querySelectorAll('tbody tr')].map(row => [...row.querySelectorAll('td')].map(
            cell => ({text: cell.innerText, value: cell.title, hidden: cell.classList.contains('dt-is-null'),
                      color: getComputedStyle(cell).color})))"""
        rows: list[list[Any]] = self.chart(title).evaluate(script)
        return rows


@pytest.fixture
def visit(browser: Any, served: Terminal) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1400, "height": 1900})
    try:
        yield Visit(context.new_page(), served.url)
    finally:
        context.close()


def _compare(shown: list[list[Any]], expected: list[Row], labels: int) -> None:
    """Each row of the page is one of the release, in full value and as printed; a hidden figure is an empty cell."""
    assert len(shown) == len(expected) > 0
    by_label = {row[:labels]: row[labels:] for row in expected}
    for cells in shown:
        numbers = by_label[tuple(cell["text"] for cell in cells[:labels])]
        assert len(numbers) == len(cells) - labels
        for cell, number in zip(cells[labels:], numbers, strict=True):
            if number is None:
                assert cell["hidden"]
                assert cell["color"] == "rgba(0, 0, 0, 0)"
            elif isinstance(number, int):
                assert int(cell["value"]) == number
                assert int("".join(cell["text"].split())) == number
            else:
                assert float(cell["value"]) == pytest.approx(number)
                assert cell["text"] == _in_per_cent(number)


def _in_per_cent(share: float) -> str:
    """With one decimal as browsers write it: a tie goes up, while Python takes the even digit (31.25 is 31,3)."""
    return f"{Decimal(share * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}%".replace(".", ",")


def test_the_page_shows_the_numbers_of_the_release_and_says_that_they_are_synthetic(
    visit: Visit, served: Terminal, released_home: Settings
) -> None:
    visit.log_in(served.user, served.password)
    visit.open_dashboard()
    types = query(
        released_home,
        "select notification_type, n_notifications, n_reached, n_met, n_assessment_done, met_share"
        " from kela_flow.funnel where cut = 'notification_type'",
    )
    counties = query(
        released_home,
        "select year, county_code, n_notifications, n_met, met_share"
        " from kela_flow.funnel where cut = 'county_code,year'",
    )
    type_names, county_names = labels_of(released_home, "notification_type"), labels_of(released_home, "county_code")
    types = [(type_names.get(code, code), *rest) for code, *rest in types]
    counties = [(year, county_names.get(code, code), *rest) for year, code, *rest in counties]
    _compare(visit.rows("Ilmoitusten eteneminen ilmoituksen tyypin mukaan"), types, labels=1)
    _compare(visit.rows("Ilmoitukset ja tavatut hyvinvointialueittain ja vuosittain"), counties, labels=2)
    natures = query(released_home, "select nature from reference.table_nature where table_schema = 'kela_flow'")
    synthetic = visit.page.locator("text=Synteettinen aineisto: rekisteriluvut ovat keksittyjä").count()
    assert synthetic == (1 if ("synthetic",) in natures else 0)
    assert visit.page.locator("text=tyhjä ei tarkoita nollaa").count() == 1
    # The graphs grow into place for about a second.
    visit.page.wait_for_timeout(2500)
    released_home.docs.mkdir(parents=True, exist_ok=True)
    picture = visit.page.screenshot(path=str(released_home.docs / "kela-kunta.png"), full_page=True)
    assert len(picture) > 50_000


def test_each_tab_of_effectiveness_says_what_results_are_not_and_shows_the_numbers_of_the_release(
    visit: Visit, viewer: Client, released_home: Settings
) -> None:
    visit.log_in(VIEWER, VIEWER_PASSWORD)
    visit.page.goto(f"{visit.base}/superset/dashboard/vaikuttavuus/")
    tabs = visit.page.locator("[role=tab]")
    tabs.first.wait_for(timeout=WAIT)
    layout = load_assets(ASSETS).dashboards["vaikuttavuus"]["position"].values()
    names = [item["meta"]["text"] for item in layout if item["type"] == "TAB"]
    assert [tab.strip() for tab in tabs.all_inner_texts()] == names
    title = "Tavoitteiden saavuttaminen vuosittain"
    visit.chart(title).locator("td[role=cell]").first.wait_for(timeout=WAIT)
    expected = query(
        released_home,
        "select year, n_goals_set, n_goals_reviewed, n_not_current, review_coverage_share, attained_share,"
        " attained_share_lo, attained_share_hi, attained_or_partly_share, attained_worst_share, attained_best_share"
        " from effectiveness.goal_attainment where cut = 'year'",
    )
    # While a table is measured, the page holds it twice.
    visit.chart(title).locator("tbody tr").nth(len(expected)).wait_for(state="detached", timeout=WAIT)
    _compare(visit.rows(title), expected, labels=1)
    assert visit.page.get_by_text("jotka olivat yhä ajankohtaisia").is_visible()
    for name in names:
        tabs.filter(has_text=name).click()
        panel = visit.page.locator("[role=tabpanel]:visible").last
        panel.get_by_text(SENTENCE).wait_for(timeout=WAIT)
        panel.locator("td[role=cell]").first.wait_for(timeout=WAIT)


def test_a_viewer_opens_the_dashboard_and_nothing_is_fetched_from_elsewhere(
    visit: Visit, viewer: Client, released_home: Settings
) -> None:
    visit.log_in(VIEWER, VIEWER_PASSWORD)
    visit.open_dashboard()
    expected = query(released_home, "select count(*) from kela_flow.funnel where cut = 'notification_type'")
    assert len(visit.rows("Ilmoitusten eteneminen ilmoituksen tyypin mukaan")) == expected[0][0]
    assert visit.answered
    assert not [url for url in visit.answered if not url.startswith((visit.base, "data:", "blob:"))]


def test_the_graphs_get_the_months_of_the_release(admin: Client, released_home: Settings) -> None:
    charts = {row["slice_name"]: row["id"] for row in admin.rows("chart/")}
    for title, sql in {
        "Kelan ilmoitukset ja tavatut asiakkaat kuukausittain": "select month, n_notifications, n_met"
        " from kela_flow.funnel where cut = 'month' order by month",
        "Perustoimeentulotuen saajat kuukausittain": "select month, n_households, n_persons"
        " from kela_flow.recipients where cut = 'basis,month' and basis = 'payment' order by month",
    }.items():
        (result,) = admin.get(f"chart/{charts[title]}/data/")["result"]
        assert [tuple(row.values()) for row in result["data"]] == query(released_home, sql)


TABLES = {name: chart for name, chart in load_assets(ASSETS).charts.items() if chart["viz_type"] == "table"}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_gets_every_row_of_its_cut_with_names_for_codes(
    admin: Client, released_home: Settings, name: str
) -> None:
    chart = TABLES[name]
    dataset = load_assets(ASSETS).datasets[chart["dataset"]]
    columns = {column["column_name"]: column for column in dataset["columns"]}
    shown = [columns[column] for column in chart["params"]["all_columns"]]
    filters = {item["subject"]: item["comparator"] for item in chart["params"]["adhoc_filters"]}
    held = " and ".join(f"{column} = '{value}'" for column, value in filters.items())
    names = ", ".join(column.get("code_column", column["column_name"]) for column in shown)
    expected = query(released_home, f"select {names} from {dataset['schema']}.{dataset['table_name']} where {held}")
    labels = [labels_of(released_home, column["code_set"]) if "code_set" in column else {} for column in shown]
    found = admin.find("chart/", "slice_name", chart["slice_name"])
    assert found is not None
    (result,) = admin.get(f"chart/{found['id']}/data/")["result"]
    assert len(expected) > 0
    assert sorted(_as_text(row.values()) for row in result["data"]) == sorted(
        _as_text(label.get(value, value) for label, value in zip(labels, row, strict=True)) for row in expected
    )


def _as_text(row: Iterable[Any]) -> list[str]:
    """Numbers of the page and of the file alike: 5, 5.0 and Decimal('5.00') are one."""
    return [value if isinstance(value, str) else "" if value is None else f"{float(value):.9g}" for value in row]


@pytest.mark.bite
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "sqllab/execute/", {"database_id": 1, "sql": "select 1"}),
        ("GET", "sqllab/", None),
        ("GET", "database/", None),
        ("GET", "dashboard/export/?q=!(1)", None),
        ("GET", "chart/export/?q=!(1)", None),
        ("GET", "assets/export/", None),
        ("GET", "security/users/", None),
        ("PUT", "chart/1", {"slice_name": "x"}),
        ("PUT", "dashboard/1", {"dashboard_title": "x"}),
    ],
)
def test_a_viewer_may_not_query_export_or_change(
    viewer: Client, method: str, path: str, body: dict[str, Any] | None
) -> None:
    assert viewer.get("dashboard/kela-kunta")["result"]["slug"] == "kela-kunta"
    assert viewer.status(method, path, json=body) == 403


@pytest.mark.bite
def test_without_an_account_nothing_can_be_read(served: Terminal) -> None:
    import requests

    with requests.Session() as session:
        session.trust_env = False
        for path in ("dashboard/kela-kunta", "dashboard/kela-kunta/charts", "chart/1/data/", "database/"):
            assert session.get(f"{served.url}/api/v1/{path}", timeout=60).status_code in (401, 403, 404)
        page = session.get(served.url + PAGE, timeout=60, allow_redirects=False)
        assert page.status_code == 302
        assert "/login" in page.headers["Location"]


@pytest.mark.bite
@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{file}')",
        "copy (select 1) to '{file}.out'",
        "attach '{file}' as other",
        "select getenv('HOME')",
        "set enable_external_access = true",
        "create table kela_flow.mine as select 1",
    ],
)
def test_even_the_administrators_sql_cannot_leave_the_release_file(
    admin: Client, tmp_path_factory: pytest.TempPathFactory, sql: str
) -> None:
    file = tmp_path_factory.mktemp("elsewhere") / "secret.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    database = admin.find("database/", "database_name", "Julkaisu")
    assert database is not None
    body = {"database_id": database["id"], "sql": "select count(*) from kela_flow.funnel"}
    assert admin.status("POST", "sqllab/execute/", json=body) == 200
    assert admin.status("POST", "sqllab/execute/", json=body | {"sql": sql.format(file=file)}) >= 400
    assert list(file.parent.iterdir()) == [file]


def test_applying_again_changes_nothing(admin: Client, released_home: Settings) -> None:
    def state() -> dict[str, Any]:
        found = {kind: {row["uuid"]: row["id"] for row in admin.rows(f"{kind}/")} for kind in ("chart", "dataset")}
        roles = sorted((row["id"], row["name"]) for row in admin.rows("security/roles/"))
        dashboards = sorted((row["id"], row["slug"]) for row in admin.rows("dashboard/"))
        return found | {"roles": roles, "dashboards": dashboards}

    before = state()
    applied = apply(released_home, admin)
    assert state() == before
    assets = load_assets(ASSETS)
    assert set(applied.rows) == set(assets.dashboards)
    for dashboard, rows in applied.rows.items():
        assert set(rows) == set(assets.charts_of(dashboard))
        assert all(count > 0 for count in rows.values())


def test_a_new_release_is_on_the_page_as_soon_as_the_link_flips(admin: Client, released_home: Settings) -> None:
    """The server opens the file by its link at each query, so no restart is needed."""
    (chart,) = [row["id"] for row in admin.rows("chart/") if row["slice_name"].startswith("Kelan ilmoitukset")]
    active = (released_home.release / "current").readlink()
    made = released_home.release / "flipped" / "release.duckdb"
    made.parent.mkdir()
    with duckdb.connect(str(made)) as connection:
        connection.execute("create schema kela_flow")
        connection.execute(
            "create table kela_flow.funnel as select 'month' as cut, '2018-01' as month,"
            " 77 as n_notifications, 7 as n_met"
        )
    try:
        _flip(released_home, "flipped")
        (result,) = admin.get(f"chart/{chart}/data/")["result"]
    finally:
        _flip(released_home, active)
    assert [tuple(row.values()) for row in result["data"]] == [("2018-01", 77, 7)]


def _flip(settings: Settings, target: str | Path) -> None:
    link = settings.release / "current.new"
    link.symlink_to(target)
    link.replace(settings.release / "current")
