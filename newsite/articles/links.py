"""Links of articles to this site itself, and whether anything is there. The caller commits."""

from collections.abc import Callable, Sequence
from datetime import datetime
from html.parser import HTMLParser
from itertools import islice
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from newsite import outbox
from newsite.articles import paths
from newsite.articles.models import Article, BrokenLink, Redirect, State
from newsite.db import db

KIND = "links"  # of the daily job in the outbox
STEP = 100  # articles whose links are looked at before the next commit
MOST = 1_000  # links of one article: each that leads to a picture, a section and the like is asked for by itself
SHOWN = 200  # articles on the list of those with broken links
COUNTED = 1_000  # enough to know; beyond, a count would read the whole table
IsPage = Callable[[str], bool]  # whether a path is a page of the site that is no article


def ask(*, now: datetime) -> None:
    """Has the worker look at every link to this site, once a day; the caller commits."""
    outbox.add(KIND, f"{KIND}:{now:%Y-%m-%d}", now=now)


def leading_nowhere(html: str, *, site_url: str, at: datetime, is_page: IsPage) -> list[str]:
    """The addresses of this site in `html` that lead a reader nowhere at that time, each once, in their order.

    The first MOST are looked at.
    """
    addresses = dict(islice(_own(html, site_url).items(), MOST))
    if not addresses:
        return []
    there = _there({paths.key(path) for path, _ in addresses.values()}, at)
    return [
        address
        for address, (path, query) in addresses.items()
        if not ({(paths.key(path), ""), (paths.key(path), query)} & there or is_page(path))
    ]


def keep(article: Article, dead: Sequence[str], *, now: datetime) -> None:
    """Notes which of an article's links lead nowhere; those that were known keep their day."""
    theirs = sa.select(BrokenLink).where(BrokenLink.article_id == article.id)
    known = {link.address: link for link in db.session.scalars(theirs)}
    for address, link in known.items():
        if address not in dead:
            db.session.delete(link)
    for address in dead:
        if address not in known:
            db.session.add(BrokenLink(article_id=article.id, address=address, found_at=now))


def check_after(last: int, *, site_url: str, now: datetime, is_page: IsPage) -> int | None:
    """Looks at the links of the next few published articles after this id; the last one's id, None after all."""
    query = sa.select(Article).where(Article.id > last, Article.state == State.published)
    query = query.options(undefer(Article.body_html)).order_by(Article.id).limit(STEP)
    articles = db.session.scalars(query).all()
    for article in articles:
        at = max(now, article.published_at or now)
        dead = leading_nowhere(article.body_html, site_url=site_url, at=at, is_page=is_page)
        keep(article, dead, now=now)
    return articles[-1].id if articles else None


def broken(*, writer: int | None = None) -> list[tuple[Article, list[BrokenLink]]]:
    """Articles with links that lead nowhere, those found last first, with these links; one writer's, if given."""
    query = sa.select(BrokenLink)
    if writer is not None:
        is_theirs = (Article.id == BrokenLink.article_id) & (Article.created_by_id == writer)
        query = query.where(sa.exists().where(is_theirs))
    newest = BrokenLink.found_at.desc(), BrokenLink.article_id.desc(), BrokenLink.address
    rows = db.session.scalars(query.order_by(*newest).limit(SHOWN)).all()
    ids = {
        link.article_id for link in rows
    }  # asked for apart: together, all articles would be read
    theirs = sa.select(Article).where(Article.id.in_(ids), Article.state != State.trash)
    articles = {article.id: article for article in db.session.scalars(theirs)} if ids else {}
    found: dict[Article, list[BrokenLink]] = {}
    for link in rows:
        if link.article_id in articles:
            found.setdefault(articles[link.article_id], []).append(link)
    return list(found.items())


def count(*, writer: int | None = None) -> int:
    """How many links lead nowhere, but for the trash; one writer's, if given. COUNTED stands for more too."""
    counts = [Article.id == BrokenLink.article_id, Article.state != State.trash]
    if writer is not None:
        counts.append(Article.created_by_id == writer)
    # Asked of each link: joined, all articles would be read for the few that have one.
    query = sa.select(sa.literal(1)).select_from(BrokenLink).where(sa.exists().where(*counts))
    rows = query.limit(COUNTED).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


def _there(keys: set[str], at: datetime) -> set[tuple[str, str]]:
    """Which of these paths lead to something, with the query that it takes."""
    public = (Article.state == State.published, Article.published_at <= at)
    articles = sa.select(Article.path_key, sa.literal("")).where(
        Article.path_key.in_(keys), *public
    )
    led = sa.select(Redirect.path_key, Redirect.query).outerjoin(Redirect.article)
    led = led.where(Redirect.path_key.in_(keys), sa.or_(Redirect.target != "", sa.and_(*public)))
    return {
        (str(path_key), query)
        for statement in (articles, led)
        for path_key, query in db.session.execute(statement)
    }


def _own(html: str, site_url: str) -> dict[str, tuple[str, str]]:
    """The addresses of this site that are linked to, each with its path, decoded, and its query."""
    reader = _Links()
    reader.feed(html)
    reader.close()
    found = {}
    for address in reader.addresses:
        rest = address[len(site_url) :] if address.startswith(f"{site_url}/") else address
        if rest.startswith("/") and not rest.startswith("//"):
            parts = urlsplit(rest)
            found[address] = (unquote(parts.path, errors="replace"), parts.query)
    return found


class _Links(HTMLParser):
    """Collects where links lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a link."""
        address = dict(attrs).get("href")
        if tag == "a" and address:
            self.addresses.append(address)
