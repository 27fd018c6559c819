"""The browser of the stories: real Chromium, driven by Playwright, talking to nobody but us."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from tools import chromium

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def launch(*more_flags: str) -> AsyncIterator[Browser]:
    """A browser; give each person of a story a context of her own (`browser.new_context(...)`)."""
    executable = chromium.find()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=[*FLAGS, *more_flags])
        try:
            yield browser
        finally:
            await browser.close()
