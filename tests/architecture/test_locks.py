"""The lock files name everything that pyproject.toml asks for, by hash, and no place to fetch it from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))


def names_in(lock: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", lock.read_text(), re.MULTILINE))


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9_.-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found.group()).lower()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_checks_every_package_and_names_no_host(lock: Path) -> None:
    text = lock.read_text()

    assert text.count("==") >= 1
    assert "://" not in text
    assert "index-url" not in text
    assert all("--hash=sha256:" in package for package in re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:])


def test_what_the_program_needs_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {name_of(line) for line in [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]}

    assert wanted <= names_in(ROOT / "requirements.lock")


def test_what_the_tests_need_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {name_of(line) for line in project["dependency-groups"]["dev"] if isinstance(line, str)}

    assert wanted | names_in(ROOT / "requirements.lock") <= names_in(ROOT / "requirements-dev.lock")
