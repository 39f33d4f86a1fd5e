"""Every kind of page that a grown site has, as somebody asks for it; and those that need not be asked for, with why."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Flask
from grown import LONG, SHORT, SPAN

from newsite.accounts.models import User
from newsite.comments import links
from newsite.comments.models import Status
from newsite.paging import Cursor
from newsite.web.privacy.showing import page_token

FEEDS = ("atom.xml", "feed.xml", "feed.json")
FORM = "a form alone: it reads nothing that grows"
NOTHING = "it asks no database"
UNASKED = {
    "by_mail.decision": "reads one reply, as its page at the desk does",
    "by_mail.ending": "reads one reply, as its own page does",
    "desk.accounts.accept_invitation": FORM,
    "desk.accounts.add_passkey": FORM,
    "desk.accounts.app": FORM,
    "desk.accounts.asked_for_password": FORM,
    "desk.accounts.factors": FORM,
    "desk.accounts.forgotten": FORM,
    "desk.accounts.invite": FORM,
    "desk.accounts.login": FORM,
    "desk.accounts.new_person": FORM,
    "desk.accounts.password": FORM,
    "desk.accounts.profile": FORM,
    "desk.accounts.reset_password": FORM,
    "desk.accounts.second_step": FORM,
    "desk.articles.compare": "one saved draft beside its article, and both are read by their keys",
    "desk.articles.send_back": "only of what is in review: reads one article, as the editor does",
    "desk.contributors.new": FORM,
    "desk.pictures.delete": "reads what the picture's page does",
    "desk.pictures.delete_file": "reads one file by its key",
    "desk.redirects.take": FORM,
    "desk.search.index": "looks through names as their own lists do; articles have an index, and a test below",
    "desk.settings.put_up_logo": FORM,
    "desk.settings.security": FORM,
    "drafts.show": "reads what the preview does",
    "health.live": NOTHING,
    "health.ready": "reads the site's row and the number of the last migration",
    "login": NOTHING,
    "media.show": NOTHING,
    "privacy.ask": FORM,
    "privacy.asked": FORM,
    "privacy.door": FORM,
    "privacy.erased": FORM,
    "privacy.erasure": "reads what `privacy.show` does",
    "privacy.name": "reads what `privacy.show` does",
    "reporting.thanks": FORM,
    "static": NOTHING,
    "theme.favicon": NOTHING,
    "theme.logo": "reads one row by its key",
    "theme.old_favicon": NOTHING,
    "theme.stylesheet": NOTHING,
}


def addresses(now: datetime) -> list[str]:
    """Every kind of page that readers can ask for, and its later pages; inside a request's context."""
    later = f"?before={Cursor(now - SPAN / 2, 1)}"
    lists = ("/", "/section/s1/", "/tag/t1/", "/by/c1/", "/corrections/")
    month = f"{now - timedelta(days=60):/archive/%Y/%m/}"
    reply = f"/articles/{SHORT}/replies/100001"
    replies = (f"/a/{LONG}/", f"/a/{LONG}/?replies=2", f"/a/{SHORT}/", "/articles/1/replies/900")
    threads = [f"/a/{number}/{name}" for number in (LONG, SHORT) for name in FEEDS]
    own = page_token(100_001, now + timedelta(minutes=9))
    others = (
        f"/articles/{LONG}/replies/new?to=900",
        f"{reply}/report",
        links.status_path(100_001, links.OWN, now=now),
        f"/privacy/data/{own}",
        f"/privacy/data/{own}/file",
        "/a/57/",
        "/a/500/",
        "/old/500",
        "/articles/500/changes",
        "/articles/500/changes/2",
        "/corrections/atom.xml",
        f"/media/card-500-{'0' * 12}.png",
        month,
        "/archive/",
        "/atom.xml",
        "/sitemap.xml",
        "/sitemap-1.xml",
        "/robots.txt",
    )
    return [*lists, *(one + later for one in lists), *replies, *threads, *others, "/nothing/"]


def desk_addresses(now: datetime, writer: User) -> list[str]:
    """The desk's lists, as their filters and tabs lead to them, and its pages of one thing."""
    later = f"?before={Cursor(now - SPAN / 2, 1)}"
    states = ("draft", "review", "scheduled", "published", "withdrawn", "trash")
    asked = (
        "",
        later,
        *(f"?state={name}" for name in states),
        "?kind=page",
        "?section=2",
        f"?writer={writer.id}",
        "?section=2&kind=article",
    )
    one = ("", "/preview", "/sharing", "/versions", "/versions/2", "/withdraw")
    log = ("", later, "?action=saved", f"?person={writer.id}", f"?person={writer.id}&action=saved")
    return [
        "/desk/",
        *(f"/desk/articles/{narrowed}" for narrowed in asked),
        *(f"/desk/articles/500{page}" for page in one),
        "/desk/articles/500/versions/1/withhold",
        "/desk/articles/503/publishing",  # a draft
        "/desk/articles/new",
        "/desk/articles/pick",
        "/desk/articles/broken-links",
        f"/desk/articles/{LONG}/notes",
        "/desk/redirects/",
        "/desk/redirects/" + later,
        "/desk/redirects/500",
        "/desk/pictures/",
        "/desk/pictures/" + later,
        "/desk/pictures/pick",
        "/desk/pictures/pick?ids=500",
        "/desk/pictures/500",
        "/desk/pictures/files/",
        "/desk/pictures/files/" + later,
        *(f"/desk/log/{narrowed}" for narrowed in log),
        *(f"/desk/replies/?queue={status}" for status in Status),
        *(f"/desk/replies/{sought}" for sought in replies_sought()),
        *small_addresses(writer),
    ]


def replies_sought() -> list[str]:
    """The lists of replies narrowed, the page of one, who decided what, and who is banned."""
    narrowed = (
        f"?article={SHORT}",
        f"?q=a{SHORT}@b.example",
        f"?q=192.0.{SHORT}.0/24",
        f"?article={SHORT}&q=words",
        "?q=words",
    )
    return [
        *(f"approved/{one}" for one in narrowed),
        "reported/",
        "appeals/",
        "100001/",
        "100001/answer",
        "decisions/",
        "bans/",
    ]


def small_addresses(writer: User) -> list[str]:
    """Pages of the desk about what is never much, which count what there may be much of."""
    named = ("contributors", "tags", "sections")
    return [
        *(f"/desk/{one}/" for one in named),
        *(f"/desk/{one}/1" for one in named),
        "/desk/people/",
        f"/desk/people/{writer.id}",
        "/desk/devices/",
        "/desk/settings/",
        "/desk/settings/menus",
        "/desk/settings/replies",
    ]


def endpoints(app: Flask, paths: Iterable[str]) -> set[str]:
    """The names of the views that these addresses lead to."""
    routes = app.url_map.bind("")
    return {routes.match(path.partition("?")[0], method="GET")[0] for path in paths}


def readable(app: Flask) -> set[str]:
    """The names of all views that can be asked for by GET."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
