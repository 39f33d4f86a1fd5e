"""The picture above an article."""

from newsite.articles.models import Article
from newsite.db import MAX_ID
from newsite.errors import RuleBroken
from newsite.media import queries

FIELD = "lead_picture_id"


def lead(article: Article, picture_id: int | None) -> None:
    """Puts the picture of this number above the article; None: none. Raises RuleBroken if there is no such picture."""
    is_id = picture_id is not None and 0 < picture_id <= MAX_ID
    picture = queries.held([picture_id]).get(picture_id) if is_id and picture_id else None
    if picture is None and picture_id is not None:
        raise RuleBroken("There is no picture with this number.", field=FIELD)
    # Both: the object is what a preview shows, and the number is asked for before the row is written.
    article.lead_picture = picture
    article.lead_picture_id = picture.id if picture else None
