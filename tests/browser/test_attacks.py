"""Words that attack: in a reply's words, name and website they run nowhere, not even where no policy forbids it.

Every line of the lists is a reply of its own on an article's page; where a page shows one reply, that has many.
In the queue and in feeds names are whole: as many lines as a name holds, none of them cut.
"""

import json
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attacking import HOSTILE, all_attacks, look, together, watching
from beside import beside, publish
from flask import Flask
from playwright.sync_api import BrowserContext, Page
from served import Served, sign_in

from newsite.articles.models import Article
from newsite.comments import links, submission, threads
from newsite.comments.models import Comment, Status
from newsite.comments.submission import MAX_NAME_CHARS, NewReply
from newsite.db import db
from newsite.sanitize import POLICY, reply_html
from newsite.text import tidy_line, tidy_text

ON_A_PAGE, IN_A_FEED = 200, 50
ADDRESS = "ann@example.org"
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
    named: list[
        str
    ]  # of articles whose replies have names that are whole attacks, as many as a feed holds
    own: list[str]  # of the pages of these
    reports: list[str]


@pytest.fixture(scope="module")
def attacked(serve: Callable[..., Served], fixtures_folder: Path) -> Attacked:
    """Every line of the lists, on pages and in the queue."""
    attacks = all_attacks(fixtures_folder)
    site, many = serve(), list(together(attacks))
    names = list(together(attacks, MAX_NAME_CHARS))
    with beside(site) as app:
        parts = [attacks[at : at + ON_A_PAGE] for at in range(0, len(attacks), ON_A_PAGE)]
        singly = [filled(app, part, number) for number, part in enumerate(parts)]
        article = publish(app, "Many")
        here = stand(article, many, Status.approved)
        websites = [one for one in map(website, attacks) if one]
        stand(publish(app, "Waiting"), many + names, Status.pending, websites)
        fed = [names[at : at + IN_A_FEED] for at in range(0, len(names), IN_A_FEED)]
        named = []
        for number, part in enumerate(fed):
            of_names = publish(app, f"Names {number}")
            stand(of_names, part, Status.approved, websites[number :: len(fed)])
            named.append(str(of_names.path))
        now = datetime.now(UTC)
        return Attacked(
            site,
            singly,
            str(article.path),
            named,
            [links.status_path(number, links.MAIL, now=now) for number in here],
            [f"/articles/{article.id}/replies/{number}/report" for number in here],
        )


def filled(app: Flask, attacks: list[str], number: int) -> str:
    article = publish(app, f"Attacks {number}")
    stand(article, attacks, Status.approved)
    return str(article.path)


def stand(
    article: Article, attacks: list[str], status: Status, websites: Sequence[str] = ()
) -> list[int]:
    """Stores a reply for each, as if it had come and been decided about; the first begins the thread.

    `websites` are those of the last of them; without any, each has its own attack there, if the form takes it.
    """
    given = [""] * (len(attacks) - len(websites)) + list(websites)
    sent = [
        made(article, attack, number, status, given[number] if websites else website(attack))
        for number, attack in enumerate(attacks)
    ]
    for comment in sent[1:]:
        comment.parent, comment.depth = sent[0], 2
    db.session.add_all(sent)
    db.session.flush()
    for comment in sent:
        comment.place = threads.place(comment, comment.parent)
    article.reply_count = len(attacks) if status is Status.approved else 0
    db.session.commit()
    return [comment.id for comment in sent]


def website(attack: str) -> str:
    """The attack as the path of a website, if the form takes that."""
    address = f"https://x.example/{tidy_line(submission.storable(attack))}"
    sent = NewReply("Ann", ADDRESS, address[: submission.MAX_WEBSITE_CHARS], "x").tidied()
    return "" if "website" in submission.problems(sent) else sent.website


def made(article: Article, attack: str, number: int, status: Status, website: str) -> Comment:
    body = submission.storable(attack)
    name = tidy_line(body)[:MAX_NAME_CHARS] or "Ann"
    email = f"a{number}@example.org"
    return Comment(
        article=article,
        status=status,
        is_on_page=status is Status.approved,
        author_name=name,
        email=email,
        email_key=email,
        website=website,
        body=body,
        body_html=reply_html(tidy_text(body)),
        body_policy=POLICY,
        depth=1,
        fingerprint=f"{status}{number}",
        created_at=datetime.now(UTC) - timedelta(minutes=10),
    )


@pytest.fixture
def watched(attacked: Attacked, open_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A browser without a policy that notes whatever runs, and whatever is asked of another host."""
    with watching(open_context(bypass_csp=True), attacked.site.url) as page:
        yield page


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
    pages = websites = 0
    while path:
        look(watched, attacked.site.url + path)
        pages += 1
        websites += watched.locator('.queue a[href^="https://x.example/"]').count()
        later = watched.locator('a[rel="next"]')
        path = later.first.get_attribute("href") if later.count() else None
    assert pages * 25 >= len(attacked.own) + IN_A_FEED * (len(attacked.named) - 1)
    assert websites > 150


@pytest.mark.parametrize("form", ["atom.xml", "feed.xml", "feed.json"])
def test_nothing_runs_in_a_feed_nor_where_a_program_shows_it(
    attacked: Attacked, watched: Page, form: str
) -> None:
    watched.goto(attacked.site.url)
    shown: list[str] = []
    for path in [attacked.many, *attacked.named]:
        with urllib.request.urlopen(f"{attacked.site.url}{path}{form}", timeout=15) as answer:
            text = answer.read().decode()
        if form == "feed.json":
            shown += [item["content_html"] for item in json.loads(text)["items"]]
        else:
            shown += watched.evaluate(CONTENTS, text)
    assert len(shown) > min(IN_A_FEED, len(attacked.own)) + (len(attacked.named) - 1) * IN_A_FEED
    watched.evaluate("htmls => { document.body.innerHTML = htmls.join('<hr>') }", shown)
    assert watched.evaluate(HOSTILE) == []
    if form != "feed.json":  # which a browser does not show
        for path in (attacked.many, attacked.named[0]):
            watched.goto(f"{attacked.site.url}{path}{form}")
            assert watched.evaluate("window.ran ?? []") == []
