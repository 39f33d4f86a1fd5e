"""Words between staff."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from newsite.accounts.models import User
from newsite.articles import notes
from newsite.articles.models import Article
from newsite.db import db
from newsite.errors import NotAllowed, RuleBroken


def test_notes_stand_newest_first_and_are_settled_and_opened_again(
    article: Article, editor: User, admin: User, now: datetime
) -> None:
    first = notes.write(article, "Who said so?\r\n", by=editor, now=now - timedelta(hours=1))
    second = notes.write(article, "The secretary.", by=admin, now=now)
    db.session.commit()
    assert [note.words for note in notes.of(article)] == ["The secretary.", "Who said so?"]
    notes.settle(first, by=admin, now=now)
    notes.settle(first, by=editor, now=now + timedelta(hours=1))  # it is settled once
    db.session.commit()
    assert (first.settled_at, first.settled_by) == (now, admin)
    notes.reopen(first, by=editor)
    assert (first.settled_at, first.settled_by) == (None, None)
    assert notes.by_id(article, second.id) is second


def test_a_note_has_words_and_not_too_many(article: Article, editor: User, now: datetime) -> None:
    for words, sentence in (
        (" \u200b", "Write the note"),
        ("x" * 2_001, "2000 characters or fewer"),
    ):
        with pytest.raises(RuleBroken, match=sentence) as refused:
            notes.write(article, words, by=editor, now=now)
        assert refused.value.field == "words"


def test_a_writer_says_nothing_about_what_is_not_theirs(
    article: Article, editor: User, writer: User, now: datetime
) -> None:
    note = notes.write(article, "Hm.", by=editor, now=now)
    with pytest.raises(NotAllowed):
        notes.write(article, "Hm?", by=writer, now=now)
    with pytest.raises(NotAllowed):
        notes.settle(note, by=writer, now=now)
    with pytest.raises(NotAllowed):
        notes.reopen(note, by=writer)


def test_a_note_is_found_by_its_own_article_only(
    make_article: Callable[..., Article], editor: User, now: datetime
) -> None:
    one, other = make_article("One"), make_article("Other")
    note = notes.write(one, "Hm.", by=editor, now=now)
    db.session.commit()
    assert notes.by_id(other, note.id) is None


def test_notes_that_are_open_are_counted_by_article(
    make_article: Callable[..., Article], editor: User, now: datetime
) -> None:
    one, settled, other, silent = (make_article(title) for title in ("1", "2", "3", "4"))
    for article in (one, one, settled, other):
        note = notes.write(article, "Hm.", by=editor, now=now)
        if article is settled:
            notes.settle(note, by=editor, now=now)
    db.session.commit()
    assert notes.open_about([one, settled, silent]) == {one.id: 2}
    assert notes.open_about([]) == {}
