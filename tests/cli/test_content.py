import json
import shutil

import pytest
import sqlalchemy as sa

from newsite.articles.models import Article, MonthCount
from newsite.comments.models import Comment
from newsite.db import db


@pytest.fixture
def data(tmp_path, demo_data):
    """The data folder of a site with articles and replies."""
    return shutil.copytree(demo_data, tmp_path / "data")


def test_what_an_older_newsite_stored_is_made_again(newsite, inside):
    assert newsite("content", "reclean").output.endswith("Done: 0 articles, 0 replies.\n")
    on_page = sa.select(sa.func.count()).select_from(Comment).where(Comment.is_on_page)
    expected = db.session.scalar(on_page)
    db.session.execute(sa.update(Comment).values(block_html="", block_mark=""))
    db.session.commit()
    report = json.loads(newsite("content", "reclean", "--json").output)
    assert report == {"articles": 0, "replies": expected, "left": 0}
    assert expected > 0


def test_what_is_too_long_today_is_said(newsite, inside):
    article = db.session.scalars(sa.select(Article).limit(1)).one()
    article.body, article.body_policy = "x" * 2_000_000, 0
    db.session.commit()
    result = newsite("content", "reclean")
    assert "1 articles are too long to be cleaned again" in result.output


def test_numbers_that_are_wrong_are_put_right_by_the_command_that_check_names(newsite, inside):
    db.session.execute(sa.update(Article).values(reply_count=Article.reply_count + 1))
    articles = db.session.scalar(sa.select(sa.func.count()).select_from(Article))
    db.session.execute(sa.delete(MonthCount))
    db.session.commit()
    assert newsite("check").output.count("run: newsite content recount") == 2
    said = newsite("content", "recount").output
    assert said.startswith(f"Put right: the number of replies of {articles} articles, 0 places")
    assert json.loads(newsite("content", "recount", "--json").output) == {
        "replies": 0, "places": 0, "months": 0, "circles": 0,
    }  # fmt: skip
    assert "WRONG" not in newsite("check").output
