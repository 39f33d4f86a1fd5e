"""A draft's way to an editor and back."""

from collections.abc import Callable
from datetime import datetime

import pytest

from newsite.accounts.models import Role, User
from newsite.articles import actions, notes, reviewing
from newsite.articles.models import Article, Kind, State
from newsite.db import db
from newsite.errors import NotAllowed, RuleBroken

Make = Callable[..., Article]


@pytest.fixture
def draft(make_article: Make, writer: User) -> Article:
    """Will's draft."""
    return make_article("Mine", by=writer, publish=False)


def test_a_writer_hands_a_draft_in_and_cannot_change_it_then(
    draft: Article, writer: User, editor: User, now: datetime
) -> None:
    reviewing.submit(draft, by=writer, now=now)
    db.session.commit()
    assert (draft.state, draft.version) == (State.review, 2)
    assert not draft.is_public(now)
    with pytest.raises(NotAllowed, match="Take it back"):
        actions.require_may_edit(draft, writer)
    actions.require_may_edit(draft, editor)
    with pytest.raises(NotAllowed, match="Take it back"):
        actions.trash(draft, by=writer, now=now)


def test_a_writer_takes_it_back(draft: Article, writer: User, now: datetime) -> None:
    reviewing.submit(draft, by=writer, now=now)
    reviewing.take_back(draft, by=writer, now=now)
    assert draft.state is State.draft
    actions.require_may_edit(draft, writer)
    with pytest.raises(RuleBroken, match="not in review"):
        reviewing.take_back(draft, by=writer, now=now)


def test_an_editor_sends_it_back_with_a_note(
    draft: Article, writer: User, editor: User, now: datetime
) -> None:
    reviewing.submit(draft, by=writer, now=now)
    reviewing.send_back(draft, words=" Who said so? ", by=editor, now=now)
    db.session.commit()
    assert draft.state is State.draft
    assert [(note.words, note.by) for note in notes.of(draft)] == [("Who said so?", editor)]


def test_nothing_goes_back_without_a_word_or_by_a_writer(
    draft: Article, writer: User, editor: User, now: datetime
) -> None:
    with pytest.raises(RuleBroken, match="not in review"):
        reviewing.send_back(draft, words="No.", by=editor, now=now)
    reviewing.submit(draft, by=writer, now=now)
    with pytest.raises(RuleBroken) as refused:
        reviewing.send_back(draft, words="  ", by=editor, now=now)
    assert refused.value.field == "words"
    with pytest.raises(NotAllowed, match="Only an editor"):
        reviewing.send_back(draft, words="No.", by=writer, now=now)
    assert draft.state is State.review


def test_what_is_empty_or_out_is_not_handed_in(
    make_article: Make, writer: User, editor: User, now: datetime
) -> None:
    empty = make_article("Empty", by=writer, publish=False, body=" ")
    with pytest.raises(RuleBroken, match="Write the text"):
        reviewing.submit(empty, by=writer, now=now)
    with pytest.raises(RuleBroken, match="Only a draft"):
        reviewing.submit(make_article("Out"), by=editor, now=now)


def test_others_articles_and_pages_are_not_a_writers_to_look_behind(
    make_article: Make, make_user: Callable[..., User], writer: User
) -> None:
    other = make_user("Wanda", Role.writer)
    for article in (
        make_article("Hers", by=other, publish=False),
        make_article("About", by=writer, kind=Kind.page),
    ):
        with pytest.raises(NotAllowed, match="not yours"):
            actions.require_may_see(article, writer)
    actions.require_may_see(make_article("Out", by=writer), writer)
