"""The app as something to install: small, complete, and polite about a new version."""

import asyncio
import json
import re
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import copytree
from urllib.parse import urlsplit

import uvicorn
from playwright.async_api import Browser, expect

from pwa.serve import static_app
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import NO_NETWORK, device
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "pwa" / "dist"
LIGHT_BYTES = 150_000


async def test_it_can_be_installed(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.sign_in("jingansi")
    await phone.ready_offline()
    developer = await phone.context.new_cdp_session(phone.page)

    found = await developer.send("Page.getAppManifest")
    hindrances = (await developer.send("Page.getInstallabilityErrors"))["installabilityErrors"]

    manifest = json.loads(found["data"])
    assert found["errors"] == []
    # A browser that forgets everything afterwards, as every one of a test does, never installs.
    assert {each["errorId"] for each in hindrances} <= {"in-incognito"}
    assert {"any", "maskable"} <= {icon.get("purpose", "any") for icon in manifest["icons"]}
    for icon in manifest["icons"]:
        answer = await phone.context.request.get(chain.url + icon["src"])
        assert answer.ok, icon
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", (await answer.body())[16:24])
            assert icon["sizes"] == f"{width}x{height}"


async def test_only_our_own_scripts_may_run(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    answer = await phone.page.goto(chain.url)

    policy = await answer.header_value("content-security-policy") if answer else None
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


async def test_a_script_that_somebody_slips_in_is_refused_and_noticed(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.open()
    await phone.see("login").wait_for()

    run = await phone.page.evaluate(
        """() => {
          const inline = document.createElement('script')
          const tries = [
            () => { inline.textContent = 'window.slipped = 1'; document.body.append(inline) },
            () => { document.body.innerHTML = '<img src=x onerror="window.slipped = 2">' },
            () => { new Worker('https://elsewhere.example/worker.js') },
          ]
          const refused = tries.filter((slip) => { try { slip(); return false } catch { return true } })
          return [refused.length, window.slipped ?? null]
        }"""
    )

    assert run == [3, None]
    # Whatever any screen of any story is refused is a fault of that story, as these are.
    noticed = " ".join(phone.faults)
    assert "TrustedScript" in noticed
    assert "TrustedHTML" in noticed
    phone.forgive("requires 'Trusted")


async def test_a_clerks_home_is_light_and_without_the_managers_pictures(chain: Chain, give: GiveDevice) -> None:
    hers = await give(chain)
    await hers.sign_in("jingansi")
    phone = await give(chain)
    await phone.context.add_cookies(await hers.context.cookies())  # type: ignore[arg-type]  # the same shape

    await phone.open("/home")
    await phone.see("tasks").wait_for()
    loaded = await phone.page.evaluate(
        """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
          .filter(({ initiatorType }) => initiatorType !== 'fetch')
          .map(({ name, transferSize }) => [new URL(name).pathname, transferSize])"""
    )
    await phone.ready_offline()

    weight = sum(size for _, size in loaded)
    print(f"the clerk's home: {weight:,} bytes in {len(loaded)} files")  # noqa: T201 -- shown by pytest -s
    assert 10_000 < weight < LIGHT_BYTES, loaded
    asked = {urlsplit(request.url).path.lstrip("/") for request in phone.requests}
    assert asked & {path.lstrip("/") for path, _ in loaded}
    assert asked & managers_files() == set()
    kept = await phone.page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) =>
          (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname.slice(1))))).flat()"""
    )
    assert len(kept) > 20
    assert set(kept) & managers_files() == set()
    assert words_of_pages() <= set(kept)


def words_of_pages() -> set[str]:
    """What only some pages say, in both languages: it travels with them, and is there without a network."""
    named = re.compile(r"([a-z]+\.)?(zh-CN|en)-[\w-]+\.js")
    words = {f"assets/{file.name}" for file in (DIST / "assets").glob("*.js") if named.fullmatch(file.name)}
    assert len(words) > 10, "the build names no words: this story would prove nothing"
    return words


def managers_files() -> set[str]:
    """The files of the manager's pages and of what draws their pictures, by name and by what is in them."""
    pages = {page.stem for page in (ROOT / "pwa" / "src" / "features" / "manager").glob("*.vue")}
    only = {
        file.relative_to(DIST).as_posix()
        for file in (DIST / "assets").glob("*.*s")
        if file.name.split("-")[0] in pages or "zrender" in file.read_text()
    }
    assert only, "the build says nothing of the manager's pages: this story would prove nothing"
    return only


async def test_a_new_version_waits_until_somebody_says_now(browser: Browser, tmp_path: Path) -> None:
    dist = Path(copytree(DIST, tmp_path / "dist"))
    async with served(dist) as url, device(browser, url) as phone:
        phone.forgive("status of 40")
        phone.forgive(NO_NETWORK)
        await phone.open()
        await phone.see("login").fill("wangjing")
        await phone.ready_offline()
        await phone.page.reload()
        await phone.see("login").fill("wangjing")
        worker = dist / "sw.js"
        worker.write_text(worker.read_text() + "\n// tomorrow's version")

        await phone.page.evaluate("navigator.serviceWorker.getRegistration().then((known) => known.update())")

        await phone.shows("banner", "有新版本")
        await expect(phone.see("login")).to_have_value("wangjing")
        await phone.picture("update")
        async with phone.page.expect_event("load"):
            await phone.tap("banner-action")
        await phone.see("login").wait_for()
        await expect(phone.see("banner")).to_have_count(0)


@asynccontextmanager
async def served(dist: Path) -> AsyncIterator[str]:
    """The built app alone, from a folder that may change."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(static_app(dist), port=port, log_level="warning", lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running
