"""The replies under an article, as its page shows them."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain, pairwise

from flask import abort, request
from flask_babel import gettext, ngettext

from newsite.articles import keys
from newsite.articles.closing import closes_at
from newsite.articles.printed import Text
from newsite.comments import blocks
from newsite.comments.arriving import takes_replies
from newsite.comments.blocks import Row
from newsite.comments.pages import PageNumber, page_of_replies
from newsite.web import pagecache
from newsite.web.comments.empty import form_html
from newsite.web.context import current_site, now
from newsite.web.templating import article_url, own_path

PARAMETER = "replies"  # of an article's address: which page of replies; `?replies=2.3`
FIRST = PageNumber()
Line = tuple[
    Row, bool, int
]  # a reply, whether answers to it follow, else how many lists end after it


@dataclass(frozen=True)
class ReplySection:
    """What stands under an article."""

    heading: str
    thread_html: str  # blocks in lists in lists
    rows: list[Row]  # what the thread was made of
    author_reply: str | None  # address of the author's first answer
    earlier: str | None  # addresses of the pages before and after
    later: str | None
    form_html: str | None  # None: replies are closed
    closes_at: datetime | None  # when they will be, by themselves


def reply_section(article: Text) -> ReplySection:
    """The page of replies that the request asks for, and the form. 404 if there is no such page.

    A draft has none; in its preview stands the form that readers will meet.
    """
    pagecache.collect(keys.article(article.id))
    number, site = _asked(), current_site()
    page = page_of_replies(article, *number, threads_each=site.replies_threads)
    if number != FIRST and not page.rows:
        abort(404)
    close_days = site.replies_close_days
    is_open = takes_replies(article, now(), close_days) or (
        not article.is_public(now()) and article.replies_open
    )
    end = closes_at(article.published_at, close_days) if is_open else None
    pagecache.until(end)
    return ReplySection(
        heading=_heading(article.reply_count, is_open),
        thread_html=thread_html(page.rows, is_open=is_open),
        rows=page.rows,
        author_reply=_permalink(article, page.author_reply),
        earlier=page.earlier and page_address(article, page.earlier, "#replies"),
        later=page.later and page_address(article, page.later, "#replies"),
        form_html=form_html(article, now()) if is_open else None,
        closes_at=end,
    )


def page_address(article: Text, number: PageNumber, fragment: str) -> str:
    """The address of a page of replies and of a place on it."""
    query = "" if number == FIRST else f"?{PARAMETER}={number}"
    return f"{article_url(article)}{query}{fragment}"


def thread_html(rows: list[Row], *, is_open: bool) -> str:
    """The prepared blocks of a page of replies, put together; with links to answer if replies are open."""
    site, parts = current_site(), list[str]()
    for row, has_answers, closed in nested(blocks.current(rows, blocks.look(site))):
        end = "<ol>" if has_answers else "</li>" + "</ol></li>" * closed
        block = blocks.shown(row.block_html, is_open=is_open, takes_reports=site.takes_reports)
        parts += (block, end)
    return "".join(parts)


def nested(rows: list[Row]) -> list[Line]:
    """The rows with what is needed to write them as lists in lists, each closed again.

    A page may begin in the middle of a thread: what it begins with stands at its first level.
    """
    lines: list[Line] = []
    levels: list[int] = []
    for row, following in pairwise(chain(rows, [None])):
        assert row is not None
        levels = [level for level in levels if level < row.depth] + [row.depth]
        next_depth = following.depth if following else 0
        closed = sum(level >= next_depth for level in levels[:-1])
        lines.append((row, next_depth > row.depth, closed))
    return lines


def _permalink(article: Text, comment_id: int | None) -> str | None:
    if comment_id is None:
        return None
    return own_path("comments.show", article_id=article.id, comment_id=comment_id)


def _asked() -> PageNumber:
    asked = request.args.get(PARAMETER)
    if asked is None:
        return FIRST
    try:
        return PageNumber.parse(asked)
    except ValueError:
        abort(404)


def _heading(count: int, is_open: bool) -> str:
    if count == 0:
        return str(gettext("No replies yet.") if is_open else gettext("No replies."))
    return str(ngettext("%(num)s reply", "%(num)s replies", count))
