"""Reading: the front page, articles and pages, sections, tags, bylines, the archive."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask import Blueprint, abort, render_template, request
from werkzeug.exceptions import Gone
from werkzeug.wrappers import Response

from newsite import changes
from newsite.articles import keeping, keys, months, printed, queries, renaming
from newsite.articles.models import Article, Kind, Section, State
from newsite.articles.printed import Printed, Text
from newsite.comments.pages import PageNumber
from newsite.paging import Cursor
from newsite.web import comments, guard, metadata, pagecache
from newsite.web.comments.section import PARAMETER
from newsite.web.context import current_site, now
from newsite.web.templating import article_url

NEWEST = 9  # the lead, and eight beside it
STICKY = 3  # more on top would bury the news
SECONDS = 2  # stand under the lead, once there are more than twice as many beside it
ROW = 3  # stories of a section on the front page
T = TypeVar("T")

bp = Blueprint("articles", __name__)


@dataclass(frozen=True)
class Row:
    """A section's newest stories on the front page."""

    section: Section
    articles: list[Article]


@dataclass(frozen=True)
class FrontPage:
    """What stands where; no story stands twice in its upper part and its rows."""

    lead: Article | None
    seconds: list[Article]  # under the lead, with their standfirsts
    latest: list[Article]  # beside it, titles only
    rows: list[Row]
    archive_piece: Article | None  # old work, which is not among what is new


@bp.get("/")
@pagecache.public(before=Cursor.parse)
def front() -> str:
    """The front page; its later pages are a plain list."""
    pagecache.collect(changes.FRONT)
    before = place_asked()
    if before is not None:
        page = queries.latest(now(), before=before)
        return render_template("articles/front.html", is_first_page=False, page=page)
    page = queries.latest(now(), limit=NEWEST)
    return render_template(
        "articles/front.html", is_first_page=True, front=_front_page(page.items), page=page
    )


@bp.get("/<path:path>")
@pagecache.public(**{PARAMETER: PageNumber.parse})
def show(path: str) -> str | Response:
    """An article or page at its own address; any other way of writing it leads there."""
    raw = guard.raw_path(request.environ)
    article = printed.by_path(guard.decoded(raw))
    is_shown = article and (article.is_public(now()) or article.state is State.withdrawn)
    if article is None or not is_shown:
        return elsewhere(path)
    if article.state is State.withdrawn:
        pagecache.collect(keys.article(article.id))
        if raw != article_url(article):
            pagecache.keep_nothing()  # it is said at every way of writing the address
        raise Gone(article.withdrawn_reason or None)
    if raw != article_url(article):
        return guard.moved(article_url(article))
    # When the setting changes, every page is made anew. Who turns over the replies has read it already.
    if current_site().counts_reads and PARAMETER not in request.args:
        pagecache.counts_as_read(article.id)
    return article_page(article)


def article_page(article: Text, *, banner: str = "", is_dated: bool = True) -> str:
    """The page of an article, as readers see it; a preview is this too, with a sentence over it."""
    pagecache.collect(keys.article(article.id))
    if isinstance(article, Printed):
        pagecache.collect_printed(article)
    if article.kind is Kind.page:
        return render_template(
            "articles/page.html", article=article, banner=banner, meta=metadata.page_meta(article)
        )
    _collect_around(article)
    previous, following = printed.neighbours(article, now())
    related = printed.related(article, now())
    pagecache.collect_printed(previous, following, *related)
    replies = comments.reply_section(article)
    # A correction moves the date of the last change: without one there is none to ask for.
    corrections = queries.corrections(article) if article.updated_at else []
    return render_template(
        "articles/show.html",
        article=article,
        banner=banner,
        is_dated=is_dated,
        meta=metadata.article_meta(article, replies.rows, corrections),
        previous=previous,
        next=following,
        related=related,
        corrections=corrections,
        replies=replies,
    )


def elsewhere(path: str) -> Response:
    """Where an address without an article leads: an old article's new one, a page of the site, or 404."""
    pagecache.keep_nothing()
    led = _led(path)
    if led is not None:
        return led
    own = guard.rule_for(path)
    if own is None:
        abort(404)
    return guard.moved(own)


@bp.get("/section/<slug:slug>/")
@pagecache.public(before=Cursor.parse)
def section(slug: str) -> str:
    """A section's articles."""
    thing = found(queries.section(slug))
    pagecache.collect(keys.section(thing.id))
    page = queries.in_section(thing, now(), before=place_asked())
    return render_template("articles/section.html", thing=thing, page=page)


@bp.get("/tag/<slug:slug>/")
@pagecache.public(before=Cursor.parse)
def tag(slug: str) -> str:
    """The articles with a tag."""
    thing = found(queries.tag(slug))
    pagecache.collect(keys.tag(thing.id))
    page = queries.with_tag(thing, now(), before=place_asked())
    if not page.items:  # a draft's tag says what somebody is working on
        abort(404)
    return render_template("articles/tag.html", thing=thing, page=page)


