"""Law 1's other half: whatever readers see changes with its keys in the change log, in one transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image

from newsite import changes
from newsite.accounts.models import User
from newsite.articles import actions, pictures, taxonomy
from newsite.articles.drafts import Draft
from newsite.articles.models import Article, ContributorKind, RevisionKind
from newsite.articles.paths import Reserved
from newsite.db import db
from newsite.media import actions as media
from newsite.media.actions import Taken, Words
from newsite.media.models import Picture
from newsite.media.reading import Drawn
from newsite.outbox import Claim
from newsite.site import editing, logo
from newsite.site.editing import Choices
from newsite.site.models import DEFAULT_ACCENT, DEFAULT_PATTERN, MenuItem, Site

NOTHING_RESERVED = Reserved(frozenset(), ())
SOMEBODY = {"slug": "", "kind": ContributorKind.person, "about": ""}


class Stage:
    """A site with an article in each state, and everything that orders them."""

    def __init__(
        self, site: Site, editor: User, now: datetime, make: Callable[..., Article],
        make_picture: Callable[..., Picture],
    ) -> None:  # fmt: skip
        self.site, self.editor, self.now = site, editor, now
        self.section = taxonomy.save_section(None, name="News", slug="", description="")
        self.person = taxonomy.save_contributor(None, name="Rosa", **SOMEBODY)  # type: ignore[arg-type]
        db.session.commit()
        around = {"section": self.section.id, "contributors": (self.person.id,), "tags": ("rota",)}
        self.public = make("Public", **around)
        self.tag = self.public.tags[0]
        self.scheduled = make("Scheduled", published_at=now + timedelta(days=1), **around)
        self.draft = make("Draft", publish=False, **around)
        self.withdrawn = make("Withdrawn", **around)
        actions.withdraw(self.withdrawn, reason="A name.", by=editor, now=now, site=site)
        self.thrown = make("Thrown", **around)
        actions.withdraw(self.thrown, reason="A name.", by=editor, now=now, site=site)
        actions.trash(self.thrown, by=editor, now=now)
        db.session.commit()
        self.picture = make_picture()
        place = f'<figure data-picture="{self.picture.id}"></figure>'
        self.pictured = make("Pictured", body=f"Words.\n\n{place}", **around)
        self.another = Taken("s", "0c" * 16, "gate.jpg", Drawn(b"", "jpeg", 400, 300))
        self.sizes = Claim(1, media.RENDITIONS, "", {"picture": self.picture.id}, 1, now)
        db.session.commit()

    def save(self, article: Article, **given: object) -> None:
        draft = Draft(**{"title": "New", "body": "b", "published_at": article.published_at} | given)  # type: ignore[arg-type]
        actions.save(
            article, draft, version=article.version, kind=RevisionKind.typo, by=self.editor,
            now=self.now, site=self.site, reserved=NOTHING_RESERVED,
        )  # fmt: skip

    def create(self) -> None:
        actions.create(
            Draft(title="T", body="b", tags=("new",)), by=self.editor,
            now=self.now, site=self.site, reserved=NOTHING_RESERVED,
        )  # fmt: skip

    def publish(self, article: Article) -> None:
        actions.publish(
            article, by=self.editor, now=self.now, site=self.site, reserved=NOTHING_RESERVED
        )

    def withdraw(self, article: Article) -> None:
        actions.withdraw(article, reason="A name.", by=self.editor, now=self.now, site=self.site)

    def choose(self) -> None:
        editing.choose(
            self.site, Choices("N", "", "", "", "en-GB", "UTC", DEFAULT_ACCENT, DEFAULT_PATTERN)
        )

    def put_up(self) -> None:
        stream = BytesIO()
        Image.new("RGB", (9, 9)).save(stream, "PNG")
        logo.put_up(self.site, stream.getvalue())

    def lists_of(self, article: Article) -> set[str]:
        """The keys of all that shows an article, but its neighbours."""
        at = article.published_at or self.now
        lists = {f"section:{self.section.id}", f"tag:{self.tag.id}", f"by:{self.person.id}"}
        return lists | {f"article:{article.id}", "front", f"month:{at:%Y-%m}"}


Deed = Callable[[Stage], object]
Keys = Callable[[Stage], set[str]]

# What is done, and the keys that it has to write at least.
SEEN: dict[str, tuple[Deed, Keys]] = {
    "a change to a published text": (lambda on: on.save(on.public), lambda on: on.lists_of(on.public)),
    "a change to a scheduled one": (lambda on: on.save(on.scheduled), lambda on: on.lists_of(on.scheduled)),
    "rescheduling": (
        lambda on: on.save(on.scheduled, published_at=on.now + timedelta(days=40)),
        lambda on: on.lists_of(on.scheduled) | {"month:2027-01"},
    ),
    "publishing": (lambda on: on.publish(on.draft), lambda on: on.lists_of(on.draft)),
    "publishing again": (lambda on: on.publish(on.withdrawn), lambda on: on.lists_of(on.withdrawn)),
    "withdrawing": (lambda on: on.withdraw(on.public), lambda on: on.lists_of(on.public)),
    "taking back": (lambda on: on.withdraw(on.scheduled), lambda on: on.lists_of(on.scheduled) | {"month:2026-11"}),
    "throwing a withdrawn one away": (
        lambda on: actions.trash(on.withdrawn, by=on.editor, now=on.now),
        lambda on: {f"article:{on.withdrawn.id}"},
    ),
    "taking it out of the trash": (
        lambda on: actions.restore(on.thrown, by=on.editor, now=on.now),
        lambda on: {f"article:{on.thrown.id}"},
    ),
    "a renamed section": (
        lambda on: taxonomy.save_section(on.section, name="N", slug="", description=""),
        lambda on: {f"section:{on.section.id}", "site", "front"},
    ),
    "another order of sections": (lambda on: taxonomy.move_section(on.section, 1), lambda on: {"site", "front"}),
    "a renamed tag": (
        lambda on: taxonomy.save_tag(on.tag, name="N", slug=""),
        lambda on: {f"tag:{on.tag.id}"},
    ),
    "a renamed contributor": (
        lambda on: taxonomy.save_contributor(on.person, name="N", **SOMEBODY),  # type: ignore[arg-type]
        lambda on: {f"by:{on.person.id}", "front"},
    ),
    "a deleted section": (lambda on: taxonomy.delete(on.section), lambda on: {"site", "front"}),
    "a deleted tag": (lambda on: taxonomy.delete(on.tag), lambda on: {"site", "front"}),
    "a deleted contributor": (lambda on: taxonomy.delete(on.person), lambda on: {"site", "front"}),
    "other words for a picture": (
        lambda on: pictures.describe(on.picture, Words(alt="N"), by=on.editor),
        lambda on: on.lists_of(on.pictured),
    ),
    "another picture in its place": (
        lambda on: pictures.replace(on.picture, on.another, by=on.editor, now=on.now),
        lambda on: on.lists_of(on.pictured),
    ),
    "a picture's sizes": (
        lambda on: pictures.make_renditions(on.sizes, on.now),
        lambda on: on.lists_of(on.pictured),
    ),
    "the site's settings": (Stage.choose, lambda on: {"site"}),
    "menus": (
        lambda on: editing.set_menus(on.site, header=[MenuItem("A", "/a/")], footer=[]),
        lambda on: {"site"},
    ),
    "a logo": (Stage.put_up, lambda on: {"site"}),
    "no logo": (lambda on: logo.take_down(on.site), lambda on: {"site"}),
}  # fmt: skip

UNSEEN: dict[str, Deed] = {
    "a new draft": Stage.create,
    "a change to a draft": lambda on: on.save(on.draft, tags=("new",), path="/draft/"),
    "a change to a withdrawn text": lambda on: on.save(on.withdrawn),
    "a draft that is thrown away": lambda on: actions.trash(on.draft, by=on.editor, now=on.now),
}


@pytest.fixture
def stage(
    site: Site, editor: User, now: datetime, make_article: Callable[..., Article],
    make_picture: Callable[..., Picture],
) -> Stage:  # fmt: skip
    """All that can be changed."""
    return Stage(site, editor, now, make_article, make_picture)


@pytest.mark.parametrize("name", SEEN)
def test_what_readers_see_changes_with_its_keys(name: str, stage: Stage) -> None:
    deed, keys = SEEN[name]
    expected = keys(stage)
    before = changes.latest()[1]
    deed(stage)
    expected |= keys(stage)
    db.session.commit()
    assert expected <= changes.since(before)
    assert changes.latest()[1] == before + 1  # one transaction, one number


@pytest.mark.parametrize("name", SEEN)
def test_what_was_not_done_after_all_writes_no_keys(name: str, stage: Stage) -> None:
    before = changes.latest()
    SEEN[name][0](stage)
    db.session.rollback()
    db.session.execute(sa.select(1))
    db.session.commit()
    assert changes.latest() == before


@pytest.mark.parametrize("name", UNSEEN)
def test_what_no_reader_sees_writes_no_keys(name: str, stage: Stage) -> None:
    before = changes.latest()
    UNSEEN[name](stage)
    db.session.commit()
    assert changes.latest() == before
