"""What is typed is kept beside the article, for whoever typed it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from newsite.accounts.models import User
from newsite.articles import autosaving
from newsite.articles.models import Article
from newsite.errors import RuleBroken

MINUTE = timedelta(minutes=1)


@pytest.fixture
def keep(writer: User, now: datetime) -> Callable[..., None]:
    """Keeps a title that Will typed."""

    def keep(place: str, title: str, article: Article | None = None, minutes: int = 0) -> None:
        at = now + minutes * MINUTE
        fields = {"title": [title]}
        autosaving.keep(writer, place, fields, article=article, version=1, now=at)

    return keep


def titles(drafts: list[autosaving.SavedDraft]) -> list[str]:
    return [draft.fields["title"][0] for draft in drafts]


def test_one_place_holds_what_was_typed_last(
    keep: Callable[..., None], writer: User, article: Article, now: datetime
) -> None:
    keep("1.aaaaaaaa", "Night", article)
    keep("1.aaaaaaaa", "Night shift", article, minutes=1)
    draft = autosaving.saved(writer, "1.aaaaaaaa")
    assert draft is not None
    assert titles([draft]) == ["Night shift"]
    assert (draft.article_id, draft.version, draft.saved_at) == (article.id, 1, now + MINUTE)


def test_two_tabs_do_not_write_over_one_another(
    keep: Callable[..., None], writer: User, article: Article
) -> None:
    keep("1.aaaaaaaa", "In one", article)
    keep("1.bbbbbbbb", "In the other", article, minutes=1)
    assert titles(autosaving.saved_of(writer, article)) == ["In the other", "In one"]
    autosaving.forget(writer, "1.aaaaaaaa")
    assert titles(autosaving.saved_of(writer, article)) == ["In the other"]


def test_what_was_begun_belongs_to_no_article(
    keep: Callable[..., None], writer: User, editor: User, article: Article
) -> None:
    keep("new-article.aaaaaaaa", "A new one")
    keep("1.aaaaaaaa", "Night", article)
    assert titles(autosaving.begun(writer)) == ["A new one"]
    assert autosaving.begun(editor) == []
    assert autosaving.saved(editor, "1.aaaaaaaa") is None


def test_a_text_beyond_all_bounds_is_refused(
    keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosaving, "MAX_CHARS", 30)
    with pytest.raises(RuleBroken, match="too long to be kept"):
        keep("new-article.aaaaaaaa", "A title of thirty characters")


def test_people_at_the_same_article_are_told_of_each_other(
    writer: User, editor: User, article: Article, now: datetime
) -> None:
    autosaving.arrive(writer, article, now)
    autosaving.arrive(editor, article, now)
    assert autosaving.others(writer, article, now) == [editor]
    later = now + autosaving.PRESENT_FOR
    autosaving.arrive(writer, article, later)
    assert autosaving.others(writer, article, later) == []
    assert autosaving.others(editor, article, later) == [writer]


def test_what_nobody_came_back_for_goes_after_thirty_days(
    keep: Callable[..., None], writer: User, article: Article, now: datetime
) -> None:
    keep("1.aaaaaaaa", "Night", article)
    autosaving.arrive(writer, article, now)
    assert autosaving.tidy(now + autosaving.KEPT_FOR - MINUTE) == 0
    assert autosaving.tidy(now + autosaving.KEPT_FOR) == 1
    assert autosaving.saved_of(writer, article) == []
