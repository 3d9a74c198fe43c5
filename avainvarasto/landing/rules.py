"""The contract as SQL: a typed expression for each column, and for each rule the condition that breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from avainvarasto.contracts import LAKE_TYPES, Column, Contract, Domain
from avainvarasto.landing.readers.arriving import NUMBER_FOR_TEXT
from avainvarasto.landing.sql import literal, quoted

_PARTIAL = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"


# These need more than SQL of the row: the codes of the file, a scan of its texts, all its rows.
IDENTITY_CODE, NAMES_A_PERSON, UNIQUE_KEY = "identity_code", "names_a_person", "unique_key"


@dataclass(frozen=True)
class Rule:
    """A row for which `broken` is true goes to quarantine under `name`; None where SQL of the row cannot tell."""

    name: str
    column: str
    broken: str | None


def given(column: str) -> str:
    """The text of a column as delivered."""
    return f"line.{quoted(column)}"


def value(column: str) -> str:
    """The typed value of a column; NULL where the text is none of its type, or of its codes."""
    return f"line.{quoted(column + ' value')}"


def lines(contract: Contract) -> str:
    """SQL of the delivered lines, in parentheses: texts, and typed values beside them."""
    values = ", ".join(f"{typed(contract, name)} as {quoted(name + ' value')}" for name in contract.columns)
    return f"(select *, {values} from delivered) as line"


def typed(contract: Contract, name: str) -> str:
    """SQL that turns the delivered text into the column's type, NULL where it cannot; the default is for no text."""
    column = contract.columns[name]
    if column.type == "string" and column.domain.values is None:
        text = f"trim({quoted(name)})"
    else:  # trimming is dear, and few values need it
        as_written = _converted(contract, name, quoted(name))
        text = f"coalesce({as_written}, {_converted(contract, name, f'trim({quoted(name)})')})"
    if column.default is None:
        return text
    default = str(column.default).lower() if isinstance(column.default, bool | int) else literal(column.default)
    return f"case when {quoted(name)} is null then {default} else {text} end"


def code_types(contract: Contract) -> dict[str, list[str]]:
    """Types of the columns with a closed list of codes: name of the type, and the codes."""
    return {
        code_type(name): column.domain.values
        for name, column in contract.columns.items()
        if column.type == "string" and column.domain.values
    }


def code_type(column: str) -> str:
    """Name of the type that admits a column's codes only."""
    return quoted(f"{column} codes of the contract")


def _converted(contract: Contract, name: str, text: str) -> str:
    reader, column = contract.reader, contract.columns[name]
    match column.type:
        case "string":
            return f"try_cast({text} as {code_type(name)})"
        case "integer":
            return f"case when regexp_full_match({text}, '-?[0-9]{{1,18}}') then try_cast({text} as bigint) end"
        case "eur" | "pct" | "decimal":
            point = r"\." if reader.decimal == "." else ","
            places = 6 if column.type == "decimal" else 2
            number = f"replace({text}, ',', '.')"
            return (
                f"case when regexp_full_match({text}, '-?[0-9]+({point}[0-9]{{1,{places}}})?')"
                f" then try_cast({number} as {LAKE_TYPES[column.type]}) end"
            )
        case "date":
            return f"cast(try_strptime({text}, {literal(reader.date)}) as date)"
        case "month":
            return f"cast(try_strptime({text}, {literal(reader.month)}) as date)"
        case "timestamp":
            moment = f"try_strptime({text}, {literal(reader.timestamp)})"
            return f"timezone('Europe/Helsinki', {moment})" if "%z" in reader.timestamp else moment
        case "boolean":
            true, false = reader.boolean
            return f"case {text} when {literal(true)} then true when {literal(false)} then false end"
        case "partial_date":
            full = f"{text} || substr('-01-01', length({text}) - 3)"
            first_day = f"cast(try_strptime({full}, '%Y-%m-%d') as date)"
            return f"case when regexp_full_match({text}, '{_PARTIAL}') then {first_day} end"
        case _:
            raise TypeError(f"{contract.extract}: no such type of column as {column.type}")


