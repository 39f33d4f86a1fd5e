"""What differs between two versions, field by field, in the words of the form.

Of the text, the words are compared as readers read them, block by block; its source only for who asks for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField

from newsite import text
from newsite.articles import render
from newsite.articles.comparison import Stretch, compared
from newsite.articles.models import Format, Revision
from newsite.errors import BadText
from newsite.web.desk.articles.forms import PageForm

_NOT_COMPARED = {"csrf_token", "version", "change", "note"}
_KEPT_IN_REVISIONS = {
    "title": _("Title"),
    "standfirst": _("Standfirst"),
    "byline": _("Byline, as printed"),
}
_TEXT = _("Text")


@dataclass(frozen=True)
class Difference:
    """A field that two versions have otherwise, and both its texts laid over one another."""

    label: str
    stretches: Sequence[Stretch]  # none where the words are the same, and only their source differs
    source: Sequence[Stretch] = ()  # of what is read otherwise than it is written


def between_forms(older: PageForm, newer: PageForm) -> list[Difference]:
    """The fields that differ between two forms of one kind, in their order."""
    pairs = [(field, newer[field.name]) for field in older if field.name not in _NOT_COMPARED]
    return [
        _of_text(_source(older), _source(newer))
        if old.name == "body"
        else Difference(old.label.text, compared(_words(old), _words(new)))
        for old, new in pairs
        if _words(old) != _words(new)
    ]


def between(older: Revision, newer: Revision) -> list[Difference]:
    """What differs between two versions of an article, of what versions keep; their texts must be loaded."""
    found = [
        Difference(str(label), compared(getattr(older, name), getattr(newer, name)))
        for name, label in _KEPT_IN_REVISIONS.items()
        if getattr(older, name) != getattr(newer, name)
    ]
    sources = [(one.body, one.body_format) for one in (older, newer)]
    return found if sources[0] == sources[1] else [*found, _of_text(*sources)]


def plain(body: str, body_format: Format) -> str | None:
    """The words of a text as readers read them; none where what was typed cannot be printed."""
    try:
        return text.plain(render.body_html(body, body_format))
    except BadText:
        return None


def _of_text(older: tuple[str, Format], newer: tuple[str, Format]) -> Difference:
    source = compared(older[0], newer[0])
    old, new = plain(*older), plain(*newer)
    if old is None or new is None:  # it is shown as it was typed
        return Difference(str(_TEXT), source)
    # The last block ends as the others do: what came after it does not run on in its line.
    words = compared(f"{old}\n", f"{new}\n") if old != new else ()
    return Difference(str(_TEXT), words, source)


def _source(form: PageForm) -> tuple[str, Format]:
    return form.body.data or "", Format(form.body_format.data)


def _words(field: Any) -> str:
    """What is in a field as the form shows it."""
    if field.data in (None, ""):
        return ""
    if isinstance(field.data, bool):
        return str(gettext("Yes") if field.data else gettext("No"))
    listed = field.iter_choices() if isinstance(field, SelectField) else []
    return str(next((choice.label for choice in listed if choice.selected), field.data))
