"""Which articles show a picture, and what becomes of them when it changes. The caller commits."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from newsite.accounts.models import User
from newsite.articles import actions, render
from newsite.articles.models import Article, PictureUse, State
from newsite.db import db
from newsite.errors import Conflict, NotAllowed
from newsite.media import actions as media
from newsite.media import renditions
from newsite.media.actions import Taken, Words
from newsite.media.models import Picture
from newsite.outbox import Claim
from newsite.site import queries as sites

MOST_NAMED = 50  # articles on a picture's page
HIDDEN = (State.draft, State.review, State.trash)


class StillUsed(Conflict):
    """Articles show the picture: they would have a hole."""


def uses(picture: Picture, limit: int = MOST_NAMED) -> list[Article]:
    """Articles that show the picture, last saved first; whatever their state."""
    query = sa.select(Article).join(PictureUse, PictureUse.article_id == Article.id)
    query = query.where(PictureUse.picture_id == picture.id)
    return list(db.session.scalars(query.order_by(Article.saved_at.desc()).limit(limit)))


def uses_seen_by(picture: Picture, user: User) -> list[Article]:
    """The same, as far as this user may know of them: a writer of their own."""
    found = uses(picture)
    return [one for one in found if user.is_editor or one.created_by_id == user.id]


def used(ids: Iterable[int]) -> set[int]:
    """Those of these pictures that an article shows."""
    query = sa.select(PictureUse.picture_id).where(PictureUse.picture_id.in_(list(ids)))
    return set(db.session.scalars(query.distinct()))


def require_may_change(picture: Picture, user: User) -> None:
    """Raises NotAllowed unless it is theirs: an editor's always, a writer's own until readers see it."""
    if user.is_editor:
        return
    if picture.created_by_id != user.id:
        raise NotAllowed("Somebody else uploaded this picture. Ask them or an editor.")
    if any(article.state not in HIDDEN for article in uses(picture)):
        raise NotAllowed("Readers see this picture: ask an editor to change it.")


def describe(picture: Picture, words: Words, *, by: User) -> Picture:
    """The picture with these words, in every article that shows it. Raises NotAllowed or RuleBroken."""
    require_may_change(picture, by)
    media.describe(picture, words)
    _show_anew(picture)
    return picture


def replace(picture: Picture, taken: Taken, *, by: User, now: datetime) -> Picture:
    """The picture with other pixels, in every article that shows it. Raises NotAllowed or Conflict."""
    require_may_change(picture, by)
    media.replace(picture, taken, now=now)
    _show_anew(picture)
    return picture


def delete(picture: Picture, *, by: User, now: datetime) -> None:
    """Deletes a picture. Raises NotAllowed, or StillUsed naming the articles that show it."""
    require_may_change(picture, by)
    # Locked: who puts it into an article comes before, and is seen, or after, and does not find it.
    db.session.execute(sa.select(Picture.id).where(Picture.id == picture.id).with_for_update())
    if uses(picture, 1):
        known = uses_seen_by(picture, by)[:5]
        titles = ", ".join(f"“{article.title}”" for article in known) or "somebody else’s article"
        raise StillUsed(f"It is shown in {titles}. Take it out there first.")
    media.delete(picture, now=now)


def make_renditions(claim: Claim, now: datetime) -> None:
    """The job: makes a picture's sizes, and shows them in the articles that have it."""
    picture_id = claim.payload["picture"]
    if renditions.make(picture_id):
        _show_anew(db.session.get_one(Picture, picture_id))


def _show_anew(picture: Picture) -> None:
    """Makes the text of every article anew that shows the picture, and drops the pages on which they stand."""
    # The flush locks the picture, if it has changed: who takes it at this moment is seen below, or waits.
    db.session.flush()
    query = sa.select(Article).join(PictureUse, PictureUse.article_id == Article.id)
    query = query.where(PictureUse.picture_id == picture.id).order_by(Article.id)
    query = query.options(undefer(Article.body), undefer(Article.body_html))
    site = sites.the_site()
    query = query.with_for_update(of=Article).execution_options(populate_existing=True)
    for article in db.session.scalars(query).unique():
        if render.PLACEHOLDER in article.body:
            render.store_again(article)
        actions.touch_lists(article, site=site)


HANDLERS = {media.RENDITIONS: make_renditions, media.CLEAR: media.clear}
