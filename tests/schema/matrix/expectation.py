"""The expectation: docs/access-matrix.md, read as data. Whoever changes who may see what changes that page."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs" / "access-matrix.md"
ROLES = ("clerk", "manager", "regional", "operations", "compliance", "buyer", "till", "platform")
STRANGER = "stranger"


@dataclass(frozen=True)
class Expectation:
    """What the page says: of root fields by role, of fields by type, of arguments that name an object."""

    roots: Mapping[str, Mapping[str, str]]
    fields: Mapping[str, frozenset[str]]
    names: Mapping[str, str]


def read() -> Expectation:
    """Read the page."""
    sections = {part.partition("\n")[0].strip(): part for part in PAGE.read_text(encoding="utf-8").split("\n## ")}
    roots = {
        cells[0]: dict(zip((STRANGER, *ROLES), cells[1:], strict=True))
        for title in ("Questions", "Acts", "Watching")
        for cells in _rows(sections[title])
    }
    fields: dict[str, frozenset[str]] = {}
    for kind, names, who in _rows(sections["Fields"]):
        allowed = frozenset(ROLES if who == "all" else who.split())
        for name in names.split():
            assert f"{kind}.{name}" not in fields, f"{kind}.{name} stands twice"
            fields[f"{kind}.{name}"] = allowed
    named = {cells[0]: cells[1] for cells in _rows(sections["Names"])}
    return Expectation(roots, fields, named)


def _rows(section: str) -> list[list[str]]:
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]
