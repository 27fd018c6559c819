"""Asks the package indexes whether anything in the lock files has a known weakness.

Python: the index's own JSON of each release names its advisories. JavaScript: `npm audit` asks the registry. Both
are asked where pip and npm are configured to ask. It needs a network, so it is no part of `x.py check`; what could not
be asked is said, and never counted as clean.
"""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tools.environment import ROOT, environ
from tools.steps import StepFailed, say
from tools.web import NPM, PWA

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-replay.lock")
SECONDS = 20
AT_ONCE = 8
KNOWN, CLEAN, UNASKED = 1, 0, 2

_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)")


@dataclass
class Found:
    """What has been found, and what could not be asked."""

    advisories: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    asked: int = 0

    @property
    def code(self) -> int:
        """1 when a weakness is known, else 2 when something could not be asked, else 0."""
        if self.advisories:
            return KNOWN
        return UNASKED if self.unasked else CLEAN


def pins(text: str) -> Iterator[tuple[str, str]]:
    """Return name and version of each line of a lock file that pins something."""
    for line in text.splitlines():
        pinned = _PINNED.match(line)
        if pinned:
            yield pinned.group(1).lower().replace("_", "-"), pinned.group(2)


def locked() -> list[tuple[str, str]]:
    """Return every pinned Python package of the lock files."""
    return sorted({pin for lock in LOCKS for pin in pins((ROOT / lock).read_text(encoding="utf-8"))})


def weaknesses(answer: object) -> list[str] | None:
    """Return the advisories of a release by the index's JSON; None when the index says nothing about them."""
    told = answer.get("vulnerabilities") if isinstance(answer, dict) else None
    if not isinstance(told, list):
        return None
    return [
        " ".join(
            part
            for part in (
                str(each.get("id", "?")),
                f"({', '.join(map(str, each['aliases']))})" if each.get("aliases") else "",
                f"fixed in {', '.join(map(str, each['fixed_in']))}" if each.get("fixed_in") else "no fix yet",
            )
            if part
        )
        for each in told
        if isinstance(each, dict) and not each.get("withdrawn")
    ]


def index_of(simple_url: str) -> str:
    """Return where the JSON of an index is, from the address that pip installs from (.../simple)."""
    return simple_url.rstrip("/").removesuffix("/simple") + "/pypi"


def ask_python(found: Found, index: str) -> None:
    """Ask about every pinned Python package."""
    packages = locked()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda pin: _release(index, *pin), packages))
    silent = []
    for (name, version), answer in zip(packages, answers, strict=True):
        told = None if answer is None else weaknesses(answer)
        if told is None:
            silent.append(f"{name} {version}")
            continue
        found.asked += 1
        found.advisories += [f"{name} {version}: {each}" for each in told]
    if silent:
        shown = ", ".join(silent[:5]) + (" ..." if len(silent) > 5 else "")  # noqa: PLR2004 -- enough to see which
        found.unasked.append(f"{len(silent)} of {len(packages)} Python packages: the index does not say ({shown})")


def _release(index: str, name: str, version: str) -> object:
    try:
        with urllib.request.urlopen(f"{index}/{name}/{version}/json", timeout=SECONDS) as answer:  # noqa: S310 -- pip's own index
            return json.load(answer)
    except (OSError, ValueError, urllib.error.URLError):
        return None


def audited(text: str) -> list[str] | None:
    """Return the advisories in what `npm audit --json` printed; None when it is no report."""
    try:
        report = json.loads(text)
    except ValueError:
        return None
    packages = report.get("vulnerabilities") if isinstance(report, dict) else None
    if not isinstance(packages, dict) or "metadata" not in report:
        return None
    return [
        f"{name}: {via['title']} ({via.get('severity', '?')}, {via.get('url', 'no address')})"
        for name, package in sorted(packages.items())
        for via in package.get("via", [])
        if isinstance(via, dict) and "title" in via
    ]


def ask_npm(found: Found) -> None:
    """Ask about everything in package-lock.json."""
    done = subprocess.run(
        [str(NPM), "audit", "--json"], cwd=PWA, env=environ(), check=False, capture_output=True, text=True
    )
    told = audited(done.stdout)
    if told is None:
        found.unasked.append("the JavaScript packages: npm audit got no report from its registry")
        return
    found.asked += 1
    found.advisories += told


def pips_index() -> str:
    """Return where pip installs from here, by its settings and its environment: its help shows what it would take."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--help"], check=False, capture_output=True, text=True
    )
    shown = re.search(r"--index-url.*?\(default\s+(\S+?)\)", done.stdout, re.DOTALL)
    if shown is None:
        raise StepFailed("pip does not say where it installs from: name the index, x.py advisories https://.../simple")
    return shown.group(1)


def check(words: Sequence[str]) -> int:
    """Ask, tell, and return 1 for a known weakness, 2 when something could not be asked, 0 when all is well."""
    found = Found()
    ask_python(found, index_of(words[0] if words else pips_index()))
    ask_npm(found)
    for each in found.advisories:
        say(f"✗ {each}")
    for each in found.unasked:
        say(f"? not asked: {each}")
    if found.code == CLEAN:
        say("✓ No known weakness in anything that the lock files name")
    return found.code
