from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import disks
import exiftool
import pytest
import sqlalchemy as sa
from photographs import photograph
from sqlalchemy.exc import IntegrityError

from newsite import changes
from newsite.accounts.models import User
from newsite.db import db
from newsite.errors import Conflict, RuleBroken
from newsite.media import actions, storage
from newsite.media.actions import Words
from newsite.media.models import Picture
from newsite.media.reading import BadPicture
from newsite.media.storage import NotStored
from newsite.outbox import Claim, Job


def jobs(kind: str) -> list[Job]:
    return list(db.session.scalars(sa.select(Job).where(Job.kind == kind).order_by(Job.id)))


def claim(job: Job, now: datetime) -> Claim:
    return Claim(job.id, job.kind, job.key, job.payload, 1, now)


def test_an_upload_is_a_picture_and_asks_for_its_sizes(editor: User, now: datetime) -> None:
    taken = actions.take_in(photograph("PNG"), "C:\\me\\..\\Gate 3.png", now=now)
    picture = actions.add(taken, by=editor, now=now)
    db.session.commit()
    assert (picture.name, picture.format, picture.created_by) == ("Gate 3.png", "png", editor)
    assert (picture.width, picture.height, picture.is_animated) == (640, 480, False)
    assert storage.current().size(f"{picture.key}/full.png") == picture.bytes
    assert jobs(actions.RENDITIONS)[0].payload == {"picture": picture.id}


def test_what_is_no_picture_leaves_nothing_behind(site: object, now: datetime) -> None:
    before = set(storage.current().names())
    with pytest.raises(BadPicture):
        actions.take_in(b"<svg>", "x.svg", now=now)
    assert set(storage.current().names()) == before
    assert jobs(actions.CLEAR) == []


def test_a_full_disk_leaves_nothing_behind(site: object, now: datetime) -> None:
    before = set(storage.current().names())
    with disks.full_after(0), pytest.raises(NotStored, match="nothing was kept"):
        actions.take_in(photograph("JPEG"), "x.jpg", now=now)
    assert set(storage.current().names()) == before
    assert db.session.scalar(sa.select(sa.func.count(Picture.id))) == 0


def test_the_same_file_at_the_same_moment_is_one_picture(site: object, now: datetime) -> None:
    first = actions.take_in(photograph("JPEG"), "x.jpg", now=now)
    second = actions.take_in(photograph("JPEG"), "x.jpg", now=now)
    picture = actions.add(first, by=None, now=now)
    db.session.commit()
    with pytest.raises(IntegrityError):
        actions.add(second, by=None, now=now)
    db.session.rollback()
    # An hour later, the file without a row goes, and the one with a row stays.
    for job in jobs(actions.CLEAR):
        assert job.next_at == now + timedelta(hours=1)
        actions.clear(claim(job, now), now)
    assert {name.split("/")[0] for name in storage.current().names()} & {first.key, second.key} == {
        picture.key
    }


def test_words_are_tidied(make_picture: Callable[..., Picture]) -> None:
    picture = make_picture()
    actions.describe(picture, Words(" The  gate ", False, " At six.\n\n ", " Ann ", 0, 100))
    assert (picture.alt, picture.caption, picture.credit) == ("The gate", "At six.", "Ann")
    assert (picture.focal_x, picture.focal_y) == (0, 100)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (Words(alt="x" * 501), "alt"),
        (Words(caption="x" * 1001), "caption"),
        (Words(credit="x" * 201), "credit"),
        (Words(focal_x=101), "focal_x"),
        (Words(focal_y=-1), "focal_y"),
        (Words(alt="The gate", is_decorative=True), "alt"),
    ],
)
def test_words_that_cannot_be_are_said_at_their_field(
    make_picture: Callable[..., Picture], words: Words, field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        actions.describe(make_picture(), words)
    assert refused.value.field == field


def test_a_replacement_has_another_key_the_same_words_and_nothing_hidden(
    make_picture: Callable[..., Picture], now: datetime, tmp_path: Path
) -> None:
    picture = make_picture(alt="The gate")
    old = picture.key
    taken = actions.take_in(photograph("WEBP"), "other.webp", now=now)
    actions.replace(picture, taken, now=now)
    db.session.commit()
    assert (picture.alt, picture.format, picture.name) == ("The gate", "webp", "other.webp")
    assert picture.key == taken.key != old
    found = storage.current().open(f"{picture.key}/full.webp")
    assert found is not None
    assert exiftool.added(tmp_path, {"kept.webp": b"".join(found.pieces)}) == set()
    (job,) = [one for one in jobs(actions.CLEAR) if one.next_at == now + actions.REPLACED]
    before = changes.latest()[1]
    actions.clear(claim(job, now), now)
    db.session.commit()
    assert changes.since(before) == {f"media:{old}"}  # caches in front have had it too
    assert storage.current().size(f"{old}/full.jpg") is None
    assert storage.current().size(f"{taken.key}/full.webp") is not None


def test_a_replacement_that_is_here_already_is_named(
    make_picture: Callable[..., Picture], now: datetime
) -> None:
    picture, other = make_picture(), make_picture("PNG")
    taken = actions.take_in(photograph("PNG", size=(402, 300)), "other.png", now=now)
    with pytest.raises(Conflict, match=f"is here already, as picture {other.id}"):
        actions.replace(picture, taken, now=now)


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("../../x", "x"),
        ("C:\\fakepath\\gate.jpg", "gate.jpg"),
        ("", "picture"),
        ("..", "picture"),
        ("a\nb\0.jpg", "a b.jpg"),
        ("x" * 300 + ".jpg", "x" * 196 + ".jpg"),
        ("门.jpg", "门.jpg"),
    ],
)
def test_a_name_has_no_folders_and_no_end(name: str, tidy: str) -> None:
    assert actions.tidy_name(name) == tidy
