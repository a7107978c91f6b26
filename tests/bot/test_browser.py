"""The web chat in a real browser: all seats on one page, a phone, and a server that goes away."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from bot.settings import Web, Webchat
from tests.bot.running import MovedClock, Running, running
from tests.bot.test_downloads import put_before
from tests.support.waiting import PATIENCE

T = TypeVar("T")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1440,950",
)  # fmt: skip  # a list of flags
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
REPORT = "急诊所有电脑HIS都进不去"

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER) and os.environ.get("CI") != "true", reason="no chromium and chromedriver on this machine"
)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or "chromium"
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER or "chromedriver"))
    try:
        yield found
    finally:
        found.quit()


class Page:
    """What a person does with the page; each call runs beside the event loop, in which the bot runs."""

    def __init__(self, browser: webdriver.Chrome) -> None:
        self.browser = browser

    async def open(self, bot: Running, path: str = "/") -> None:
        await asyncio.to_thread(self.browser.get, f"http://127.0.0.1:{bot.app.port}{path}")
        await self.until(lambda: self.browser.find_element(By.ID, "state").get_attribute("data-state") == "online")

    async def until(self, look: Callable[[], T]) -> T:
        redrawn = (StaleElementReferenceException, NoSuchElementException)
        wait = WebDriverWait(self.browser, PATIENCE, poll_frequency=0.1, ignored_exceptions=redrawn)
        return await asyncio.to_thread(wait.until, lambda _: look())

    async def say(self, seat: str, text: str) -> None:
        box = self.browser.find_element(By.CSS_SELECTOR, f"#pane-{seat} textarea")
        await asyncio.to_thread(box.send_keys, text + "\n")

    def bubbles(self, seat: str, kind: str = "") -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, f"#pane-{seat} .bubble{kind}")

    async def hears(self, seat: str, text: str, kind: str = ".bot") -> WebElement:
        found = await self.until(lambda: [b for b in self.bubbles(seat, kind) if text in b.text])
        return found[-1]

    def errors(self) -> list[str]:
        """What the browser complained of, but for requests that failed while the server was away."""
        entries: list[dict[str, str]] = self.browser.get_log("browser")  # type: ignore[no-untyped-call]  # selenium's own
        return [e["message"] for e in entries if "ERR_CONNECTION" not in e["message"]]


async def test_the_nurse_reports_the_engineer_takes_it_and_she_sees_it(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    async with running(tmp_path) as bot:
        page = Page(browser)
        await page.open(bot)
        await page.say("nurse", REPORT)
        await page.hears("nurse", "W1")
        paged = await page.hears("engineer1", "W1", ".page")
        await asyncio.to_thread(paged.find_element(By.CSS_SELECTOR, ".choice").click)
        await page.hears("nurse", "接单")
        for _ in range(2):
            over = (await page.hears("engineer1", "已接单", ".page")).find_element(By.CSS_SELECTOR, ".over")
            assert over.text.endswith("已接单")
            assert page.bubbles("engineer1", ".page .choice") == []
            said = [bubble.text for bubble in page.bubbles("engineer1")]
            assert len([text for text in said if not text.strip()]) == 0  # what changes a message is none itself
            await asyncio.to_thread(browser.refresh)
        assert page.errors() == []


async def test_markup_in_a_message_is_only_text(browser: webdriver.Chrome, tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        page = Page(browser)
        await page.open(bot, "/seat/nurse")
        evil = "<img src=x onerror=\"document.title='owned'\"> 门诊打印机坏了 <script>document.title='owned'</script>"
        await page.say("nurse", evil)
        await page.hears("nurse", "<script>", ".me")
        await page.hears("nurse", "W1")
        assert browser.title == "Wardline"
        assert browser.find_elements(By.CSS_SELECTOR, ".log img, .log script") == []


async def test_on_a_phone_one_seat_at_a_time_fits_the_screen(browser: webdriver.Chrome, tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        size = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        page = Page(browser)
        await page.open(bot)
        await page.say("nurse", REPORT)
        await page.hears("nurse", "W1")
        tab = await page.until(lambda: browser.find_element(By.CSS_SELECTOR, '[aria-controls="pane-engineer1"].unread'))
        await asyncio.to_thread(tab.click)
        button = (await page.hears("engineer1", "W1", ".page")).find_element(By.CSS_SELECTOR, ".choice")
        assert button.size["height"] >= 44
        panes = [p for p in browser.find_elements(By.CSS_SELECTOR, ".pane") if p.is_displayed()]
        assert [p.get_attribute("id") for p in panes] == ["pane-engineer1"]
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
        assert await asyncio.to_thread(browser.save_screenshot, str(tmp_path / "phone.png"))


async def test_an_approver_fetches_a_file_on_a_phone(browser: webdriver.Chrome, tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        size = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        page = Page(browser)
        await page.open(bot, "/seat/head-emergency")
        (file,) = (await put_before(bot, "application/pdf", b"x" * 2048))["files"]
        line = (await page.hears("head-emergency", file["name"])).find_element(By.CSS_SELECTOR, ".file")
        assert line.find_element(By.CSS_SELECTOR, ".size").text == "2.0 KB"
        fetch = "const done = arguments[1]; fetch(arguments[0].href).then((a) => a.text()).then((t) => done(t.length))"
        link = line.find_element(By.TAG_NAME, "a")
        assert file["name"] in link.text
        assert link.get_attribute("download") == file["name"]
        assert await asyncio.to_thread(browser.execute_async_script, fetch, link) == 2048
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
        assert page.errors() == []


async def test_what_is_written_while_the_server_is_away_is_sent_once_when_it_is_back(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    moved, page = MovedClock(), Page(browser)
    async with running(tmp_path, moved) as bot:
        port = bot.app.port
        await page.open(bot, "/seat/nurse")
    await page.until(lambda: browser.find_element(By.ID, "state").get_attribute("data-state") == "offline")
    await page.say("nurse", REPORT)
    await page.until(lambda: page.bubbles("nurse", ".waiting"))
    async with running(tmp_path, moved, web=Web(port=port)) as bot:
        await page.hears("nurse", "W1")
        assert len(page.bubbles("nurse", ".me")) == 1
        assert page.bubbles("nurse", ".waiting") == []
        await page.until(
            lambda: browser.execute_script("return sessionStorage.getItem('wardline.nurse.queue')") == "[]"
        )
        said = [m for m in await (await bot.person("nurse")).history() if m["by"] == "me"]
        assert len(said) == 1


async def test_the_language_is_switched_on_the_page(browser: webdriver.Chrome, tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        page = Page(browser)
        await page.open(bot, "/seat/nurse")
        button = browser.find_element(By.ID, "language")
        first = browser.find_element(By.CSS_SELECTOR, ".send").text
        await asyncio.to_thread(button.click)
        assert {first, browser.find_element(By.CSS_SELECTOR, ".send").text} == {"发送", "Send"}


async def test_a_person_without_a_session_sees_the_log_in(browser: webdriver.Chrome, tmp_path: Path) -> None:
    async with running(tmp_path, webchat=Webchat(enabled=True)) as bot:
        await asyncio.to_thread(browser.get, f"http://127.0.0.1:{bot.app.port}/")
        assert browser.current_url.endswith("/login")
        labels = [field.accessible_name for field in browser.find_elements(By.CSS_SELECTOR, "input:not([type=hidden])")]
        assert len(labels) == 2
        assert all(labels)


PRESS_TWICE = """
const done = arguments[arguments.length - 1];
const all = () => [...document.querySelectorAll("#pane-nurse .choice")];
const wanted = (words) => all().find((button) => button.dataset.action.startsWith(words));
wanted("confirm:").click();
const poll = setInterval(() => {
  const rating = wanted("rate:");
  if (rating) { clearInterval(poll); rating.click(); setTimeout(() => done(rating.disabled), 100); }
}, 5);
"""
"""Confirms, and presses the first rating in the instant in which it appears."""


async def test_the_second_half_of_a_double_click_rates_nothing(browser: webdriver.Chrome, tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        page = Page(browser)
        await page.open(bot)
        await page.say("nurse", REPORT)
        await page.hears("engineer1", "W1", ".page")
        await page.say("engineer1", "修好了 W1 原因：端口坏 方法：换端口 结果：恢复")
        await page.hears("nurse", "已修复")
        browser.set_script_timeout(PATIENCE)
        assert await asyncio.to_thread(browser.execute_async_script, PRESS_TWICE) is False
        assert "rate:" not in str([m.get("action") for m in await (await bot.person("nurse")).history()])
