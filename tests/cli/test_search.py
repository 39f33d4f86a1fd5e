import json
import shutil

import pytest
import sqlalchemy as sa

from newsite.articles import search
from newsite.articles.models import Article
from newsite.db import connection, db


@pytest.fixture
def data(tmp_path, demo_data):
    """The data folder of a site with articles and replies."""
    return shutil.copytree(demo_data, tmp_path / "data")


def test_the_words_of_all_articles_are_written_anew(newsite, inside, monkeypatch):
    monkeypatch.setattr(search, "STEP", 4)
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Article))
    db.session.execute(sa.text("DELETE FROM articles_fts"))
    db.session.commit()
    assert newsite("search", "rebuild").output.endswith(f"Done: {count} articles.\n")
    assert search.wrong(connection()) == 0
    db.session.commit()
    assert json.loads(newsite("search", "rebuild", "--json").output) == {"articles": count}
