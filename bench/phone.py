"""What a phone makes of the clerk's home: Lighthouse on a throttled phone, and what travels for it.

A clerk who is signed in opens the app while nothing of it is on the phone: Lighthouse empties the caches and the
service worker before each round and keeps the session.
"""

import asyncio
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from playwright.async_api import BrowserContext, async_playwright

from bench.figures import Figure, middle
from bench.house import ROOT, House
from bench.plan import Bar, Plan
from bench.ready import running
from tests.support.chromium import FLAGS
from tests.support.ports import free_port
from tools import chromium, web
from tools.environment import VENV, environ

PACKAGE = ROOT / "bench" / "lighthouse"
CLERK = "wangjing"
PASSWORD = "trueshelf"  # noqa: S105 -- of every account of the demo
PERFORMANCE_AIM = 95
ACCESSIBILITY_AIM = 100
WEIGHT_AIM_KB = 150
PATIENCE_MS = 60_000


def measure(house: House, plan: Plan, bar: Bar) -> Iterator[Figure]:
    """Yield the scores of the clerk's home and its weight in kB (1,000 bytes) as it travels, compressed."""
    del house
    bar.begin("clerk's home on a phone", 2 + plan.rounds)
    with bar.step("Lighthouse"):
        web.build()
        _install()
    reports = asyncio.run(_reports(plan.rounds, bar))
    performance = [_score(report, "performance") for report in reports]
    accessibility = [_score(report, "accessibility") for report in reports]
    weights = [report["audits"]["total-byte-weight"]["numericValue"] / 1000 for report in reports]
    yield _figure("Lighthouse performance, mobile", performance, "points", PERFORMANCE_AIM, note=_moments(reports))
    yield _figure("Lighthouse accessibility", accessibility, "points", ACCESSIBILITY_AIM, note=_failed(reports))
    weight = middle(weights)
    yield Figure(
        "loaded for it, compressed",
        weight,
        "kB",
        aim=f"< {WEIGHT_AIM_KB} kB",
        met=weight < WEIGHT_AIM_KB,
        note=f"{weights[0]:.0f} kB the first time, with the whole catalogue",
        rounds=tuple(weights),
    )


def _figure(name: str, scores: list[float], unit: str, aim: int, note: str) -> Figure:
    score = middle(scores)
    return Figure(name, score, unit, aim=f">= {aim}", met=score >= aim, note=note, rounds=tuple(scores))


async def _reports(rounds: int, bar: Bar) -> list[dict[str, Any]]:
    home = ROOT / ".trueshelf" / "bench-phone"
    profile = Path(tempfile.mkdtemp(prefix="trueshelf-phone-"))
    try:
        with running(home) as url:
            async with async_playwright() as playwright:
                port = free_port()
                browser = await playwright.chromium.launch_persistent_context(
                    profile,
                    executable_path=chromium.find(),
                    args=[*FLAGS, "--accept-lang=zh-CN", f"--remote-debugging-port={port}"],
                    viewport={"width": 360, "height": 800},
                )
                with bar.step("sign in"):
                    await _sign_in(browser, url)
                reports = []
                for _ in range(rounds):
                    with bar.step("open"):
                        reports.append(await asyncio.to_thread(_lighthouse, f"{url}/home", port))
                await browser.close()
                return reports
    finally:
        shutil.rmtree(profile)


async def _sign_in(browser: BrowserContext, url: str) -> None:
    page = browser.pages[0]
    await page.goto(url)
    await page.get_by_test_id("login").fill(CLERK)
    await page.get_by_test_id("password").fill(PASSWORD)
    await page.get_by_test_id("sign-in").click()
    await page.get_by_test_id("store-name").wait_for(timeout=PATIENCE_MS)
    await page.goto("about:blank")


def _lighthouse(url: str, port: int) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile(suffix=".json") as told:
        program = PACKAGE / "node_modules" / "lighthouse" / "cli" / "index.js"
        command: list[str | Path] = [VENV / "bin" / "node", program, url]
        asked = ["--only-categories=performance,accessibility", "--output=json", f"--output-path={told.name}"]
        done = subprocess.run(
            [*command, f"--port={port}", *asked, "--quiet", "--no-enable-error-reporting"],
            check=False,
            capture_output=True,
            text=True,
            env=environ(),
        )
        assert done.returncode == 0, done.stderr
        report: dict[str, Any] = orjson.loads(Path(told.name).read_bytes())
    assert report["finalDisplayedUrl"] == url, f"the browser was led to {report['finalDisplayedUrl']}"
    return report


def _score(report: dict[str, Any], category: str) -> float:
    return float(report["categories"][category]["score"]) * 100


def _moments(reports: list[dict[str, Any]]) -> str:
    """Return when the first and the largest content stood there, and for how long the phone was deaf."""
    audits = [report["audits"] for report in reports]
    named = {"first": "first-contentful-paint", "largest": "largest-contentful-paint", "deaf": "total-blocking-time"}
    return ", ".join(
        f"{word} {middle([audit[name]['numericValue'] for audit in audits]) / 1000:.2f} s"
        for word, name in named.items()
    )


def _failed(reports: list[dict[str, Any]]) -> str:
    """Return the names of the rules of accessibility that were broken."""
    broken = set()
    for report in reports:
        for rule in report["categories"]["accessibility"]["auditRefs"]:
            score = report["audits"][rule["id"]]["score"]
            if rule["weight"] and score is not None and score < 1:
                broken.add(rule["id"])
    return ", ".join(sorted(broken))


def _install() -> None:
    """Install the locked Lighthouse unless it is there."""
    wanted = hashlib.sha256((PACKAGE / "package-lock.json").read_bytes()).hexdigest()
    stamp = PACKAGE / "node_modules" / ".installed-from"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    subprocess.run(
        [web.NPM, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=PACKAGE,
        env={**environ(), "PUPPETEER_SKIP_DOWNLOAD": "1"},
        check=True,
        capture_output=True,
    )
    stamp.write_text(wanted)
