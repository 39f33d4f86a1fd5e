"""Whatever is done to a site, in whatever order: a page that is kept always equals one made anew."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from pages import SITE
from PIL import Image

from newsite.accounts.models import User
from newsite.articles import actions, pictures, renaming, taxonomy, withholding
from newsite.articles.drafts import Draft
from newsite.articles.models import Article, ContributorKind, RevisionKind, State
from newsite.articles.paths import Reserved
from newsite.comments import actions as replies
from newsite.comments import measures, own
from newsite.comments.models import Comment
from newsite.comments.submission import NewReply
from newsite.db import Base, db
from newsite.errors import RuleBroken
from newsite.media.actions import Taken, Words
from newsite.media.models import Picture
from newsite.media.reading import Drawn
from newsite.paging import Cursor
from newsite.site import discussion, editing, logo
from newsite.site.discussion import Discussion
from newsite.site.models import MenuItem, Site
from newsite.web.pagecache import begun, layer
from newsite.web.pagecache.freshness import Freshness

NOTHING_RESERVED = Reserved(frozenset(), ())
LATER = f"?before={Cursor(datetime(2026, 11, 21, 12, tzinfo=UTC), 9)}"
LISTS = ("/", "/atom.xml", "/sitemap.xml", "/sitemap-1.xml", "/archive/", "/archive/2026/11/",
         "/archive/2026/10/", "/corrections/", "/section/news/", "/section/pay/", "/tag/rota/",
         "/section/other/", "/tag/strike/", "/by/rosa/", "/nothing-is-here/", "/robots.txt",
         "/corrections/atom.xml", f"/{LATER}", f"/tag/rota/{LATER}")  # fmt: skip
CARD = re.compile(rb"/media/card-[^\"]+")
FOLLOWED = 2  # articles of which every page is asked for
TAGS = st.sampled_from([(), ("rota",), ("strike",), ("rota", "strike")])
DAYS = st.sampled_from([-40.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.01, 0.5, 1.0])  # from now
EXAMPLES = int(os.environ.get("PAGECACHE_EXAMPLES", "4"))  # each takes about 5 s
CHOICE = st.integers(0, 1_000)


def a_logo() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (9, 9)).save(stream, "PNG")
    return stream.getvalue()


LOGO = a_logo()


class World:
    """What the machine acts on; one site for all its runs, emptied by `renew`."""

    def __init__(self, app: Flask, site: int, editor: int, renew: Callable[[], None]) -> None:
        self.app, self.site_id, self.editor_id, self.renew = app, site, editor, renew


class Paper(RuleBasedStateMachine):
    """An editorial office in a hurry."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.app = self.world.app
        self.world.renew()
        self.cache = self.app.extensions[layer.KEY]
        self.cache.clear()
        self.now = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
        self.app.config["NEWSITE_CLOCK"] = lambda: self.now
        self.client = self.app.test_client()
        self.site = db.session.get_one(Site, self.world.site_id)
        self.editor = db.session.get_one(User, self.world.editor_id)
        self.sections = [
            taxonomy.save_section(None, name=name, slug="", description="")
            for name in ("News", "Pay")
        ]
        self.rosa = taxonomy.save_contributor(
            None, name="Rosa", slug="", kind=ContributorKind.person, about=""
        )
        self.picture = Picture(sha256="a", key="a", format="jpeg", width=400, height=300, bytes=1,
                               name="gate.jpg", created_at=self.now)  # fmt: skip
        db.session.add(self.picture)
        self.site.shows_changes, self.site.replies_threads = True, 2
        self.site.replies_close_days = None
        logo.take_down(self.site)
        db.session.commit()
        self.articles: list[Article] = []
        self.comments: list[Comment] = []
        self.paths: set[str] = set()

    @property
    def around(self) -> dict[str, Any]:
        return {"site": self.site, "reserved": NOTHING_RESERVED, "now": self.now}

    def draft(self, number: int, days: float, tags: tuple[str, ...]) -> Draft:
        section = [None, *(one.id for one in self.sections)][number % 3]
        place = f'\n\n<figure data-picture="{self.picture.id}"></figure>' if number % 4 < 2 else ""
        return Draft(
            title=f"Title {number}", body=f"Words.{place}", tags=tags, section=section,
            contributors=(self.rosa.id,) if number % 2 else (), is_sticky=number % 5 == 0,
            sticky_until=self.now + timedelta(hours=number % 20 + 1),
            published_at=self.now + timedelta(days=days),
            lead_picture_id=self.picture.id if number % 4 % 3 == 0 else None,
        )  # fmt: skip

    def attempt(self, do: Callable[[], object]) -> None:
        """Does it and commits; what a rule forbids is left."""
        try:
            do()
        except RuleBroken:
            db.session.rollback()
        db.session.commit()
        self.paths |= {article.path for article in self.articles if article.path}

    @rule(number=CHOICE, days=DAYS, tags=TAGS)
    def publish(self, number: int, days: float, tags: tuple[str, ...]) -> None:
        if len(self.articles) < 6:
            draft = self.draft(number, days, tags)
            self.articles.append(actions.create(draft, by=self.editor, **self.around))
            self.attempt(lambda: actions.publish(self.articles[-1], by=self.editor, **self.around))

    def one(self, number: int) -> Article | None:
        return self.articles[number % len(self.articles)] if self.articles else None

    @rule(which=CHOICE, number=CHOICE, days=DAYS, tags=TAGS, kind=st.sampled_from(RevisionKind))
    def edit(
        self, which: int, number: int, days: float, tags: tuple[str, ...], kind: RevisionKind
    ) -> None:
        article = self.one(which)
        if article is not None:
            self.attempt(
                lambda: actions.save(
                    article,
                    self.draft(number, days, tags),
                    version=article.version,
                    kind=kind,
                    note="It was so.",
                    by=self.editor,
                    **self.around,
                )
            )

    @rule(which=CHOICE)
    def withdraw(self, which: int) -> None:
        article = self.one(which)
        if article is not None:
            given = {"reason": "A name.", "by": self.editor, "now": self.now, "site": self.site}
            self.attempt(lambda: actions.withdraw(article, **given))  # type: ignore[arg-type]

    @rule(which=CHOICE)
    def throw_away_or_take_back(self, which: int) -> None:
        article = self.one(which)
        if article is not None:
            verb = actions.restore if article.state is State.trash else actions.trash
            self.attempt(lambda: verb(article, by=self.editor, now=self.now))

    @rule(which=CHOICE)
    def publish_again(self, which: int) -> None:
        article = self.one(which)
        if article is not None:
            self.attempt(lambda: actions.publish(article, by=self.editor, **self.around))

    @rule(which=CHOICE, words=CHOICE, to=CHOICE)
    def reply(self, which: int, words: int, to: int) -> None:
        article = self.one(which)
        on_it = [one for one in self.comments if one.article is article and one.is_approved]
        if article is not None:
            parent = on_it[to % len(on_it)].id if on_it and to % 2 else None
            sent = NewReply("Ann", "ann@example.org", "", f"Words {words}", parent)
            self.attempt(
                lambda: self.comments.append(replies.submit_reply(article, sent, now=self.now))
            )

    @rule(which=CHOICE, decision=st.sampled_from(["approve", "trash", "restore", "mark_spam"]))
    def decide(self, which: int, decision: str) -> None:
        if self.comments:
            comment = self.comments[which % len(self.comments)]
            self.attempt(lambda: getattr(replies, decision)(comment, by=self.editor, now=self.now))

    @rule(number=CHOICE)
    def rename(self, number: int) -> None:
        tags = list({tag.id: tag for one in self.articles for tag in one.tags}.values())
        if number % 3 == 0 and tags:
            tag = tags[number % len(tags)]
            self.attempt(lambda: taxonomy.save_tag(tag, name=f"{tag.slug} {number}", slug=tag.slug))
        elif number % 3 == 1:
            kind = list(ContributorKind)[number % 2]
            self.attempt(
                lambda: taxonomy.save_contributor(
                    self.rosa, name=f"Rosa {number}", slug="rosa", kind=kind, about=f"{number}"
                )
            )
        else:
            items = [MenuItem(f"Line {number}", "/a/")]
            self.attempt(lambda: editing.set_menus(self.site, header=items, footer=[]))

    @rule(which=CHOICE, name=st.sampled_from(["News", "Pay", "Other"]))
    def move_a_section(self, which: int, name: str) -> None:
        section = self.sections[which % 2]

        def move() -> None:
            was = renaming.place(section)
            taxonomy.save_section(section, name=name, slug="", description="")
            renaming.lead_on(section, was, site=self.site, now=self.now)

        self.attempt(move)

    @rule(number=CHOICE)
    def show_another_picture_or_say_other_words(self, number: int) -> None:
        words = Words(alt=f"Gate {number}", caption=f"At {number}")
        drawn = Drawn(b"", "jpeg", 400 + number, 300)
        taken = Taken(f"s{number}", f"k{number}", "gate.jpg", drawn)
        if number % 2:
            self.attempt(lambda: pictures.describe(self.picture, words, by=self.editor))
        else:
            self.attempt(
                lambda: pictures.replace(self.picture, taken, by=self.editor, now=self.now)
            )

    @rule(which=CHOICE, version=CHOICE)
    def withhold_or_release(self, which: int, version: int) -> None:
        article = self.one(which)
        if article is None:
            return
        revision = article.revisions[version % len(article.revisions)]
        if revision.is_withheld:
            self.attempt(lambda: withholding.release(revision, by=self.editor))
        else:
            given: dict[str, Any] = {"reason": "A name.", "by": self.editor, "now": self.now}
            self.attempt(lambda: withholding.withhold(revision, **given))

    @rule(which=CHOICE, deed=st.sampled_from(["edit", "withdraw", "lock", "unlock"]))
    def change_a_reply(self, which: int, deed: str) -> None:
        if not self.comments:
            return
        comment = self.comments[which % len(self.comments)]
        deeds: dict[str, Callable[[], object]] = {
            "edit": lambda: own.edit(comment, f"Other words {which}", now=self.now),
            "withdraw": lambda: own.withdraw(comment, now=self.now),
            "lock": lambda: self.lock(comment, is_locked=True),
            "unlock": lambda: self.lock(comment, is_locked=False),
        }
        self.attempt(deeds[deed])

    def lock(self, comment: Comment, *, is_locked: bool) -> None:
        measures.lock(comment, is_locked=is_locked, by=self.editor, now=self.now)

    @rule(number=CHOICE)
    def settle(self, number: int) -> None:
        if number % 2:
            names = (one.name for one in fields(Discussion))
            now = {name: getattr(self.site, name) for name in names}
            days = {"replies_close_days": number % 40 or None}
            self.attempt(lambda: discussion.settle(self.site, Discussion(**(now | days))))
        elif self.site.logo is None:
            self.attempt(lambda: logo.put_up(self.site, LOGO))
        else:
            self.attempt(lambda: logo.take_down(self.site))

    @rule(minutes=st.sampled_from([1, 10, 14.4, 100, 60 * 12, 60 * 30]))
    def wait(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def a_kept_page_equals_one_made_anew(self) -> None:
        db.session.commit()
        paths = (*LISTS, *sorted(self.paths), *self.pages_of_some())
        db.session.commit()  # ends what was read for that: one SQLite connection is shared
        kept = {path: self.fetched(path) for path in paths}
        with self.empty_memory():
            anew = {path: self.fetched(path) for path in kept}
        assert kept == anew

    def pages_of_some(self) -> Iterator[str]:
        """What there is of the first articles beside their own pages."""
        for article in self.articles[:FOLLOWED]:
            yield f"/articles/{article.id}/changes"
            yield f"/articles/{article.id}/changes/{article.version}"
            if article.path:
                yield f"{article.path}atom.xml"
                yield f"{article.path}?replies=2"
        for path in [article.path for article in self.articles[:1] if article.path]:
            db.session.commit()
            card = CARD.search(self.fetched(path)[1])  # drawn each time
            if card is not None:
                yield card[0].decode()

    @contextmanager
    def empty_memory(self) -> Iterator[None]:
        """Inside, a worker answers that has just begun."""
        old = self.cache
        self.cache.store, store = layer.Store(), old.store
        self.cache.kept_site, site = begun.KeptSite(self.cache.store), old.kept_site
        self.app.extensions[begun.KEY] = self.cache.kept_site
        asks, self.cache.freshness = old.freshness, Freshness(db.engine, self.cache.store)
        self.cache.freshness.every = 0
        try:
            yield
        finally:
            self.cache.store, self.cache.kept_site, self.cache.freshness = store, site, asks
            self.app.extensions[begun.KEY] = site

    def fetched(self, path: str) -> tuple[int, bytes]:
        answer = Context().run(self.client.get, path, base_url=SITE, buffered=True)
        return answer.status_code, answer.data


@pytest.fixture
def world(app: Flask, site: Site, editor: User) -> World:
    ids = site.id, editor.id
    return World(app, *ids, renew_sqlite() if is_sqlite() else renew_postgresql)


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def renew_sqlite() -> Callable[[], None]:
    """Puts the database back as it is now."""

    def driver() -> Any:
        with db.engine.connect() as connection:
            return connection.connection.driver_connection

    db.session.remove()
    kept = driver().serialize()

    def renew() -> None:
        db.session.remove()
        driver().deserialize(kept)

    return renew


def renew_postgresql() -> None:
    """Leaves the site and its people, and nothing else."""
    db.session.remove()
    stay = {"site", "users", "change_counter"}
    with db.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in stay:
                connection.execute(table.delete())
        connection.execute(sa.update(Site).values(header_menu=[], footer_menu=[]))


def test_a_kept_page_always_equals_one_made_anew(world: World) -> None:
    office = type("Office", (Paper,), {"world": world})
    run_state_machine_as_test(
        office,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
