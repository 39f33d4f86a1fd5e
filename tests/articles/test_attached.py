"""Articles that link to a file."""

from collections.abc import Callable
from datetime import datetime

import pytest

from newsite.accounts.models import User
from newsite.articles import attached
from newsite.articles.models import Article
from newsite.db import db
from newsite.media import documents
from newsite.media.models import File


@pytest.fixture
def file(editor: User, now: datetime) -> File:
    found = documents.take_in(b"%PDF-1.7\n%%EOF\n", "Minutes.pdf", "", by=editor, now=now)
    db.session.commit()
    return found


def test_articles_that_link_to_a_file_are_named(
    make_article: Callable[..., Article], file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"[The minutes]({documents.address(file)})"
    first = make_article("Linked", body=body)
    draft = make_article("A draft", body=body, publish=False)
    make_article("Not linked")
    assert {one.id for one in attached.linking(file)} == {first.id, draft.id}
    monkeypatch.setattr(attached, "LOOKED_THROUGH", 1)
    assert attached.linking(file) == []  # the last one saved is the third