def row_rules(contract: Contract, period: tuple[date, date] | None) -> list[Rule]:
    """Rules of the contract in the order in which the first broken one names the row.

    The conditions read the text as delivered as `given(name)` and typed values as `value(name)`; areas are looked up by
    the functions that `register_areas` makes. None of them may join: a join loses the order of the lines.
    """
    rules = [rule for name, column in contract.columns.items() for rule in _column_rules(contract, name, column)]
    if period and contract.period_column:
        at = f"cast({value(contract.period_column)} as date)"
        outside = f"{at} not between date '{period[0]}' and date '{period[1]}'"
        rules.append(Rule("inside_period", contract.period_column, outside))
    rules.append(Rule(UNIQUE_KEY, ", ".join(contract.key), broken=None))
    return rules


def _column_rules(contract: Contract, name: str, column: Column) -> Iterator[Rule]:
    if column.column_class in ("drop", "free_text"):
        return
    raw, val = given(name), value(name)
    if column.required:
        yield Rule("required", name, f"{raw} is null")
    if column.type == "string" and contract.reader.typed:
        yield Rule("number_for_text", name, f"starts_with({raw}, {literal(NUMBER_FOR_TEXT)})")
    if column.type != "string":
        yield Rule("type", name, f"{raw} is not null and {val} is null")
    if column.column_class == "identifier" and not column.holds_ready_pseudonym:
        yield Rule(IDENTITY_CODE, name, broken=None)
    if column.domain.values is not None:
        members = ", ".join(literal(code) for code in column.domain.values)
        other = f"{raw} is not null and {val} is null" if column.type == "string" else f"{val} not in ({members})"
        yield Rule("domain", name, other)
    yield from _domain_rules(name, column.domain)
    if column.domain.municipality_on:
        yield from _municipality_rules(contract, name, column)


def _domain_rules(name: str, domain: Domain) -> Iterator[Rule]:
    val = value(name)
    if domain.pattern is not None:
        yield Rule("pattern", name, f"not regexp_full_match({val}, {literal(domain.pattern)})")
    if domain.no_identifier:
        yield Rule(NAMES_A_PERSON, name, broken=None)
    if domain.min is not None:
        yield Rule("at_least", name, f"{val} < {domain.min}")
    if domain.max is not None:
        yield Rule("at_most", name, f"{val} > {domain.max}")
    if domain.true_from and domain.dated_by:
        dated_by = f"cast({value(domain.dated_by)} as date)"
        yield Rule("not_yet_in_use", name, f"{val} and {dated_by} < date '{domain.true_from}'")
    for code, day in domain.since.items():
        dated_by = f"cast({value(str(domain.dated_by))} as date)"
        yield Rule("not_yet_in_use", name, f"{val} = {literal(code)} and {dated_by} < date '{day}'")
    for code, day in domain.until.items():
        dated_by = f"cast({value(str(domain.dated_by))} as date)"
        yield Rule("no_longer_in_use", name, f"{val} = {literal(code)} and {dated_by} > date '{day}'")


def _municipality_rules(contract: Contract, name: str, column: Column) -> Iterator[Rule]:
    domain = column.domain
    on = str(domain.municipality_on)
    val = value(name)
    concerned = [f"{val} is not null"]
    if domain.also:
        concerned.append(f"{val} not in ({', '.join(literal(code) for code in domain.also)})")
    concerned += [f"{value(other)} = {literal(code)}" for other, code in domain.where.items()]
    of_municipality = " and ".join(concerned)
    if contract.columns[on].type == "integer":  # a year stands for its last day
        day = f"make_date(cast({value(on)} as integer), 12, 31)"
    else:
        day = f"cast({value(on)} as date)"
    yield Rule("municipality_unknown", name, f"{of_municipality} and not municipality_known({val})")
    yield Rule("municipality_ended", name, f"{of_municipality} and municipality_end({val}) < {day}")
    yield Rule("municipality_not_yet", name, f"{of_municipality} and municipality_start({val}) > {day}")
    if domain.elsewhere_county:
        elsewhere = " or ".join(f"{value(o)} <> {literal(v)}" for o, v in domain.where.items())
        yield Rule("county_unknown", name, f"({elsewhere}) and {val} is not null and not county_known({val})")
