"""The locked Python environment: `.tools` holds uv, `.venv` holds exactly what the lock files name.

Nothing outside the checkout is changed. Every file is checked against the hash in its lock.
A second call with unchanged locks only compares a stamp.
"""

import fcntl
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.steps import StepFailed, run, say, step

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

UV_VERSION = "0.13.9"
UV = TOOLS / "bin" / "uv"

RUNTIME_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
REPLAY_LOCK = ROOT / "requirements-replay.lock"
STAMP = VENV / ".trueshelf-stamp.json"


def prepare(*, dev: bool = False, replay: bool = False) -> None:
    """Make `.venv` match the locks; what an earlier call asked for (dev, replay) stays installed."""
    locks = _locks(dev=dev, replay=replay)
    if _is_current(locks):
        return
    with alone():
        locks = _locks(dev=dev, replay=replay)
        if not _is_current(locks):
            _build(locks)


def environ() -> dict[str, str]:
    """The environment for every program that we start: `.venv` first, caches where we may write."""
    env = dict(os.environ)
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["VIRTUAL_ENV"] = str(VENV)
    env["UV_PYTHON_DOWNLOADS"] = "never"
    env.pop("PYTHONHOME", None)
    env.pop("PYTHONPATH", None)
    if not os.access(Path.home(), os.W_OK):
        env.setdefault("UV_CACHE_DIR", str(TOOLS / "cache" / "uv"))
        env.setdefault("npm_config_cache", str(TOOLS / "cache" / "npm"))
    return env


@contextmanager
def alone() -> Iterator[None]:
    """Two commands that change one checkout at once take turns."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("… another x.py is changing this checkout: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def lock() -> None:
    """Resolve pyproject.toml again and rewrite the three lock files."""
    _need_uv()
    with step("Resolving the lock files"):
        _compile(RUNTIME_LOCK, "--group", "build", "pyproject.toml")
        _compile(DEV_LOCK, "-c", RUNTIME_LOCK.name, "--group", "dev", "pyproject.toml")
        _compile(REPLAY_LOCK, "--no-deps", "requirements-replay.in")


def _locks(*, dev: bool, replay: bool) -> list[Path]:
    """Which lock files to install: what is asked for now, and what was asked for before."""
    before = _stamp().get("locks", [])
    main = DEV_LOCK if dev or DEV_LOCK.name in before else RUNTIME_LOCK
    return [main, REPLAY_LOCK] if replay or REPLAY_LOCK.name in before else [main]


def _is_current(locks: list[Path]) -> bool:
    return PYTHON.exists() and _stamp() == _fresh_stamp(locks)


def _stamp() -> dict[str, Any]:
    try:
        stamp: dict[str, Any] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def _fresh_stamp(locks: list[Path]) -> dict[str, Any]:
    content = hashlib.sha256()
    for file in (*locks, ROOT / "pyproject.toml"):
        content.update(file.read_bytes())
    # The place is part of it: scripts in .venv hold absolute paths, so a moved checkout is a new one.
    return {
        "content": content.hexdigest(),
        "locks": [file.name for file in locks],
        "python": sys.version,
        "root": str(ROOT),
        "uv": UV_VERSION,
    }


def _build(locks: list[Path]) -> None:
    _need_uv()
    with step(f"Setting up Python packages from {', '.join(file.name for file in locks)}"):
        python = _base_python()
        if not PYTHON.exists() or _stamp().get("python") != sys.version or _stamp().get("root") != str(ROOT):
            _uv("venv", "--quiet", "--clear", "--force", "--python", python, VENV)
        STAMP.unlink(missing_ok=True)
        _uv("pip", "sync", "--require-hashes", "--python", PYTHON, *locks)
        _uv("pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--python", PYTHON, "--editable", ROOT)
    STAMP.write_text(json.dumps(_fresh_stamp(locks)))


def _need_uv() -> None:
    """Install uv beside the project; also where pip refuses to touch the system's Python."""
    if UV.exists() and (TOOLS / f"uv-{UV_VERSION}.dist-info").exists():
        return
    with step(f"Fetching uv {UV_VERSION}"):
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--upgrade", "--target", str(TOOLS), f"uv=={UV_VERSION}"]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        if done.returncode and "externally-managed" in done.stderr:
            done = subprocess.run([*command, "--break-system-packages"], check=False, capture_output=True, text=True)
        if done.returncode:
            raise StepFailed(f"pip could not fetch uv:\n{done.stderr.strip()}")


def _base_python() -> Path:
    """The interpreter behind a virtual environment, if we were started from one (it may be the one we replace)."""
    if sys.prefix == sys.base_prefix:
        return Path(sys.executable)
    return Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"


def _uv(*words: str | Path) -> None:
    """Run uv. Whoever told pip about a mirror or a certificate, in a file or a variable, means uv as well."""
    env = environ()
    for ours, pips in {"UV_DEFAULT_INDEX": "index-url", "SSL_CERT_FILE": "cert"}.items():
        if ours not in env and (told := _pips_setting(pips)):
            env[ours] = told
    run([UV, *words], cwd=ROOT, env=env, why="uv")


@functools.cache
def _pips_setting(name: str) -> str | None:
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout
    told = dict(re.findall(rf"^(\S+)\.{name}='(.*)'$", listed, re.MULTILINE))
    return told.get(":env:") or told.get("install") or told.get("global")


def _compile(target: Path, *sources: str) -> None:
    style = ["--quiet", "--universal", "--generate-hashes", "--no-annotate", "--python-version", "3.11"]
    header = ["--custom-compile-command", "python3 x.py lock"]
    _uv("pip", "compile", *style, *header, *sources, "--output-file", target.name)
