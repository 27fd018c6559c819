"""The company's own sign-in, as the demo shows it: a tap here, a tap there, and back again."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from api.demo.company import SETTING, demo_company
from tests.stories.conftest import DEMO, seeded
from tests.stories.device import PICTURES
from tests.stories.patience import comes_to
from tests.support.postgres import TestingPostgres
from tests.support.server import ServerProcess


@pytest.fixture(scope="module")
def served(postgres: TestingPostgres) -> Iterator[ServerProcess]:
    """The demo chain with the demo's company beside it."""
    with postgres.database(seeded(postgres)) as url:
        server = ServerProcess(url, **DEMO)
        with demo_company(server.url) as setting:
            server._settings[SETTING] = setting
            with server:
                yield server


@asynccontextmanager
async def phone(browser: Browser, url: str) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 360, "height": 800}, locale="zh-CN")
    try:
        page = await context.new_page()
        await page.goto(url)
        yield page
    finally:
        await context.close()


async def go(page: Page, way: str, person: str) -> None:
    """Tap the company's button, and the person on its page."""
    await page.locator(f'a[href="/auth/company/{way}/start"]').click()
    await page.locator(f'button[value="{person}"]').click()


@pytest.mark.parametrize("way", ["company", "wecom"])
async def test_two_taps_lead_a_clerk_to_her_shop(served: ServerProcess, browser: Browser, way: str) -> None:
    async with phone(browser, served.url) as page:
        await go(page, way, "wangjing")

        await expect(page.get_by_test_id("store-name")).to_contain_text("望京店")
        cookies = {cookie.get("name"): cookie for cookie in await page.context.cookies(served.url)}
        assert cookies["trueshelf_session"].get("httpOnly")
        assert "trueshelf_company" not in cookies


async def test_headquarters_needs_no_second_factor_where_the_company_proved_one(
    served: ServerProcess, browser: Browser
) -> None:
    async with phone(browser, served.url) as page:
        await go(page, "company", "hq")

        await expect(page).to_have_url(f"{served.url}/manager")


async def test_headquarters_is_asked_for_one_after_wecom(served: ServerProcess, browser: Browser) -> None:
    async with phone(browser, served.url) as page:
        await go(page, "wecom", "hq")

        await expect(page).to_have_url(f"{served.url}/sign-in?step=second_factor")


async def test_the_demo_tells_headquarters_its_digits_after_wecom_too(served: ServerProcess, browser: Browser) -> None:
    async with phone(browser, served.url) as page:
        await go(page, "wecom", "hq")
        await page.get_by_test_id("demo-codes").wait_for()
        await page.screenshot(path=PICTURES / "demo-codes.png")

        await page.get_by_test_id("demo-code-hq").click()

        await expect(page).to_have_url(f"{served.url}/manager")


async def test_who_signs_out_here_is_signed_out_there(served: ServerProcess, browser: Browser) -> None:
    async with phone(browser, served.url) as page:
        await go(page, "company", "lujiazui")
        await page.get_by_test_id("tab-me").click()
        await page.get_by_test_id("sign-out").click()

        await expect(page.get_by_test_id("login")).to_be_visible()
        await expect(page).to_have_url(f"{served.url}/sign-in")

        async def known_there() -> bool:
            return any(cookie.get("name") == "demo_company" for cookie in await page.context.cookies())

        await comes_to(known_there, wanted=False)


async def test_a_company_that_is_away_is_said_to_be_away(postgres: TestingPostgres, browser: Browser) -> None:
    with postgres.database(seeded(postgres)) as url:
        server = ServerProcess(url, **DEMO)
        with demo_company(server.url) as setting:
            server._settings[SETTING] = setting
        with server:
            async with phone(browser, server.url) as page:
                await page.locator('a[href="/auth/company/company/start"]').click()

                await expect(page.get_by_test_id("company-problem")).to_be_visible()
                await expect(page).to_have_url(f"{server.url}/sign-in?problem=PROVIDER_DOWN")
