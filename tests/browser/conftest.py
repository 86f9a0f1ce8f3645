"""A real browser, when one is installed: Chromium without a window, driven over its DevTools protocol."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from tests.surfaces.sandbox.conftest import net

__all__ = ["net"]
NAMES = ("chromium", "chromium-browser", "google-chrome")
expect.set_options(timeout=60_000)  # of a busy machine
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Open = Callable[..., Awaitable[Page]]


def chromium() -> str:
    """Its path; without one the test is skipped, which CI refuses."""
    found = next((path for path in map(shutil.which, NAMES) if path), "")
    if not found and os.environ.get("CI") == "true":
        pytest.fail(f"no browser found by the names {', '.join(NAMES)}")
    return found or pytest.skip(f"no browser found by the names {', '.join(NAMES)}")


@pytest_asyncio.fixture
async def open_page() -> AsyncIterator[Open]:
    """`await open_page(url, width=..., locale=...)`: a fresh profile; an error on the page fails the test."""
    path = chromium()
    wrong: list[str] = []

    def said(message: Any) -> None:
        if message.type == "error" and "ERR_INTERNET_DISCONNECTED" not in message.text:
            wrong.append(message.text)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)

        async def go(url: str, *, width: int = 1280, height: int = 800, locale: str = "en-US") -> Page:
            context = await browser.new_context(
                viewport={"width": width, "height": height}, locale=locale, reduced_motion="reduce"
            )
            context.set_default_timeout(60_000)
            page = await context.new_page()
            page.on("pageerror", lambda e: wrong.append(str(e)))
            page.on("console", said)
            await page.goto(url)
            return page

        yield go
        await browser.close()
    assert wrong == []
