"""The versions of an article."""

from pages import Pages

from newsite.articles.models import Article


def test_all_versions_are_listed_with_what_each_was_for(desk: Pages, article: Article) -> None:
    form = desk.get(f"/desk/articles/{article.id}").form("editor")
    form.fill(body="The count was at seven.", change="correction", note="Seven, not six.").submit()
    page = desk.get(f"/desk/articles/{article.id}").follow("All versions")
    assert page.h1 == "Versions of “Night shift votes”"
    assert page.texts(".lines strong") == ["Version 3", "Version 1"]
    assert page.texts(".lines .facts") == [
        "A correction · Ada · Seven, not six.",
        "Before publication",
    ]
    assert page.texts(".badge") == ["As it is now"]
    assert page.follow("Back to the editor").path == f"/desk/articles/{article.id}"


def test_a_version_is_compared_with_the_article_as_it_is(desk: Pages, article: Article) -> None:
    form = desk.get(f"/desk/articles/{article.id}").form("editor")
    form.fill(
        title="Day shift votes", body="The count <b>was</b> at seven.", byline="members"
    ).submit()
    page = desk.get(f"/desk/articles/{article.id}/versions/1")
    assert page.h1 == "Version 1 of “Day shift votes”"
    assert page.texts(".compare del") == ["Night", "was", "six. ## What follows A meeting."]
    assert page.texts(".compare ins") == ["Day", "members", "<b>was</b>", "seven."]
    assert not page.all(".compare b")  # shown as it was written, never run
    newest = desk.get(f"/desk/articles/{article.id}/versions/3")
    assert "It is the text that the article has now." in newest.text


def test_a_version_that_never_was_is_not_found(desk: Pages, article: Article) -> None:
    for number in ("99", "0", "99999999999", "-1"):
        desk.get(f"/desk/articles/{article.id}/versions/{number}", 404)
