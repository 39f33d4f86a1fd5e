from collections.abc import Callable

import pytest

from newsite.articles import pictured
from newsite.articles.models import Article
from newsite.errors import RuleBroken
from newsite.media.models import Picture


def test_a_picture_stands_above_an_article(
    article: Article, make_picture: Callable[..., Picture]
) -> None:
    picture = make_picture()
    pictured.lead(article, picture.id)
    assert (article.lead_picture, article.lead_picture_id) == (picture, picture.id)
    pictured.lead(article, None)
    assert (article.lead_picture, article.lead_picture_id) == (None, None)


@pytest.mark.parametrize("number", [0, 77, 2**31])
def test_a_picture_that_is_not_there_is_said_at_its_field(article: Article, number: int) -> None:
    with pytest.raises(RuleBroken, match="no picture with this number") as refused:
        pictured.lead(article, number)
    assert refused.value.field == "lead_picture_id"
