"""What the forms of the desk have in common."""

from collections.abc import Iterator

import pytest
from flask import Flask
from wtforms import PasswordField, SelectMultipleField, StringField

from newsite.errors import RuleBroken
from newsite.site.models import Site
from newsite.web.desk.forms import DeskForm


class Note(DeskForm):
    words = StringField("Words", filters=[lambda value: value and value.upper()])
    password = PasswordField("Password")
    several = SelectMultipleField(choices=["a", "b"])


@pytest.fixture
def note(app: Flask, site: Site) -> Iterator[Note]:
    data = {"words": "  a note ", "password": " secret ", "several": ["a", "b"]}
    with app.test_request_context("/desk/x", method="POST", data=data):
        yield Note()


def test_what_is_typed_comes_without_spaces_but_a_password_as_it_is(note: Note) -> None:
    assert note.words.data == "A NOTE"
    assert note.password.data == " secret "
    assert note.several.data == ["a", "b"]


def test_a_refusal_stands_beside_its_field_or_over_the_form(note: Note) -> None:
    note.refuse(RuleBroken("Write less.", field="words"))
    note.refuse(RuleBroken("Not today."))
    note.refuse(RuleBroken("Of a field that is not here.", field="other"))
    assert note.words.errors == ["Write less."]
    assert note.errors == {
        "words": ["Write less."],
        "": ["Not today.", "Of a field that is not here."],
    }
