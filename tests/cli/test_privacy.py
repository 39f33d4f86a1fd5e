"""The operator does what one person may ask for."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from newsite import wiping
from newsite.articles import actions as articles
from newsite.articles.drafts import Draft
from newsite.comments import actions
from newsite.comments.models import Comment
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.site import queries as sites
from newsite.web.context import reserved

NOW = datetime.now(UTC) - timedelta(hours=1)
EMAIL = "parveen@quillmark.example"


@pytest.fixture
def sent(inside, data) -> list[int]:
    """Two replies of Parveen's and one of Bob's."""
    given = {"site": sites.the_site(), "reserved": reserved(), "by": None, "now": NOW}
    article = articles.create(Draft(title="Night shift votes", body="Yes."), **given)
    articles.publish(article, **given)
    numbers = []
    for name, body in (("Parveen", "One."), ("Parveen", "Two."), ("Bob", "Three.")):
        email = EMAIL if name == "Parveen" else "bob@example.org"
        reply = NewReply(name, email, "", body)
        numbers.append(actions.submit_reply(article, reply, now=NOW).id)
    db.session.commit()
    db.session.remove()
    return numbers


def test_the_operator_sees_what_is_held(newsite, sent):
    shown = newsite("privacy", "show", EMAIL.upper())
    assert shown.output.splitlines() == [
        "2 replies.",
        f"{sent[1]}  {NOW:%Y-%m-%d}  pending  Parveen: Night shift votes",
        f"{sent[0]}  {NOW:%Y-%m-%d}  pending  Parveen: Night shift votes",
    ]
    held = json.loads(newsite("privacy", "show", EMAIL, "--json").output)
    assert [reply["body"] for reply in held["replies"]] == ["Two.", "One."]
    assert newsite("privacy", "show", "bob@example.org").output.startswith("1 reply.\n")
    assert newsite("privacy", "show", "nobody@example.org").output == "0 replies.\n"


def test_the_operator_erases_and_is_asked_first(newsite, sent, inside, data):
    refused = newsite("privacy", "erase", EMAIL, stdin="n\n")
    assert refused.exit_code == 1
    assert "2 replies. Erase for good?" in refused.output
    assert db.session.get_one(Comment, sent[0]).email == EMAIL
    db.session.remove()
    assert newsite("privacy", "erase", EMAIL, stdin="y\n").output.endswith("Erased: 2.\n")
    files = b"".join(one.read_bytes() for one in data.glob("newsite.db*"))
    assert b"quillmark" not in files
    assert b"bob@example.org" in files
    assert newsite("privacy", "erase", EMAIL).output == "Erased: 0.\n"


def test_the_words_may_stay(newsite, sent, inside):
    done = newsite("privacy", "erase", EMAIL, "--name-only", "--yes", "--json")
    assert json.loads(done.output) == {"erased": 2}
    comment = db.session.get_one(Comment, sent[0])
    assert (comment.author_name, comment.body) == ("Name removed", "One.")


def test_a_file_that_is_being_read_is_wiped_later(newsite, sent, monkeypatch):
    def busy() -> None:
        raise wiping.StillRead("read")

    monkeypatch.setattr(wiping, "wipe", busy)
    done = newsite("privacy", "erase", EMAIL, "--yes")
    assert done.exit_code == 1
    assert done.output == (
        "Erased: 2. The database's files are wiped by the worker, in a moment.\n"
    )
