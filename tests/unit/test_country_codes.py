"""Identity codes of the made-up country: right, of the 900 series, each once, in all signs."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from stdnum.fi import hetu

from avainvarasto.settings import PROJECT_ROOT
from avainvarasto.synthetic.country.chance import generator
from avainvarasto.synthetic.country.codes import MOST_A_DAY, identity_codes
from avainvarasto.synthetic.country.composition import Persons
from avainvarasto.synthetic.country.country import make_country
from avainvarasto.synthetic.hetu import SIGNS

pytestmark = pytest.mark.unit


def codes_at(scale: float) -> tuple[Persons, pa.Array]:
    seed_file = PROJECT_ROOT / "dbt" / "seeds" / "municipality.csv"
    persons = make_country(seed_file, scale=scale, first="2017-01", last="2019-12", seed=7).persons
    return persons, identity_codes(generator(7, "codes"), persons)[0]


def test_codes_are_valid_and_tell_birth_and_sex() -> None:
    persons, codes = codes_at(0.003)
    for code, birth, sex in zip(codes.to_pylist(), persons.birth, persons.sex, strict=True):
        # The checker knows the signs in force since 2023 by their classic one.
        classic = code[:6] + ("-" if code[6] in SIGNS[19] else "A") + code[7:]
        assert hetu.is_valid(classic, allow_temporary=True)
        assert 900 <= int(code[7:10]) <= 999
        assert (int(code[7:10]) % 2 == 0) == (sex == 2)
        assert f"{birth.astype(object):%d%m%y}" == code[:6]
        assert (code[6] in SIGNS[19]) == (birth < np.datetime64("2000-01-01"))


def test_every_code_of_a_large_country_is_given_once_and_all_signs_are_in_use() -> None:
    persons, codes = codes_at(0.3)
    assert len(persons) > 300_000
    assert pc.count_distinct(codes).as_py() == len(codes)
    signs = Counter(pc.utf8_slice_codeunits(codes, 6, 7).to_pylist())
    assert set(signs) == {*SIGNS[19], *SIGNS[20]}
    assert signs["-"] > 5 * signs["V"]


def test_some_pairs_differ_in_the_sign_only() -> None:
    _, codes = codes_at(0.05)
    without_sign = Counter(code[:6] + code[7:] for code in codes.to_pylist())
    assert sum(n > 1 for n in without_sign.values()) >= 50


def test_a_day_that_is_full_sends_its_last_to_other_days_of_its_century() -> None:
    n = 3 * MOST_A_DAY
    birth = np.full(n, np.datetime64("1999-12-31"))
    persons = Persons(np.arange(n, dtype=np.int32), np.zeros(n, np.int8), birth, np.ones(n, np.int8), np.arange(n))
    codes, days = identity_codes(generator(1, "codes"), persons)
    assert pc.count_distinct(codes).as_py() == n
    assert days.max() == np.datetime64("1999-12-31")
    assert (days == birth).sum() == MOST_A_DAY
    assert set(pc.utf8_slice_codeunits(codes, 6, 7).to_pylist()) == set(SIGNS[19])
