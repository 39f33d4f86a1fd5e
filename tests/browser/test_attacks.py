"""Words that attack: in a reply's words, name and website they run nowhere, not even where no policy forbids it.

Every line of the lists is a reply of its own on an article's page; where a page shows one reply, that has many.
"""

import json
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from beside import beside, publish
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Request
from served import Served, sign_in

from newsite.articles.models import Article
from newsite.comments import links, submission, threads
from newsite.comments.models import Comment, Status
from newsite.comments.submission import MAX_NAME_CHARS, NewReply
from newsite.db import db
from newsite.sanitize import POLICY, reply_html
from newsite.text import tidy_line, tidy_text

ON_A_PAGE = 200
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

# What the entries of a feed hold, as a program reads it; there must be no element in it but the feed's own.
CONTENTS = """text => {
  const feed = new DOMParser().parseFromString(text, "application/xml");
  const foreign = [...feed.querySelectorAll("*")].filter((one) => /html|svg/i.test(one.namespaceURI));
  if (foreign.length || feed.querySelector("parsererror")) throw new Error("not a feed");
  return [...feed.querySelectorAll("entry > content, item > description")].map((one) => one.textContent);
}"""


@dataclass(frozen=True)
class Attacked:
    """A site full of attacks."""

    site: Served
    singly: list[str]  # addresses of articles whose replies are one attack each
    many: str  # of the article whose replies are many
    own: list[str]  # of the pages of these
    reports: list[str]


@pytest.fixture(scope="module")
def attacked(serve: Callable[..., Served], fixtures_folder: Path) -> Attacked:
    """Every line of the lists, on pages and in the queue."""
    attacks: list[str] = []
    for file in sorted((fixtures_folder / "fixtures" / "xss").glob("*.txt")):
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        attacks += [line for line in lines if line.strip()]
    assert len(attacks) > 1_300
    site, many = serve(), list(together(attacks))
    with beside(site) as app:
        parts = [attacks[at : at + ON_A_PAGE] for at in range(0, len(attacks), ON_A_PAGE)]
        singly = [filled(app, part, number) for number, part in enumerate(parts)]
        article = publish(app, "Many")
        here = stand(article, many, Status.approved)
        stand(publish(app, "Waiting"), many, Status.pending)
        now = datetime.now(UTC)
        return Attacked(
            site,
            singly,
            str(article.path),
            [links.status_path(number, links.MAIL, now=now) for number in here],
            [f"/articles/{article.id}/replies/{number}/report" for number in here],
        )


def together(attacks: Iterable[str]) -> Iterator[str]:
    """The attacks, many to a text."""
    text = ""
    for attack in attacks:
        longer = f"{text}\n{attack}"
        if text and (len(longer) > MOST_CHARS or longer.count("<") > MOST_TAGS):
            yield text
            longer = attack
        text = longer
    yield text


def filled(app: Flask, attacks: list[str], number: int) -> str:
    article = publish(app, f"Attacks {number}")
    stand(article, attacks, Status.approved)
    return str(article.path)


def stand(article: Article, attacks: list[str], status: Status) -> list[int]:
    """Stores a reply for each, as if it had come and been decided about; the first begins the thread."""
    parent: Comment | None = None
    ids = []
    for number, attack in enumerate(attacks):
        comment = made(article, attack, number, status)
        comment.parent, comment.depth = parent, threads.depth(parent, 2)
        db.session.add(comment)
        db.session.flush()
        comment.place = threads.place(comment, parent)
        parent = parent or comment
        ids.append(comment.id)
    article.reply_count = len(attacks) if status is Status.approved else 0
    db.session.commit()
    return ids


def made(article: Article, attack: str, number: int, status: Status) -> Comment:
    body = submission.storable(attack)
    name = tidy_line(body)[:MAX_NAME_CHARS] or "Ann"
    website = f"https://x.example/{tidy_line(body)}"[: submission.MAX_WEBSITE_CHARS]
    sent = NewReply(name, f"a{number}@example.org", website, body).tidied()
    is_fit = "website" not in submission.problems(sent)
    return Comment(
        article=article,
        status=status,
        is_on_page=status is Status.approved,
        author_name=name,
        email=sent.email,
        email_key=sent.email,
        website=sent.website if is_fit else "",
        body=body,
        body_html=reply_html(tidy_text(body)),
        body_policy=POLICY,
        fingerprint=f"{status}{number}",
        created_at=datetime.now(UTC) - timedelta(minutes=10),
    )


@pytest.fixture
def watched(attacked: Attacked, open_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A browser without a policy that notes whatever runs, and whatever is asked of another host."""
    context = open_context(bypass_csp=True)
    context.add_init_script(WATCH)
    page, noticed = context.new_page(), list[str]()

    def note(request: Request) -> None:
        if not request.url.startswith((attacked.site.url, "data:", "about:")):
            noticed.append(request.url)

    page.on("request", note)
    page.on("dialog", lambda dialog: noticed.append(dialog.message))
    yield page
    assert noticed == []


def look(page: Page, url: str) -> int:
    """Fails if anything ran, or could; how many replies there are."""
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == 200, url
    assert page.evaluate(HOSTILE) == [], url
    return page.locator("[id^=comment-]").count()


def test_nothing_runs_under_an_article(attacked: Attacked, watched: Page) -> None:
    seen = sum(look(watched, attacked.site.url + path) for path in attacked.singly)
    assert seen > 1_300
    assert look(watched, attacked.site.url + attacked.many) == len(attacked.own)


def test_nothing_runs_on_a_replys_own_page(attacked: Attacked, watched: Page) -> None:
    assert attacked.own
    for path in attacked.own:
        look(watched, attacked.site.url + path)
        watched.locator("details").first.evaluate("element => { element.open = true }")


def test_nothing_runs_where_a_reply_is_reported(attacked: Attacked, watched: Page) -> None:
    for path in attacked.reports[::3]:  # the same template shows a reply that is answered
        look(watched, attacked.site.url + path)


def test_nothing_runs_at_the_desk(attacked: Attacked, watched: Page) -> None:
    sign_in(watched, attacked.site)
    path: str | None = "/desk/replies/"
    pages = 0
    while path:
        look(watched, attacked.site.url + path)
        pages += 1
        later = watched.locator('a[rel="next"]')
        path = later.first.get_attribute("href") if later.count() else None
    assert pages * 25 >= len(attacked.own)


@pytest.mark.parametrize("form", ["atom.xml", "feed.xml", "feed.json"])
def test_nothing_runs_in_a_feed_nor_where_a_program_shows_it(
    attacked: Attacked, watched: Page, form: str
) -> None:
    url = f"{attacked.site.url}{attacked.many}{form}"
    with urllib.request.urlopen(url, timeout=15) as answer:
        text = answer.read().decode()
    watched.goto(attacked.site.url)
    if form == "feed.json":
        shown = [item["content_html"] for item in json.loads(text)["items"]]
    else:
        shown = watched.evaluate(CONTENTS, text)
    assert len(shown) == min(50, len(attacked.own))
    watched.evaluate("htmls => { document.body.innerHTML = htmls.join('<hr>') }", shown)
    assert watched.evaluate(HOSTILE) == []
    if form != "feed.json":  # which a browser does not show
        watched.goto(url)
        assert watched.evaluate("window.ran ?? []") == []
