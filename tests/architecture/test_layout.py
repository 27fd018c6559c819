"""What keeps the tree readable: one name an area, short files, and no name that somebody else could take."""

import importlib.metadata
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("api", "auth", "migrations", "pwa", "retail", "schema")
MADE_BY_OTHERS = {".venv", ".tools", ".trueshelf", "node_modules", "dist", "build", "generated"}
LONGEST_FILE = 400


def source_files() -> list[Path]:
    return [
        file
        for suffix in ("py", "ts", "vue", "sql")
        for file in ROOT.rglob(f"*.{suffix}")
        if not MADE_BY_OTHERS.intersection(file.relative_to(ROOT).parts)
    ]


@pytest.mark.parametrize("name", OURS)
def test_no_installed_package_takes_one_of_our_names(name: str) -> None:
    owners = set(importlib.metadata.packages_distributions().get(name, [])) - {"trueshelf"}
    spec = importlib.util.find_spec(name)

    assert owners == set()
    assert spec is not None
    assert set(spec.submodule_search_locations or []) == {str(ROOT / name)}


def test_no_file_is_longer_than_a_sitting() -> None:
    too_long = [
        f"{file.relative_to(ROOT)}: {lines} lines"
        for file in source_files()
        if (lines := len(file.read_text().splitlines())) > LONGEST_FILE
    ]

    assert too_long == []


def test_the_schema_speaks_only_of_areas_that_the_business_has() -> None:
    business = {folder.name for folder in (ROOT / "retail").iterdir() if folder.is_dir()}
    words = {folder.name for folder in (ROOT / "schema").iterdir() if folder.is_dir()}

    assert words - business - {"__pycache__"} == set()
