"""Words that attack, and a browser without a policy that notes what runs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Request

MOST_CHARS, MOST_TAGS = 4_000, 100  # of many attacks in one reply: fewer than make it plain text
WATCH = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = () => ran.push(name);
addEventListener("error", (event) => { if (event.error) ran.push(String(event.error)); });
"""
# What nothing of ours is, wherever it stands.
HOSTILE = """() => [...document.querySelectorAll("*")].filter((element) =>
  (element.localName === "script" && !element.src && element.type !== "application/ld+json")
  || ["iframe", "object", "embed", "svg", "math", "style", "base", "video", "audio"].includes(element.localName)
  || [...element.attributes].some(({name, value}) =>
    name.startsWith("on") || name === "style" || name === "srcdoc"
    || (/href|src|action|data/.test(name) && /^[\\s\\x00-\\x20]*(javascript|data|vbscript):/i.test(value))
  )).map((element) => element.outerHTML.slice(0, 200)).concat(window.ran ?? [])"""


def all_attacks(fixtures_folder: Path) -> list[str]:
    """Every line of the lists."""
    attacks: list[str] = []
    for file in sorted((fixtures_folder / "fixtures" / "xss").glob("*.txt")):
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        attacks += [line for line in lines if line.strip()]
    assert len(attacks) > 1_300
    return attacks


def together(attacks: Iterable[str], most: int = MOST_CHARS) -> Iterator[str]:
    """The attacks, many to a text of so many characters."""
    text = ""
    for attack in attacks:
        longer = f"{text}\n{attack}"
        if text and (len(longer) > most or longer.count("<") > MOST_TAGS):
            yield text
            longer = attack
        text = longer
    yield text


@contextmanager
def watching(context: BrowserContext, url: str) -> Iterator[Page]:
    """A page that notes whatever runs, and fails at its end if anything was asked of another host."""
    context.add_init_script(WATCH)
    page, noticed = context.new_page(), list[str]()

    def note(request: Request) -> None:
        if not request.url.startswith((url, "data:", "about:")):
            noticed.append(request.url)

    page.on("request", note)
    page.on("dialog", lambda dialog: noticed.append(dialog.message))
    yield page
    assert noticed == []


def look(page: Page, url: str, status: int = 200) -> int:
    """Fails if anything ran, or could; how many replies there are."""
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == status, url
    assert page.evaluate(HOSTILE) == [], url
    return page.locator("[id^=comment-]").count()
