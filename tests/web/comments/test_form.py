"""The form's values are one reply, and its complaints stand where they belong."""

from datetime import datetime

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from newsite.articles.models import Article
from newsite.comments.submission import NewReply
from newsite.errors import RuleBroken
from newsite.web.comments.form import number, reply_form


def test_an_empty_form_hands_over_an_empty_reply(article: Article, now: datetime) -> None:
    form = reply_form(article, now, MultiDict())
    assert form.value() == NewReply("", "", "", "", None)
    assert not form.validate()


def test_the_fields_have_wordpresss_names(article: Article, now: datetime) -> None:
    sent = MultiDict({"comment": "Hi", "author": "Ann", "email": "a@b.org", "url": "", "to": "7"})
    assert reply_form(article, now, sent).value() == NewReply("Ann", "a@b.org", "", "Hi", 7)


def test_a_refusal_stands_at_its_field_or_over_the_form(
    app: Flask, article: Article, now: datetime
) -> None:
    form = reply_form(article, now)
    form.refuse(RuleBroken("About the name.", field="author_name"))
    form.refuse(RuleBroken("About all."))
    form.refuse(RuleBroken("About something else.", field="elsewhere"))
    assert form.summary == [
        (None, "About all."),
        (None, "About something else."),
        ("author", "About the name."),
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("12", 12),
        ("", None),
        ("-1", None),
        ("1.0", None),
        ("１", None),
        ("1" * 11, None),
        ("²", None),
    ],
)
def test_an_id_is_read_or_is_none(text: str, meant: int | None) -> None:
    assert number(text) == meant
