"""Whoever sets a link finds what is on the site by its title."""

from collections.abc import Callable

from pages import Pages

from newsite.articles.models import Article


def found(pages: Pages, words: str) -> list[tuple[str, str]]:
    answer = pages.fetch(f"/desk/articles/pick?q={words}")
    assert answer.status_code == 200
    return [(one["title"], one["address"]) for one in answer.get_json()["articles"]]


def test_published_articles_are_found_by_words_of_their_title(
    desk: Pages, make_article: Callable[..., Article]
) -> None:
    article = make_article("The night shift votes")
    make_article("The night shift sleeps", publish=False)
    make_article("A day at the gates")
    assert found(desk, "night shift") == [("The night shift votes", article.path)]
    assert found(desk, "nobody") == []


def test_no_more_are_shown_than_can_be_chosen_from(
    desk: Pages, make_article: Callable[..., Article]
) -> None:
    for number in range(10):
        make_article(f"Night {number}")
    assert len(found(desk, "night")) == 8


def test_readers_are_sent_to_sign_in(pages: Pages) -> None:
    answer = pages.fetch("/desk/articles/pick?q=night")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/desk/login")
