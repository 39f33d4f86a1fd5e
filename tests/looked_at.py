"""What every page must be for everybody: axe finds nothing, nothing scrolls sideways."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


def examine(page: Page) -> None:
    """Fails with a line for each thing that axe finds, and if the page is wider than the window."""
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    problems = [
        f"{violation['id']}: {violation['help']}: {[node['html'][:120] for node in violation['nodes'][:3]]}"
        for violation in found.response["violations"]
    ]
    assert problems == [], "\n".join(problems)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
