"""The form under an article, in WordPress's words and with its field names."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from wtforms import EmailField, Form, HiddenField, StringField, TextAreaField, URLField

from newsite.articles.printed import Text
from newsite.articles.subjects import Subject
from newsite.comments import submission
from newsite.comments.submission import (
    MAX_EMAIL_CHARS,
    MAX_NAME_CHARS,
    MAX_WEBSITE_CHARS,
    NewReply,
)
from newsite.errors import RuleBroken
from newsite.web.comments.tokens import FormToken, Purpose

TRAP = "Filled a field that people do not see"
_FIELDS = {"body": "comment", "author_name": "author", "email": "email", "website": "url"}


def _storable(value: str | None) -> str:
    """What was sent, without what no page can show."""
    return submission.storable(value or "")


class ReplyForm(Form):
    """What a reader fills in. The rules about each field are `submission.problems`."""

    class Meta:
        csrf = True
        csrf_class = FormToken
        csrf_context: tuple[Purpose, int, datetime]

    comment = TextAreaField(
        lazy_gettext("Comment"),
        filters=[_storable],
        # No maxlength: a browser cuts what is pasted in without a word, and the end would be lost.
        render_kw={"required": True, "rows": 8},
    )
    author = StringField(
        lazy_gettext("Name"),
        filters=[_storable],
        render_kw={"required": True, "maxlength": MAX_NAME_CHARS, "autocomplete": "name"},
    )
    email = EmailField(
        lazy_gettext("Email"),
        filters=[_storable],
        render_kw={"required": True, "maxlength": MAX_EMAIL_CHARS, "autocomplete": "email"},
    )
    url = URLField(
        lazy_gettext("Website"),
        filters=[_storable],
        render_kw={"maxlength": MAX_WEBSITE_CHARS, "autocomplete": "url"},
    )
    to = HiddenField(filters=[_storable])  # the comment that is answered
    # A trap: no person sees it or comes to it with a keyboard, and no browser knows how to fill it.
    subject = StringField(
        lazy_gettext("Leave this field empty"),
        filters=[_storable],
        render_kw={"tabindex": "-1", "autocomplete": "off"},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether it may be sent; else each field has its sentence."""
        is_ours: bool = super().validate(extra_validators)
        problems = submission.problems(self.value().tidied())
        for field, sentence in problems.items():
            self.refuse(RuleBroken(sentence, field=field))
        return is_ours and not problems

    def value(self) -> NewReply:
        return NewReply(
            author_name=self.author.data,
            email=self.email.data,
            website=self.url.data,
            body=self.comment.data,
            parent_id=number(self.to.data),
        )

    def suspicion(self) -> str:
        """The rule that takes the sender for a machine; empty if none does."""
        return TRAP if self.subject.data else ""

    def refuse(self, error: RuleBroken) -> None:
        """Puts what a rule said beside the field that it is about, or over the whole form."""
        field = _FIELDS.get(error.field or "")
        if field is None:
            self.form_errors.append(error.message)
        else:
            self[field].errors = [*self[field].errors, error.message]

    @property
    def summary(self) -> list[tuple[str | None, str]]:
        """All that is wrong, in the form's order: the id of the field, if it is one's, and the sentence."""
        whole = [*self.form_errors, *self.csrf_token.errors]
        return [(None, sentence) for sentence in whole] + [
            (self[name].id, sentence) for name in _FIELDS.values() for sentence in self[name].errors
        ]


def reply_form(
    article: Text | Subject, now: datetime, sent: Any = None, to: int | None = None
) -> ReplyForm:
    """The form of an article, empty or with what was `sent`; `to` is the comment that it answers."""
    form = ReplyForm(sent, meta={"csrf_context": (Purpose.reply, article.id, now)})
    if sent is None and to is not None:
        form.to.data = str(to)
    return form


def number(text: str) -> int | None:
    """The id written as `text`; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None
