"""From a delivered CSV to the lake: the door against a bare `COPY (SELECT ... FROM read_csv) TO parquet` of DuckDB.

Person-months of Kela with made-up codes. The bare copy types the same columns and writes them with the same
compression; it checks nothing, hashes nothing, and looks for no key that stands twice. Rates are ratios within one
run. Memory is the peak of a process of its own that takes one file through the door.

    python benchmarks/landing.py [--rows 5000000] [--rounds 3] [--memory 1000000,5000000,20000000] [--gigabytes 5]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import yaml

from avainvarasto import intake
from avainvarasto.contracts import Contract, load_contracts
from avainvarasto.files import sha256_of
from avainvarasto.pseudonymise import keys
from avainvarasto.settings import PROJECT_ROOT, Settings
from avainvarasto.synthetic.hetu import identity_code

EXTRACT = "kela_person_month"
MONTHS, MOST_PERSONS = 20, 1_000_000  # the country's recipients of ten years are about a million
BYTES_A_ROW = 46.5
SIGNS, NUMBERS = "-YXWVU", range(900, 1000)
BARE = """
copy (
    select person_id, household_id, cast(strptime(month, '%Y%m') as date) as month, role, activity_code,
           on_unemployment_benefit
    from read_csv('{csv}', header = true, delim = ';', quote = '"', escape = '"', nullstr = '', auto_detect = false,
                  columns = {{person_id: 'VARCHAR', household_id: 'VARCHAR', month: 'VARCHAR', role: 'VARCHAR',
                              activity_code: 'VARCHAR', on_unemployment_benefit: 'BOOLEAN'}})
) to '{target}' (format parquet, compression zstd)
"""


def write_csv(path: Path, rows: int) -> None:
    """Person-months, each person in each of the months, ordered by month as registers send them."""
    persons = min(rows // MONTHS, MOST_PERSONS)
    months = rows // persons
    days = (date(1930, 1, 1) + timedelta(days=n) for n in range(persons // 600 + 1))
    made = (identity_code(day, sign, number) for day in days for sign in SIGNS for number in NUMBERS)
    codes = pa.array([code for code, _ in zip(made, range(persons), strict=False)])
    part = path.with_suffix(".part")
    with duckdb.connect() as connection, path.open("wb") as whole:
        connection.register("persons", pa.table({"n": pa.array(range(persons)), "code": codes}))
        for month in range(months):
            connection.execute(
                f"""
                copy (
                    select code as person_id, 'H' || lpad(cast(n * 3 // 5 as varchar), 9, '0') as household_id,
                           strftime(date '2017-01-01' + to_months({month}), '%Y%m') as month,
                           case n % 3 when 0 then 'HAKIJA' when 1 then 'PUOLISO' else 'LAPSI' end as role,
                           case (n + {month}) % 5 when 0 then 'TYOLLINEN' when 1 then 'TYOTON' when 2 then 'OPISKELIJA'
                                                  when 3 then 'MUU' end as activity_code,
                           (n + {month}) % 2 as on_unemployment_benefit
                    from persons order by n
                ) to '{part}' (header {month == 0}, delimiter ';')
                """
            )
            with part.open("rb") as stream:
                shutil.copyfileobj(stream, whole)
    part.unlink()


def deliver(home: Settings, rows: int) -> Path:
    """A delivery of so many rows. Returns the CSV."""
    folder = home.landing / "kela" / f"rows-{rows}"
    folder.mkdir(parents=True)
    csv = folder / "person_month.csv"
    write_csv(csv, rows)
    persons = min(rows // MONTHS, MOST_PERSONS)
    months = rows // persons
    last = date(2017 + months // 12, months % 12 + 1, 1) - timedelta(days=1)
    note = {
        "nature": "synthetic",
        "source": "kela",
        "delivery_id": folder.name,
        "supplier": "Kela",
        "created_at": datetime(2026, 1, 8, tzinfo=UTC),
        "period": {"from": date(2017, 1, 1), "to": last},
        "replaces": None,
        "files": [{"extract": EXTRACT, "path": csv.name, "sha256": sha256_of(csv), "rows": persons * months}],
    }
    (folder / "delivery.yml").write_text(yaml.safe_dump(note), encoding="utf-8")
    return csv


def land(home: Settings, contracts: Mapping[str, Contract]) -> None:
    """Checksum, row rules, unique key, pseudonyms, Parquet."""
    opened = intake.open_arrivals(home, contracts)
    counted = intake.land_extract(home, contracts, EXTRACT)
    if opened.refused or [n.n_quarantined for n in counted.values()] != [0]:
        raise SystemExit(f"the benchmark's file was not taken: {opened.refused}")


def judge(home: Settings, contracts: Mapping[str, Contract]) -> None:
    """The landing suite on what `land` left."""
    (receipt,) = intake.judge_extract(home, contracts, EXTRACT, "benchmark")
    if not receipt.passed:
        raise SystemExit("the benchmark's file broke its suite")


def a_home(folder: Path) -> Settings:
    home = Settings(home=folder)
    keys.make_key(home.person_key_file)
    home.landing.mkdir(parents=True)
    return home


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def rates(rows: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of each round, the contenders one after the other within it."""
    import great_expectations  # noqa: F401 - its import is paid before

    with tempfile.TemporaryDirectory() as folder:
        home = a_home(Path(folder))
        csv = deliver(home, rows)

        bare = BARE.format(csv=csv, target=Path(folder) / "bare.parquet")
        found: dict[str, list[float]] = {"bare": [], "door": [], "suite": []}
        contracts = load_contracts(home.expectations)
        land(home, contracts)
        judge(home, contracts)
        for _ in range(rounds):
            with duckdb.connect(config={"threads": home.threads}) as connection:
                found["bare"].append(seconds(lambda: connection.execute(bare)))
            found["door"].append(seconds(lambda: land(home, contracts)))
            found["suite"].append(seconds(lambda: judge(home, contracts)))
    return found


def peak(rows: int) -> dict[str, float]:
    """Megabytes at the peak, and size of the file, of a process that lands one file; the import is in it."""
    with tempfile.TemporaryDirectory() as folder:
        home = a_home(Path(folder))
        megabytes = deliver(home, rows).stat().st_size / 1e6
        made = subprocess.run(
            [sys.executable, __file__, "--land", folder], check=True, capture_output=True, text=True, cwd=PROJECT_ROOT
        )
        return {"rows": rows, "file_mb": megabytes} | json.loads(made.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", default="1000000,5000000,20000000")
    parser.add_argument("--gigabytes", type=float, default=0, help="also a file of that size")
    parser.add_argument("--land", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.land:
        home = Settings(home=Path(chosen.land))
        contracts = load_contracts(home.expectations)
        taken = seconds(lambda: land(home, contracts))
        # Not getrusage: its peak begins with that of the parent.
        peaks = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line]
        print(json.dumps({"peak_mb": int(peaks[0]) / 1024, "seconds": taken}))
        return
    print(f"| step, {chosen.rows:,} rows | seconds | rate to bare |\n|---|---|---|")
    found = rates(chosen.rows, chosen.rounds)
    middle = {name: statistics.median(times) for name, times in found.items()}
    whole = middle["door"] + middle["suite"]
    for name, taken in (
        ("bare COPY", middle["bare"]),
        ("the door", middle["door"]),
        ("the door and a warm suite", whole),
    ):
        print(f"| {name} | {taken:.2f} | {middle['bare'] / taken:.2f} |")
    sizes = [int(text) for text in chosen.memory.split(",") if text]
    if chosen.gigabytes:
        sizes.append(int(chosen.gigabytes * 1e9 / BYTES_A_ROW))
    print("\n| rows | file, MB | peak memory, MB | seconds |\n|---|---|---|---|")
    for size in sizes:
        one = peak(size)
        print(f"| {one['rows']:,} | {one['file_mb']:,.0f} | {one['peak_mb']:,.0f} | {one['seconds']:.1f} |", flush=True)


if __name__ == "__main__":
    main()
