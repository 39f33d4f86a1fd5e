import pytest
import sqlalchemy as sa

from newsite.accounts.models import ReplyMail
from newsite.comments import actions
from newsite.comments.letters.links import Choice, decide_path, stop_path
from newsite.comments.models import Comment, Follows, ModerationEntry, Status
from newsite.comments.submission import NewReply
from newsite.db import db

BODY = "I was there, <b>and</b> <script>alert(1)</script> http://example.org/"


@pytest.fixture
def comment(article, now) -> Comment:
    """A reply of Ann's that waits."""
    made = actions.submit_reply(
        article, NewReply("Ann", "ann@example.org", "https://ann.example/", BODY), now=now
    )
    db.session.commit()
    return made


@pytest.fixture
def path(comment, editor, now):
    """Where Edith decides about it."""

    def path(choice=Choice.approve):
        return decide_path(editor.id, comment, choice, now=now)

    return path


def assert_private(response) -> None:
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def state(comment_id) -> tuple[Status, int]:
    """Where a reply is, and how often anybody decided about it."""
    count = sa.select(sa.func.count(ModerationEntry.id)).where(
        ModerationEntry.comment_id == comment_id
    )
    status = sa.select(Comment.status).where(Comment.id == comment_id)
    return db.session.scalars(status).one(), db.session.scalars(count).one()


@pytest.mark.parametrize(
    ("choice", "heading", "status", "said"),
    [
        (
            Choice.approve,
            "Approve this reply?",
            Status.approved,
            "The reply by Ann is on the page.",
        ),
        (Choice.spam, "Mark this reply as spam?", Status.spam, "The reply by Ann is in spam."),
        (
            Choice.trash,
            "Put this reply into the trash?",
            Status.trash,
            "The reply by Ann is in the trash.",
        ),
    ],
)
def test_an_editor_decides_by_one_button(pages, comment, path, choice, heading, status, said):
    before = state(comment.id)
    page = pages.get(path(choice))
    assert page.h1 == heading
    assert "I was there" in page.text
    assert "https://ann.example/" in page.text
    assert "You decide as Edith." in page.text
    assert "It waits because:" in page.text
    assert page.link("Thread and writer, at the desk") == f"/desk/replies/{comment.id}/"
    assert_private(page.response)
    assert state(comment.id) == before  # to look changes nothing, however often
    assert pages.get(path(choice)).h1 == heading
    done = page.form("decision").submit()
    assert done.h1 == "Decided"
    assert said in done.text
    assert done.link("Replies at the desk") == "/desk/replies/"
    assert_private(done.response)
    assert state(comment.id) == (status, before[1] + 1)


def test_a_used_link_says_so(pages, comment, path):
    page = pages.get(path())
    page.form("decision").submit()
    again = page.form("decision").submit(status=410)
    assert again.h1 == "Nothing has been changed"
    assert "This link has been used. It works once." in again.text
    assert_private(again.response)
    looked = pages.get(path_of(page), 410)
    assert looked.h1 == "This link does nothing any more"
    assert_private(looked.response)


def path_of(page) -> str:
    return page.path


def test_a_link_to_nothing_says_so(pages, site):
    page = pages.get("/replies/decide/nonsense", 410)
    assert "older than 7 days, or was not copied to its end" in page.text


def test_no_other_site_presses_the_button(pages, comment, path):
    answer = pages.fetch(path(), "POST", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert state(comment.id)[0] is Status.pending


@pytest.fixture
def follower(comment, now) -> Comment:
    comment.confirmed_at, comment.follows = now, Follows.answers
    db.session.commit()
    return comment


def test_a_reader_stops_mails_by_one_button(pages, follower, now):
    page = pages.get(stop_path(comment_id=follower.id, now=now))
    assert page.h1 == "Stop these mails?"
    assert_private(page.response)
    assert follower.follows is Follows.answers  # to look changes nothing
    done = page.form("ending").submit()
    assert done.h1 == "The mails are stopped"
    assert "at the desk" not in done.text
    assert follower.follows is Follows.nothing
    assert_private(done.response)
    assert page.form("ending").submit().h1 == "The mails are stopped"


def test_a_mail_program_stops_mails_by_a_press_of_its_own(pages, follower, now):
    path = stop_path(comment_id=follower.id, now=now)
    # RFC 8058: no cookie, no Origin, no Referer.
    answer = pages.fetch(path, "POST", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert follower.follows is Follows.nothing


def test_an_editor_stops_mails(pages, editor, now):
    pages.get(stop_path(user_id=editor.id, now=now)).form("ending").submit()
    assert editor.reply_mail is ReplyMail.never


def test_an_address_that_ends_nothing_is_none(pages, site):
    assert pages.get("/replies/stop/nonsense", 404)
    assert pages.fetch("/replies/stop/nonsense", "POST").status_code == 404
