"""`x.py` does what it says, from anywhere, and nothing twice."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tools import chromium, environment, web
from tools.steps import StepFailed

ROOT = Path(__file__).resolve().parents[2]


def x(*words: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "x.py"), *words]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


def test_an_unknown_command_shows_those_that_there_are() -> None:
    answer = x("launch")

    assert answer.returncode == 2
    for verb in ("run", "test", "check", "bench", "schema", "demo-reset"):
        assert f"  {verb} " in answer.stdout


@pytest.mark.parametrize("verb", ["run", "test", "check", "schema", "demo-reset", "lock"])
def test_who_asks_for_help_gets_it_and_nothing_is_set_up_or_built(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[str] = []
    monkeypatch.setattr(environment, "prepare", lambda **_: done.append("set up"))
    monkeypatch.setattr(environment, "lock", lambda: done.append("locked"))
    monkeypatch.setattr(web, "build", lambda: done.append("built"))
    monkeypatch.setattr(sys, "argv", ["x.py", verb, "--help"])
    commands = runpy.run_path(str(ROOT / "x.py"), run_name="commands")

    try:
        ended = commands["main"]()
    except SystemExit as ending:
        ended = ending.code

    assert (ended, done) == (0, [])
    assert f"x.py {verb}" in capsys.readouterr().out


def test_run_names_its_options_and_refuses_others_before_it_builds() -> None:
    assert "--port" in x("run", "--help").stdout

    refused = x("run", "--prot", "8001")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--prot" in refused.stderr


def test_setting_up_again_from_another_folder_does_nothing(tmp_path: Path) -> None:
    answer = x("setup", folder=tmp_path)

    assert (answer.returncode, answer.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_a_browser_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")

    with pytest.raises(StepFailed, match="/nowhere/chromium"):
        chromium.find()


@pytest.fixture
def steps_of_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A web app of two files, and an npm that only notes what it was asked."""
    pwa = tmp_path / "pwa"
    for name in ("src/main.ts", "package.json", "package-lock.json", "node_modules/vue/index.js", "dist/index.html"):
        file = pwa / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("1")
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "schema.graphql").write_text("type Query")
    steps: list[str] = []
    monkeypatch.setattr(web, "ROOT", tmp_path)
    monkeypatch.setattr(web, "PWA", pwa)
    monkeypatch.setattr(web, "BUILT", pwa / "dist" / ".built-from")
    monkeypatch.setattr(web, "INSTALLED", pwa / "node_modules" / ".installed-from")
    monkeypatch.setattr(web, "npm", lambda *words: steps.append(" ".join(words[:2])))
    return steps


INSTALL, BUILD = "ci --no-audit", "run build"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("pwa/src/main.ts", [BUILD]),
        ("schema/schema.graphql", [BUILD]),
        ("pwa/package-lock.json", [INSTALL, BUILD]),
        ("pwa/node_modules/vue/index.js", []),
        ("pwa/dist/index.html", []),
    ],
)
def test_the_web_app_is_built_again_only_when_it_changed(
    steps_of_npm: list[str], tmp_path: Path, changed: str, expected: list[str]
) -> None:
    web.build()
    assert steps_of_npm == [INSTALL, BUILD]
    steps_of_npm.clear()

    (tmp_path / changed).write_text("2")
    web.build()

    assert steps_of_npm == expected


def test_a_build_that_failed_is_tried_again(steps_of_npm: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    note = web.npm

    def fail(*words: str) -> None:
        note(*words)
        if words[1] == "build":
            raise StepFailed("vite")

    monkeypatch.setattr(web, "npm", fail)
    with pytest.raises(StepFailed):
        web.build()
    monkeypatch.setattr(web, "npm", note)
    steps_of_npm.clear()

    web.build()

    assert steps_of_npm == [BUILD]
