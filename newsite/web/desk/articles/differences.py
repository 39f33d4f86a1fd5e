"""What differs between two versions, field by field, in the words of the form."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField

from newsite.articles.comparison import Stretch, compared
from newsite.articles.models import Article, Revision
from newsite.web.desk.articles.forms import PageForm

_NOT_COMPARED = {"csrf_token", "version", "change", "note"}
_KEPT_IN_REVISIONS = {
    "title": _("Title"),
    "standfirst": _("Standfirst"),
    "byline": _("Byline, as printed"),
    "body": _("Text"),
}


@dataclass(frozen=True)
class Difference:
    """A field that two versions have otherwise, and both its texts laid over one another."""

    label: str
    stretches: list[Stretch]


def between_forms(older: PageForm, newer: PageForm) -> list[Difference]:
    """The fields that differ between two forms of one kind, in their order."""
    pairs = [(field, newer[field.name]) for field in older if field.name not in _NOT_COMPARED]
    return [
        Difference(old.label.text, compared(_words(old), _words(new)))
        for old, new in pairs
        if _words(old) != _words(new)
    ]


def since(revision: Revision, article: Article) -> list[Difference]:
    """What has changed in an article since this version, of what versions keep."""
    return [
        Difference(str(label), compared(getattr(revision, name), getattr(article, name)))
        for name, label in _KEPT_IN_REVISIONS.items()
        if getattr(revision, name) != getattr(article, name)
    ]


def _words(field: Any) -> str:
    """What is in a field as the form shows it."""
    if field.data in (None, ""):
        return ""
    if isinstance(field.data, bool):
        return str(gettext("Yes") if field.data else gettext("No"))
    listed = field.iter_choices() if isinstance(field, SelectField) else []
    return str(next((choice.label for choice in listed if choice.selected), field.data))
