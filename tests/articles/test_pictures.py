from collections.abc import Callable
from datetime import datetime

import disks
import pytest
import sqlalchemy as sa
from photographs import photograph

from newsite import changes, outbox
from newsite.accounts.models import User
from newsite.articles import keys, pictures
from newsite.articles.models import Article
from newsite.articles.pictures import StillUsed
from newsite.db import db
from newsite.errors import NotAllowed
from newsite.media import actions as media
from newsite.media import storage
from newsite.media.actions import Words
from newsite.media.folder import Folder
from newsite.media.models import Picture
from newsite.outbox import Claim, Job


@pytest.fixture
def picture(make_picture: Callable[..., Picture]) -> Picture:
    return make_picture(alt="The gate")


@pytest.fixture
def showing(make_article: Callable[..., Article], picture: Picture) -> Article:
    return make_article(body=f'Before.\n\n<figure data-picture="{picture.id}"></figure>')


@pytest.fixture
def headed(make_article: Callable[..., Article], picture: Picture) -> Article:
    return make_article("Headed by it", lead_picture_id=picture.id)


def test_words_are_said_anew_wherever_the_picture_is(
    showing: Article, headed: Article, picture: Picture, editor: User
) -> None:
    before = changes.latest()[1]
    pictures.describe(picture, Words(alt="The other gate", caption="At six"), by=editor)
    db.session.commit()
    assert 'alt="The other gate"' in showing.body_html
    assert "<figcaption>At six</figcaption>" in showing.body_html
    touched = changes.since(before)
    assert {keys.text(showing.id), keys.text(headed.id), changes.FRONT} <= touched


def test_another_file_stands_wherever_the_picture_was(
    showing: Article, picture: Picture, editor: User, now: datetime
) -> None:
    old = picture.key
    taken = media.take_in(photograph("PNG"), "new.png", now=now)
    pictures.replace(db.session.get_one(Picture, picture.id), taken, by=editor, now=now)
    db.session.commit()
    assert f"/media/{taken.key}/full.png" in showing.body_html
    assert old not in showing.body_html


def test_sizes_are_shown_once_they_are_made(
    showing: Article, picture: Picture, now: datetime
) -> None:
    assert "srcset" not in showing.body_html
    claim = Claim(1, media.RENDITIONS, "", {"picture": picture.id}, 1, now)
    pictures.make_renditions(claim, now)
    db.session.commit()
    assert f"/media/{picture.key}/320.webp 320w" in showing.body_html
    before = changes.latest()[1]
    pictures.make_renditions(claim, now)  # again: nothing changes
    db.session.commit()
    assert changes.latest()[1] == before


def test_a_disk_that_is_full_in_the_middle_of_the_sizes_leaves_the_picture_as_it_was(
    showing: Article, picture: Picture, now: datetime
) -> None:
    clock = [now]
    worker = outbox.Worker(pictures.HANDLERS, clock=lambda: clock[0])
    before = showing.body_html
    with disks.full_after(1):  # one size has room
        assert worker.step()
    job = db.session.scalars(sa.select(Job).where(Job.kind == media.RENDITIONS)).one()
    assert (job.attempts, job.done_at) == (1, None)
    assert "No space left on device" in job.error
    assert (picture.renditions, showing.body_html) == ([], before)
    assert stored(picture) == {"full.jpg", "320.webp"}
    clock[0] = job.next_at
    assert worker.step()
    sizes = {f"{one.width}.{one.format}": one.bytes for one in picture.renditions}
    assert {"320.webp", "401.webp"} <= sizes.keys()
    assert stored(picture) == {"full.jpg", *sizes}
    for name, size in sizes.items():
        assert storage.current().size(f"{picture.key}/{name}") == size
    assert f"/media/{picture.key}/320.webp 320w" in showing.body_html


def stored(picture: Picture) -> set[str]:
    """The names of a picture's files, half-written ones among them."""
    folder = storage.current()
    assert isinstance(folder, Folder)
    return {path.name for path in (folder.root / picture.key).iterdir()}


def test_a_picture_that_is_shown_cannot_be_deleted(
    showing: Article, picture: Picture, editor: User, now: datetime
) -> None:
    with pytest.raises(StillUsed, match="It is shown in “Night shift votes”"):
        pictures.delete(picture, by=editor, now=now)
    assert pictures.used([picture.id, 99]) == {picture.id}
    assert pictures.uses(picture) == [showing]


def test_a_writer_is_not_told_of_others_drafts(
    make_article: Callable[..., Article],
    make_picture: Callable[..., Picture],
    writer: User,
    now: datetime,
) -> None:
    own = make_picture(by=writer)
    make_article("A secret draft", lead_picture_id=own.id, publish=False)
    assert pictures.uses_seen_by(own, writer) == []
    with pytest.raises(StillUsed, match="It is shown in somebody else’s article"):
        pictures.delete(own, by=writer, now=now)


def test_a_picture_that_nothing_shows_is_deleted(
    picture: Picture, editor: User, now: datetime
) -> None:
    pictures.delete(picture, by=editor, now=now)
    db.session.commit()
    assert db.session.get(Picture, picture.id) is None


def test_a_writer_changes_their_own_until_readers_see_it(
    make_article: Callable[..., Article],
    make_picture: Callable[..., Picture],
    picture: Picture,
    writer: User,
    now: datetime,
) -> None:
    with pytest.raises(NotAllowed, match="Somebody else uploaded this picture"):
        pictures.describe(picture, Words(), by=writer)
    own = make_picture(by=writer)
    body = f'Text.\n\n<figure data-picture="{own.id}"></figure>'
    make_article("A draft", body=body, publish=False)
    assert pictures.describe(own, Words(alt="Mine"), by=writer).alt == "Mine"
    make_article("On the site", body=body)
    with pytest.raises(NotAllowed, match="Readers see this picture"):
        pictures.delete(own, by=writer, now=now)
