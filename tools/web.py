"""The web app: built by the Node of our environment, and only when its sources have changed."""

import hashlib
from pathlib import Path

from tools.environment import ROOT, VENV, alone, environ
from tools.steps import run, run_for_code, step

PWA = ROOT / "pwa"
BUILT = PWA / "dist" / ".built-from"
INSTALLED = PWA / "node_modules" / ".installed-from"
NPM = VENV / "bin" / "npm"

NOT_SOURCES = {"node_modules", "dist", "generated", "__pycache__", "coverage"}


def build() -> None:
    """Build pwa/dist unless it was built from exactly these sources."""
    if _reads(BUILT, _sources_digest()):
        return
    install()
    with alone():
        sources = _sources_digest()
        if _reads(BUILT, sources):
            return
        with step("Building the web app"):
            BUILT.unlink(missing_ok=True)
            npm("run", "build")
        BUILT.write_text(sources)


def install() -> None:
    """Install the locked packages of the web app unless they are there."""
    wanted = _digest([PWA / "package.json", PWA / "package-lock.json"])
    if _reads(INSTALLED, wanted):
        return
    with alone():
        if _reads(INSTALLED, wanted):
            return
        with step("Fetching the packages of the web app"):
            npm("ci", "--no-audit", "--no-fund", "--loglevel=warn")
        INSTALLED.write_text(wanted)


def npm(*words: str) -> None:
    run([NPM, *words], cwd=PWA, env=environ(), why="the web app")


def npm_for_code(*words: str) -> int:
    return run_for_code([NPM, *words], cwd=PWA, env=environ())


def _sources_digest() -> str:
    inside = [
        file
        for file in PWA.rglob("*")
        if file.is_file() and file.suffix != ".py" and not NOT_SOURCES.intersection(file.relative_to(PWA).parts)
    ]
    return _digest([*sorted(inside), ROOT / "schema" / "schema.graphql"])


def _digest(files: list[Path]) -> str:
    content = hashlib.sha256()
    for file in files:
        content.update(f"{file.relative_to(ROOT)}\0{file.stat().st_size}\0".encode())
        content.update(file.read_bytes())
    return content.hexdigest()


def _reads(file: Path, wanted: str) -> bool:
    return file.exists() and file.read_text() == wanted
