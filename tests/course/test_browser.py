"""As a student would: the course in a browser, an exercise solved in its terminal turns green."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.conftest import Lab, missing

NOTEBOOK = "03_getting_started.ipynb"


@pytest.fixture
def page() -> Iterator[Page]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        missing("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        yield page
        browser.close()


def _course(lab: Lab) -> str:
    said = lab.docklab("up", "--port", "8960", "--no-open").stdout
    return re.findall(r"http\S+", said)[-1]


def _only_the_first_exercise(lab: Lab) -> None:
    """Leave two cells of the notebook, so that running all of them takes a moment."""
    path = lab.folder / "home/notebooks" / NOTEBOOK
    book = json.loads(path.read_text())
    wanted = ("import labs", 'labs.exercise("getting-started/hello-world")')
    book["cells"] = [cell for cell in book["cells"] if "".join(cell["source"]) in wanted]
    path.write_text(json.dumps(book))


def _menu(page: Page, *labels: str) -> None:
    page.locator(".lm-MenuBar-itemLabel", has_text=labels[0]).first.click()
    for label in labels[1:-1]:
        page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{label}$")).hover()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{labels[-1]}$")).click()


def _until(true: Callable[[], bool], page: Page) -> None:
    """Wait for what a terminal does: it draws on a canvas, so that there is no text to look for."""
    for _ in range(300):
        if true():
            return
        page.wait_for_timeout(100)
    pytest.fail("the terminal did not run the command")


def test_solved_exercise_turns_green(lab: Lab, page: Page, tmp_path: Path) -> None:
    address = _course(lab)
    _only_the_first_exercise(lab)
    page.goto(address)
    page.wait_for_selector(".jp-Notebook")
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    _menu(page, "Run", "Run All Cells")
    box = page.locator(".docklab-exercise")
    box.locator(".docklab-do-start").click()
    expect(box.locator(".docklab-do-start")).to_have_text("Started")
    box.locator(".docklab-do-check").click()
    expect(box.locator(".docklab-is-fail").first).to_contain_text("expected: a container")
    _menu(page, "File", "New", "Terminal")
    page.locator(".jp-Terminal").click()
    page.keyboard.type("docker run hello-world; touch ran\n")
    _until((lab.folder / "home/ran").exists, page)
    page.locator(".lm-TabBar-tabLabel", has_text=NOTEBOOK).first.click()
    box.locator(".docklab-do-check").click()
    expect(box).to_have_class(re.compile("docklab-passed"))
    expect(box.locator(".docklab-points")).to_have_text("5 / 5 points")