@bp.get("/by/<slug:slug>/")
@pagecache.public(before=Cursor.parse)
def contributor(slug: str) -> str:
    """Who a contributor is, and what they wrote."""
    thing = found(queries.contributor(slug))
    pagecache.collect(keys.by(thing.id))
    page = queries.by_contributor(thing, now(), before=place_asked())
    return render_template("articles/contributor.html", thing=thing, page=page)


@bp.get("/archive/")
@pagecache.public()
def archives() -> str:
    """The months in which something was published."""
    pagecache.collect(changes.FRONT)
    return render_template(
        "articles/archives.html", months=months.listed(current_site().zone, now())
    )


# The year 9999 has no month after its last one that Python could name.
@bp.get(
    "/archive/<int(fixed_digits=4, min=1000, max=9998):year>/"
    "<int(fixed_digits=2, min=1, max=12):month>/"
)
@pagecache.public(before=Cursor.parse)
def archive(year: int, month: int) -> str:
    """One month's articles."""
    pagecache.collect(changes.FRONT)  # the months beside it may be any
    first, zone = date(year, month, 1), current_site().zone
    page = queries.in_month(first, zone, now(), before=place_asked())
    if not page.items:
        abort(404)
    earlier, later = months.beside(first, zone, now())
    return render_template(
        "articles/archive.html", month=first, page=page, previous_month=earlier, next_month=later
    )


@bp.get("/corrections/")
@pagecache.public(before=Cursor.parse)
def corrections() -> str:
    """What was wrong, what is right, and when we said so."""
    pagecache.collect(changes.CORRECTIONS)
    page = queries.all_corrections(now(), before=place_asked())
    return render_template("articles/corrections.html", page=page)


def place_asked() -> Cursor | None:
    """Where the page that was asked for begins; 404 for what is no place in a list."""
    asked = request.args.get("before")
    if asked is None:
        return None
    try:
        return Cursor.parse(asked)
    except ValueError:
        abort(404)


def found(thing: T | None) -> T:
    """`thing`; where there is none, the way to what had this address, if it has another one, else 404."""
    if thing is None:
        abort(_renamed(request.path) or 404)
    return thing


def _led(path: str) -> Response | None:
    """The answer at an address that an editor or an article left, if there is one."""
    query = request.query_string.decode("latin-1")
    led = queries.redirect_from(path, query) if query else None
    led = led or queries.redirect_from(path)
    if led is not None and led.target:
        # A draft's tag says what somebody is working on: what it is called now, too.
        return None if queries.is_hidden(led.target, now()) else guard.led_to(led.target)
    target = led.article if led else None
    if target is not None and target.state is State.withdrawn:
        raise Gone(target.withdrawn_reason or None)
    if target is not None and target.is_public(now()):
        return guard.moved(article_url(target))
    return None


def _renamed(path: str) -> Response | None:
    """The way to where a section, tag or contributor is now, or to the feed below it."""
    parts = renaming.split(path)
    if parts is None:
        return None
    pagecache.keep_nothing()
    address, rest = parts
    if not rest:
        return _led(path)
    way = queries.way_below(queries.redirect_from(address), rest, now())
    return guard.moved(way) if way else None


def _collect_around(article: Text) -> None:
    """Notes what decides which articles stand beside and under this one."""
    pagecache.collect(keys.beside(article.id))
    if article.section_id is not None and not article.tags:
        pagecache.collect(keys.section(article.section_id))
    elif not article.tags:
        pagecache.collect(changes.FRONT)  # related is then what has no section either


def _front_page(newest: list[Article]) -> FrontPage:
    """The front page made of the newest stories; sticky ones come before them."""
    pagecache.until(keeping.next_unstuck(now()))
    stories = list(dict.fromkeys([*queries.sticky(now(), STICKY), *newest]))
    lead = stories[0] if stories else None
    archive_piece = queries.from_the_archive(now())
    if archive_piece is lead:
        archive_piece = None
    others = [story for story in stories[1:] if story is not archive_piece]
    seconds = others[:SECONDS] if len(others) > 2 * SECONDS else []
    placed = [story for story in (lead, archive_piece, *seconds) if story is not None]
    return FrontPage(lead, seconds, others[len(seconds) :], _rows(placed), archive_piece)


def _rows(placed: list[Article]) -> list[Row]:
    """Each section's newest stories but for those that are placed already; no empty row."""
    sections = queries.sections()
    newest = queries.front_rows(now(), ROW + len(placed), sections)
    rows = (
        Row(one, [story for story in newest.get(one.id, []) if story not in placed][:ROW])
        for one in sections
    )
    return [row for row in rows if row.articles]
