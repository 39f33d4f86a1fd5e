"""Reading pictures and files."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from newsite.db import db, has_words
from newsite.media.models import File, Picture, Rendition
from newsite.media.names import kept_name, size_name
from newsite.paging import Cursor, Page, cut

PAGE_SIZE = 40


def picture(picture_id: int) -> Picture | None:
    """The picture with this id; its sizes loaded."""
    return db.session.get(Picture, picture_id, options=[selectinload(Picture.renditions)])


def pictures(ids: Iterable[int]) -> dict[int, Picture]:
    """These pictures by id, as they are now, as far as they are there; their sizes loaded."""
    return _by_id(sa.select(Picture).where(Picture.id.in_(list(ids))))


def held(ids: Iterable[int]) -> dict[int, Picture]:
    """The same, and so they stay until the commit: whoever changes one comes before or after.

    Whoever writes an article asks for its pictures first, and then locks the article: nobody waits in a circle.
    """
    query = sa.select(Picture).where(Picture.id.in_(list(ids))).order_by(Picture.id)
    return _by_id(query.with_for_update(read=True))


def by_sha256(sha256: str) -> Picture | None:
    """The picture that was made of an upload."""
    return db.session.scalar(sa.select(Picture).where(Picture.sha256 == sha256))


def newest(words: str = "", *, before: Cursor | None = None) -> Page[Picture]:
    """Pictures with these words about them or in their name, newest first; sizes and uploader loaded."""
    columns = Picture.name, Picture.alt, Picture.caption, Picture.credit
    query = sa.select(Picture).options(
        selectinload(Picture.renditions), joinedload(Picture.created_by)
    )
    if words:
        query = query.where(has_words(words, *columns))
    if before is not None:
        here = sa.tuple_(Picture.created_at, Picture.id)
        query = query.where(here < sa.tuple_(sa.literal(before.at), sa.literal(before.id)))
    query = query.order_by(Picture.created_at.desc(), Picture.id.desc()).limit(PAGE_SIZE + 1)
    found = db.session.scalars(query).all()
    return cut(found, PAGE_SIZE, lambda one: Cursor(one.created_at, one.id))


def files(words: str = "", *, before: Cursor | None = None) -> Page[File]:
    """Files with these words in title or name, newest first; uploader loaded."""
    query = sa.select(File).options(joinedload(File.created_by))
    if words:
        columns = File.title, File.name
        query = query.where(has_words(words, *columns))
    if before is not None:
        here = sa.tuple_(File.created_at, File.id)
        query = query.where(here < sa.tuple_(sa.literal(before.at), sa.literal(before.id)))
    query = query.order_by(File.created_at.desc(), File.id.desc()).limit(PAGE_SIZE + 1)
    found = db.session.scalars(query).all()
    return cut(found, PAGE_SIZE, lambda one: Cursor(one.created_at, one.id))


def file_by_sha256(sha256: str) -> File | None:
    """The file with these bytes."""
    return db.session.scalar(sa.select(File).where(File.sha256 == sha256))


def is_used_key(key: str) -> bool:
    """Whether a picture or a file has this key."""
    found = sa.union_all(*(sa.select(one.id).where(one.key == key) for one in (Picture, File)))
    return db.session.execute(found).first() is not None


def is_served(key: str, name: str) -> bool:
    """Whether a picture, one of its sizes, or a file has this name under this key."""
    picture = db.session.scalar(sa.select(Picture).where(Picture.key == key))
    if picture is not None:
        sizes = (size_name(one.width, one.format) for one in picture.renditions)
        return name in {kept_name(picture.format), *sizes}
    file = sa.select(File.id).where(File.key == key, File.name == name)
    return db.session.scalar(file) is not None


def expected() -> dict[str, int]:
    """Every name that must be in the storage, and its bytes."""
    rows = db.session.execute(sa.select(Picture.key, Picture.format, Picture.bytes))
    found = {f"{key}/{kept_name(form)}": size for key, form, size in rows}
    query = sa.select(Picture.key, Rendition.width, Rendition.format, Rendition.bytes)
    for key, width, form, size in db.session.execute(query.join(Rendition.picture)):
        found[f"{key}/{size_name(width, form)}"] = size
    files = db.session.execute(sa.select(File.key, File.name, File.bytes))
    return found | {f"{key}/{name}": size for key, name, size in files}


def _by_id(query: sa.Select[Picture]) -> dict[int, Picture]:
    query = query.options(selectinload(Picture.renditions))
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return {one.id: one for one in found}
