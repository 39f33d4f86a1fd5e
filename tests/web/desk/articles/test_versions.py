"""The versions of an article."""

from collections.abc import Callable

from flask import Flask
from pages import Pages

from newsite import audit
from newsite.accounts.models import User
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


def test_a_version_is_compared_by_its_words_with_the_one_before(
    desk: Pages, article: Article
) -> None:
    form = desk.get(f"/desk/articles/{article.id}").form("editor")
    form.fill(
        title="Day shift votes", body="The count <b>was</b> at seven.", byline="members"
    ).submit()
    page = desk.get(f"/desk/articles/{article.id}/versions/3")
    assert page.h1 == "Version 3 of “Day shift votes”"
    assert "What is struck out stands in version 1, what is underlined in version 3." in page.text
    assert "It is the text that the article has now." in page.text
    words = [one.get_text().strip() for one in page.all("del") if not one.find_parent("details")]
    assert words == ["Night", "six.\nWhat follows\nA meeting."]  # no markup between them
    words = [one.get_text().strip() for one in page.all("ins") if not one.find_parent("details")]
    assert words == ["Day", "members", "seven."]
    assert page.texts("details del") == ["was", "six. ## What follows A meeting."]
    assert page.texts("details ins") == ["<b>was</b>", "seven."]
    assert not page.all(".compare b")  # shown as it was written, never run
    first = desk.get(f"/desk/articles/{article.id}/versions/1")
    assert "There is no version before it that could be compared." in first.text
    assert first.all(".words")[0].get_text() == "The count was at six.\nWhat follows\nA meeting."
    assert first.texts("details .words") == ["The count was at six. ## What follows A meeting."]
    assert "versions do not keep them" in first.text
    taken = first.follow("Take this text into the editor")
    assert (
        "Section, tags, dates, address and the picture above the text are those of now"
        in taken.text
    )


def test_any_two_versions_are_compared(desk: Pages, article: Article) -> None:
    here = f"/desk/articles/{article.id}"
    for body in ("Seven.", "**Seven.**", "Seven. Eight."):
        desk.get(here).form("editor").fill(body=body).submit()
    page = desk.get(f"{here}/versions").form("pair").fill(**{"with": "5", "version": "1"}).submit()
    assert page.path == f"{here}/versions/1"
    assert "stands in version 1, what is underlined in version 5." in page.text
    page = page.form("pair").fill(**{"with": "3", "version": "4"}).submit()
    assert page.path == f"{here}/versions/4"
    assert "No word is another" in page.text
    assert page.texts("details ins") == ["**Seven.**"]
    page = desk.get(f"{here}/versions/4?with=4")
    assert "Version 4 and version 4 have the same text." in page.text
    for nothing in ("9", "x", "-1", ""):
        desk.get(f"{here}/versions/4?with={nothing}", 404)
        desk.get(f"{here}/versions?version=1&with={nothing}", 404)


def test_a_version_that_never_was_is_not_found(desk: Pages, article: Article) -> None:
    for number in ("99", "0", "99999999999", "-1"):
        desk.get(f"/desk/articles/{article.id}/versions/{number}", 404)


def test_an_editor_withholds_a_version_and_a_writer_does_not_read_it(
    app: Flask, desk: Pages, make_article: Callable[..., Article], writer: User
) -> None:
    article = make_article("Mine", by=writer, publish=False, body="Zebedee counted.")
    form = desk.get(f"/desk/articles/{article.id}").form("editor")
    form.fill(body="A member counted.").submit()
    here = f"/desk/articles/{article.id}/versions"
    page = desk.get(f"{here}/1").follow("Withhold this version")
    page = page.form("withholding").fill(reason=" ").submit(status=422)
    assert "Say why" in page.text
    page = page.form("withholding").fill(reason="r" * 501).submit(status=422)
    assert "500 characters or fewer" in page.text
    page = page.form("withholding").fill(reason="A name.").submit()
    assert "Version 1 is withheld." in page.text
    assert page.texts(".badge.waits") == ["Withheld"]
    assert "Zebedee counted." in desk.get(f"{here}/1").text  # to an editor


def test_a_withheld_version_is_not_read_by_its_writer(
    app: Flask, desk: Pages, make_article: Callable[..., Article], writer: User
) -> None:
    article = make_article("Mine", by=writer, publish=False, body="Zebedee counted.")
    form = desk.get(f"/desk/articles/{article.id}").form("editor")
    form.fill(body="A member counted.").submit()
    here = f"/desk/articles/{article.id}/versions"
    desk.get(f"{here}/1/withhold").form("withholding").fill(reason="A name.").submit()
    writing = Pages(app).sign_in(writer, "a long enough password")
    page = writing.get(f"{here}/1")
    assert "A name." in page.text
    assert "Zebedee" not in page.text
    assert writing.fetch(f"/desk/articles/{article.id}?version=1").status_code == 403
    page = writing.get(f"{here}/2")
    assert "Zebedee" not in page.text
    assert "There is no version before it" in page.text
    assert writing.fetch(f"{here}/2?with=1").status_code == 403
    assert "Zebedee" not in writing.get(here).text
    assert writing.fetch(f"{here}/1/withhold").status_code == 403
    token = writing.get("/desk/articles/new").form("editor").values["csrf_token"]
    for deed in ("withhold", "release"):
        answer = writing.post(f"{here}/1/{deed}", {"csrf_token": token, "reason": "x"})
        assert answer.status_code == 403
    assert audit.latest(1)[0].action == "withheld a version of"
    page = desk.get(f"{here}/1").press("Show this version again")
    assert "can be seen again" in page.text
    assert "Zebedee counted." in writing.get(f"{here}/1").text


def test_an_editor_is_told_where_else_the_words_stand(desk: Pages, article: Article) -> None:
    here = f"/desk/articles/{article.id}"
    for body in ("Zebedee counted.", "Zebedee Marsh counted.", "Members counted."):
        desk.get(here).form("editor").fill(body=body).submit()
    form = desk.get(here).form("editor")
    form.fill(body="Members voted.", change="correction", note="No Marsh was there.").submit()
    page = desk.get(f"{here}/versions/4/withhold")
    said = page.texts(".notice li")
    assert said == [
        "Version 6 (in the note of the version of now, which stays): Marsh",
        "Version 5 : counted",
        "Version 3 : Zebedee, counted",
    ]
    page.form("withholding").fill(reason="A name.", with_others="y").submit()
    assert desk.get(f"{here}/versions").texts(".badge.waits") == ["Withheld"] * 3
    assert "elsewhere" not in desk.get(f"{here}/versions/1/withhold").text


def test_the_words_of_now_are_not_withheld(desk: Pages, article: Article) -> None:
    here = f"/desk/articles/{article.id}/versions/1"
    assert "Withhold this version" not in desk.get(here).text
    page = desk.get(f"{here}/withhold").form("withholding").fill(reason="x").submit(status=422)
    assert "Change them first" in page.text
