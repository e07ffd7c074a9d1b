"""A headless Chromium with a WAV file as its microphone, and the page in it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

MICROPHONE = Path(__file__).parents[1] / "audio" / "interested_price.wav"
CHROMIUM = "/usr/bin/chromium"
CHROMEDRIVER = "/usr/bin/chromedriver"
WAIT_SECONDS = 30
POLL_SECONDS = 0.05
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--hide-scrollbars",
    # A name that is not localhost, for the page on an insecure origin.
    "--host-resolver-rules=MAP insecure.test 127.0.0.1",
)
ALLOWED = "--use-fake-ui-for-media-stream"
DENIED = "--use-fake-ui-for-media-stream=deny"


@contextmanager
def chromium(permission: str = ALLOWED) -> Iterator[Chrome]:
    """A browser of its own, closed at the end."""
    with tempfile.TemporaryDirectory(prefix="vantum-chromium-", ignore_cleanup_errors=True) as profile:
        options = ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in (*FLAGS, permission, f"--use-file-for-fake-audio-capture={MICROPHONE}%noloop"):
            options.add_argument(flag)
        options.add_argument(f"--user-data-dir={profile}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = Chrome(options=options, service=ChromeService(CHROMEDRIVER))
        try:
            yield driver
        finally:
            driver.quit()


class Page:
    """The page as a person has it: looks, buttons and keys."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def open(self, url: str) -> None:
        self.driver.get(url)
        self.wait(lambda: self.text("providers") != "", "the health report")

    def wait(self, reached: Callable[[], bool], what: str, seconds: float = WAIT_SECONDS) -> None:
        WebDriverWait(self.driver, seconds, POLL_SECONDS).until(lambda _: reached(), what)

    def wait_for_badge(self, text: str) -> None:
        self.wait(lambda: self.text("badge-text") == text, f"the badge to say {text}")

    def wait_for_text(self, element_id: str, text: str) -> None:
        self.wait(lambda: text in self.text(element_id), f"{element_id} to say {text}")

    def click(self, element_id: str) -> None:
        self.driver.find_element(By.ID, element_id).click()

    def press(self, key: str) -> None:
        self.driver.switch_to.active_element.send_keys(key)

    def text(self, element_id: str) -> str:
        """The words of an element as a screen reader has them, also when they are for it alone."""
        return str(self.driver.find_element(By.ID, element_id).get_property("textContent")).strip()

    def shown(self, element_id: str) -> bool:
        return self.driver.find_element(By.ID, element_id).is_displayed()

    def style(self, selector: str, name: str) -> str:
        return self.driver.find_element(By.CSS_SELECTOR, selector).value_of_css_property(name)

    def attribute(self, selector: str, name: str) -> str:
        return self.driver.find_element(By.CSS_SELECTOR, selector).get_attribute(name) or ""

    def texts(self, selector: str) -> list[str]:
        script = "return [...document.querySelectorAll(arguments[0])].map((element) => element.textContent)"
        found: list[str] = self.driver.execute_script(script, selector)
        return found

    def count(self, name: str) -> int:
        """One of the page's diagnostics: samples ``played`` and ``dropped``, and ``gaps``."""
        return int(self.attribute("html", f"data-{name}") or 0)

    def evaluate(self, body: str) -> list[Json]:
        """Run the body of an asynchronous function in the page; it must return an array that is JSON."""
        script = (
            "const done = arguments[0]; (async () => {"
            + body
            + "})().then((value) => done({ value }), (error) => done({ error: String(error.stack) }))"
        )
        answer: dict[str, Json] = self.driver.execute_async_script(script)
        assert "error" not in answer, answer["error"]
        value = answer["value"]
        assert isinstance(value, list)
        return value

    def emulate(self, **features: str) -> None:
        """Set media features, as in ``emulate(prefers_color_scheme="dark")``."""
        pairs = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": pairs})

    def resize(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def complaints(self) -> list[str]:
        """What the browser's console holds at the level of warnings and above, since the last look."""
        serious = {"WARNING", "SEVERE"}
        entries: list[dict[str, str]] = self.driver.get_log("browser")
        return [entry["message"] for entry in entries if entry["level"] in serious]


SPACE = Keys.SPACE
ENTER = Keys.ENTER
ESCAPE = Keys.ESCAPE
