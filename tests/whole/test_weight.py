"""What a reader on a slow line waits for: the article everything began with, and all that it needs."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import brotli
from pages import Pages
from seed import seed

import newsite.demo
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions
from newsite.comments.submission import NewReply
from newsite.db import db

BUDGET = 14_000  # bytes, brotli; the seed's own words take half of it
REPLIES, REPLY_CHARS = 50, 300
QUALITY = 5  # as pages are compressed when they are asked for
DEMO = Path(newsite.demo.__file__).parent / "content" / "articles"


def replies() -> list[NewReply]:
    """Fifty replies of 300 characters of plain English, none like another: the demo's own sentences."""
    articles = [path.read_text().split("+++")[2] for path in sorted(DEMO.glob("*.md"))]
    text = re.sub(r"[^\w .,;’'-]+", " ", " ".join(articles))
    return [
        NewReply(text[at : at + 20], f"reader{at}@example.org", "", text[at : at + REPLY_CHARS])
        for at in range(0, REPLIES * REPLY_CHARS, REPLY_CHARS)
    ]


def compressed(pages: Pages, path: str) -> int:
    """The bytes that come over the line for one address."""
    answer = pages.fetch(path, headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200, path
    if answer.headers.get("Content-Encoding") == "br":
        return len(answer.data)
    return len(brotli.compress(answer.data, quality=QUALITY))


def test_the_seeds_article_with_fifty_replies_is_light(
    pages: Pages,
    make_article: Callable[..., Article],
    editor: User,
    fixtures_folder: Path,
    now: datetime,
    record_property: Callable[[str, object], None],
) -> None:
    article = make_article(first_published=date(2023, 1, 26), **seed(fixtures_folder))
    for minute, sent in enumerate(replies()):
        comment = actions.submit_reply(article, sent, now=now + timedelta(minutes=minute))
        actions.approve(comment, by=editor, now=now)
    db.session.commit()
    page = pages.get(str(article.path))
    assert len(page.all("[id^=comment-]")) == REPLIES
    needed = [str(link["href"]) for link in page.all("link[rel=stylesheet]")]
    needed += [str(script["src"]) for script in page.all("script[src]")]
    weights = {path: compressed(pages, path) for path in (page.path, *needed)}
    for path, weight in weights.items():
        record_property(path, weight)  # for the benchmarks' table
    assert sum(weights.values()) <= BUDGET, weights
