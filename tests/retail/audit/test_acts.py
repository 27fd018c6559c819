"""Whatever the log can hold, its page can tell in words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from retail.audit.acts import Act
from retail.audit.chain_check import ADOPTED
from retail.inventory.models import MovementKind
from retail.stocktakes.policy import CountPolicy

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "pwa/src/features/log/acts.ts"
WORDS = [ROOT / f"pwa/src/app/messages/log.{language}.ts" for language in ("zh-CN", "en")]
BY_THE_LEDGER = {ADOPTED, "stock.batch", *(f"stock.{kind}" for kind in MovementKind)}

BY_THE_LEDGER_OF_AN_ACT = {"document", "request", "lines", "movements"}


def test_every_act_of_the_log_is_told_in_words_and_found_by_the_filter() -> None:
    """That each of the filter's acts has its words is tested beside them (log.test.ts)."""
    groups = PAGE.read_text(encoding="utf-8").split("export const GROUPS", 1)[1].split("} as const", 1)[0]

    assert set(re.findall(r"'([a-z_.]+)'", groups)) == {*get_args(Act), *BY_THE_LEDGER}


@pytest.mark.parametrize("words", WORDS, ids=lambda path: path.name)
def test_every_detail_of_an_act_has_its_label(words: Path) -> None:
    labels = words.read_text(encoding="utf-8").split("    field: {", 1)[1].split("    },", 1)[0]

    missing = details() - set(re.findall(r"^ +(\w+):", labels, re.MULTILINE))

    assert missing == set()


def details() -> set[str]:
    """Return the names of all details that some code writes into the log."""
    logging = [path for area in ("auth", "retail") for path in (ROOT / area).rglob("*.py")]
    texts = {path: path.read_text(encoding="utf-8") for path in logging}
    found = {key for text in texts.values() if "retail.audit" in text for key in _keys(ast.parse(text))}
    assert {"stocktake", "person", "left_out", "over"} <= found
    return found | set(CountPolicy().stored()) | BY_THE_LEDGER_OF_AN_ACT


def _keys(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "_log":
            yield from (keyword.arg for keyword in node.keywords if keyword.arg)
        for written in _written(node):
            if isinstance(written, ast.Dict):
                yield from (str(key.value) for key in written.keys if isinstance(key, ast.Constant))


def _written(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        to_log = ast.unparse(node.func).split(".")[-1] == "_log"
        return [word.value for word in node.keywords if word.arg == "details"] + (node.args if to_log else [])
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"details", "opened"}:
        return [node.value]
    return []
