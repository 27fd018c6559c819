"""What goods are counted in: the server, the phone and the demo's goods know the same."""

import re
from pathlib import Path

from api.demo.goods import goods
from retail.tasks.readings import PIECES

WORDS = Path(__file__).parents[3] / "pwa" / "src" / "ui" / "words.ts"


def test_the_phone_says_every_unit_as_the_server_does() -> None:
    said = re.findall(r"^  (\S): \['(\w+)', '(\w+)'\],$", WORDS.read_text(encoding="utf-8"), re.MULTILINE)
    assert {unit: (one, several) for unit, one, several in said} == PIECES


def test_every_unit_of_the_demo_has_an_english_word() -> None:
    assert {each.unit for each in goods()} <= set(PIECES)
