"""What a site begins with: its first pages, or a whole paper to look at. The caller commits."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from newsite.accounts import actions as accounts
from newsite.accounts import passwords
from newsite.accounts.models import Role, User
from newsite.articles import actions as articles
from newsite.articles.models import Article, Kind
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.demo import gallery, paper, reading
from newsite.demo.paper import Desk
from newsite.errors import Conflict
from newsite.site import actions as sites
from newsite.site import queries
from newsite.site.models import Site

FIRST_NAME = "Our news"  # until an admin gives the site its own


@dataclass(frozen=True)
class SignIn:
    """With what somebody signs in to the demo. The password is nowhere else."""

    email: str
    password: str


def found(*, now: datetime, reserved: Reserved) -> Site:
    """The site with its first pages: those with gaps to fill in wait as drafts. Raises Conflict if there is one."""
    site = sites.found(FIRST_NAME, now=now)
    for text in reading.texts("starter"):
        draft = paper.page_draft(text)
        page = articles.create(
            draft, kind=Kind.page, by=None, now=now, site=site, reserved=reserved
        )
        if not text.has_gaps:
            articles.publish(page, by=None, now=now, site=site, reserved=reserved)
            site.footer_menu = [*site.footer_menu, {"label": draft.title, "address": draft.path}]
    return site


def fill(*, now: datetime, reserved: Reserved) -> SignIn:
    """Fills the site with the demo's paper, and founds it if need be; the sign-in of its admin.

    The files of its pictures are stored first, which commits; nothing refers to them before the caller does.
    Raises Conflict if somebody has written articles or has an account.
    """
    site = queries.find_site()
    if db.session.scalar(sa.select(User.id).limit(1)) is not None or _has_articles():
        raise Conflict("The demo is for an empty site, and this one has articles or accounts.")
    taken = gallery.take_in(now=now)
    site = site or found(now=now, reserved=reserved)
    told = reading.table("site.toml")
    password = passwords.made()
    people = {who["email"]: _join(who, password, now) for who in told["users"]}
    admin = next(user for user in people.values() if user.is_admin)
    desk = Desk(site, people, gallery.hang(taken, by=admin, now=now), admin, now, reserved)
    paper.describe(site, told)
    paper.print_texts(desk)
    paper.print_replies(desk)
    return SignIn(admin.email, password)


def _has_articles() -> bool:
    query = sa.select(Article.id).where(Article.kind == Kind.article).limit(1)
    return db.session.scalar(query) is not None


def _join(who: dict[str, str], password: str, now: datetime) -> User:
    role = Role(who["role"])
    return accounts.create_user(
        email=who["email"],
        name=who["name"],
        role=role,
        badge=who.get("badge", ""),
        # Nobody is told the others' passwords: the admin can give them new ones.
        password=password if role is Role.admin else passwords.made(),
        by=None,
        now=now,
    )
