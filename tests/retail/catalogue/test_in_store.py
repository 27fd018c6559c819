"""What the chain's scales print is read into an item and a weight or price. The phone reads the same vectors."""

from pathlib import Path

import orjson
import pytest

from retail.catalogue.in_store import Measure, Pattern, Weighed, base_code, price_check_digit, read, units_of

VECTORS = orjson.loads((Path(__file__).parents[3] / "pwa/src/data/in-store-codes.vectors.json").read_bytes())
PATTERNS = [
    Pattern(each["prefix"], each["itemDigits"], each["valueDigits"], Measure[each["measure"]], each["priceCheck"])
    for each in VECTORS["patterns"]
]


def test_the_vectors_use_patterns_that_may_be_set() -> None:
    assert all(pattern.is_sound for pattern in PATTERNS)


@pytest.mark.parametrize("vector", VECTORS["codes"], ids=lambda vector: vector["why"])
def test_a_scales_code_says_what_it_is_and_how_much(vector: dict[str, object]) -> None:
    said = vector["read"]

    weighed = read(str(vector["code"]), PATTERNS)

    assert weighed == (
        Weighed(said["base"], Measure[said["measure"]], said["value"]) if isinstance(said, dict) else None
    )
    if weighed is not None:
        unit_fen = vector["unitFen"]
        assert (
            units_of(
                weighed,
                pack_units=int(str(vector["packUnits"])),
                unit_fen=unit_fen if isinstance(unit_fen, int) else None,
            )
            == vector["units"]
        )


def test_the_price_check_digit_is_that_of_the_standards_own_examples() -> None:
    assert price_check_digit("2875") == "9"
    assert price_check_digit("14685") == "6"


def test_a_base_code_is_a_code_with_nothing_weighed() -> None:
    assert read(base_code("2012345"), PATTERNS) == Weighed(base_code("2012345"), Measure.GRAMS, 0)


@pytest.mark.parametrize(
    "pattern",
    [
        Pattern("69", 5, 5, Measure.GRAMS, price_check=False),
        Pattern("2a", 5, 5, Measure.GRAMS, price_check=False),
        Pattern("2", 6, 5, Measure.GRAMS, price_check=False),
        Pattern("20", 5, 6, Measure.GRAMS, price_check=False),
        Pattern("20", 3, 6, Measure.FEN, price_check=True),
        Pattern("20", 8, 2, Measure.FEN, price_check=False),
        Pattern("２0", 5, 5, Measure.GRAMS, price_check=False),
    ],
    ids=str,
)
def test_a_pattern_that_no_code_can_follow_is_not_sound(pattern: Pattern) -> None:
    assert not pattern.is_sound
