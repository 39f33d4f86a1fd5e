"""The editor's forms: an article's, and a page's, which has less around its text."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField
from wtforms.validators import Optional, ValidationError

from newsite.articles import dates, drafts, queries, taxonomy
from newsite.articles.drafts import Draft
from newsite.articles.models import (
    Article,
    Format,
    Kind,
    Label,
    Precision,
    Revision,
    RevisionKind,
    SavedDraft,
)
from newsite.errors import RuleBroken
from newsite.sanitize import is_web_address
from newsite.web.context import current_site, now
from newsite.web.desk.fields import (
    ChoiceField,
    DayField,
    LineField,
    LocalTimeField,
    NumberField,
    PictureField,
    RadioChoiceField,
    SourceField,
    TextField,
    WrappedLineField,
    at_most,
    choices,
)
from newsite.web.desk.forms import DeskForm

MAX_STANDFIRST_CHARS = 600
MAX_LINE_CHARS = 200  # a byline, the name of a source
MAX_URL_CHARS = 2_000  # what browsers and proxies take
MAX_NOTE_CHARS = 1_000

OPEN, CLOSED = "open", "closed"
FIRST, SECOND = "first", "second"
HOURS = {
    FIRST: _("The first, before the clocks go back"),
    SECOND: _("The second, an hour later"),
}
FORMATS = {Format.markdown: _("Markdown"), Format.html: _("HTML")}
LABELS = {
    Label.news: _("News"),
    Label.opinion: _("Opinion"),
    Label.statement: _("Statement"),
}
PRECISIONS = {
    Precision.day: _("Day"),
    Precision.month: _("Month"),
    Precision.year: _("Year"),
}
CHANGES = {
    RevisionKind.typo: _("A slip of the pen: the date of the last change stays"),
    RevisionKind.update: _("An update: readers see its date"),
    RevisionKind.correction: _("A correction: readers see its date and the note"),
}


class PageForm(DeskForm):
    """A page's text, and what is asked of every text: its address, its time, what a change is for."""

    title = WrappedLineField(_("Title"), render_kw={"rows": 2})
    standfirst = WrappedLineField(
        _("Standfirst"), [at_most(MAX_STANDFIRST_CHARS)], render_kw={"rows": 2}
    )
    body = SourceField(_("Text"), render_kw={"rows": 24})
    body_format = RadioChoiceField(
        _("Written as"),
        choices=choices(FORMATS),
        description=_("An empty line begins a new paragraph."),
    )
    published_at = LocalTimeField(_("Publish at"))
    path = LineField(_("Address"))
    is_noindex = BooleanField(
        _("Not for search engines"),
        description=_("They are asked to leave the page out; readers find it as before."),
    )
    which_hour = RadioChoiceField(
        _("Which of the two?"),
        [Optional()],
        choices=choices(HOURS),
        description=_("The clocks go back that night, and this time comes twice."),
    )
    version = NumberField()
    change = RadioChoiceField(_("What kind of change is it?"), choices=choices(CHANGES))
    note = TextField(
        _("Note"),
        [at_most(MAX_NOTE_CHARS)],
        description=_("What was wrong, and what is right. Readers see a correction’s note."),
        render_kw={"rows": 2},
    )

    def draft(self, article: Article | None) -> Draft:
        """What was typed, as one value. Raises RuleBroken naming the field that has to change."""
        return Draft(**self._texts(article), replies_open=False)

    def wanted_change(self) -> RevisionKind:
        """What the change is for, in the eyes of readers."""
        return RevisionKind(self.change.data)

    def _texts(self, article: Article | None) -> dict[str, Any]:
        return {
            "title": self.title.data or "",
            "standfirst": self.standfirst.data or "",
            "body": self.body.data or "",
            "body_format": Format(self.body_format.data),
            "path": self.path.data or "",
            "is_noindex": self.is_noindex.data,
            "published_at": self._publication(article.published_at if article else None),
        }

    def _publication(self, stored: datetime | None) -> datetime | None:
        """The instant of publication; of a time that comes twice, the one that was chosen."""
        at = _instant(self.published_at, stored)
        if at is None:
            return None
        first, second = dates.both(at, current_site().zone)
        if first == second:
            return at
        if not self.which_hour.data:
            raise RuleBroken(_("Choose which of the two is meant."), field="which_hour")
        return first if self.which_hour.data == FIRST else second

    @property
    def is_hour_asked(self) -> bool:
        """Whether the time of publication comes twice, so that one of the two has to be chosen."""
        return bool(self.which_hour.data or self.which_hour.errors)


class ArticleForm(PageForm):
    """An article's text and all that stands around it."""

    byline = LineField(
        _("Byline, as printed"),
        [at_most(MAX_LINE_CHARS)],
        description=_("A name, several names or a group. It needs no account."),
    )
    contributors = LineField(
        _("Contributors"),
        description=_("Names that have a page here, in their order, with commas between them."),
    )
    first_published = DayField(_("Originally published"))
    first_published_precision = ChoiceField(_("Known to the"), choices=choices(PRECISIONS))
    section = ChoiceField(_("Section"))
    tags = LineField(_("Tags"), description=_("With commas between them."))
    label = ChoiceField(_("Label"), choices=choices(LABELS))
    lead_picture_id = PictureField(
        _("Picture above the text"),
        description=_("Its number, which stands under it among the pictures. Empty: none."),
    )
    source_name = LineField(_("First published by"), [at_most(MAX_LINE_CHARS)])
    source_url = LineField(_("Address there"), [Optional(), at_most(MAX_URL_CHARS)])
    source_is_original = BooleanField(
        _("That one is the original"),
        description=_("Search engines are sent there."),
    )
    replies = RadioChoiceField(
        _("Replies"), choices=choices({OPEN: _("Open"), CLOSED: _("Closed")})
    )
    is_sticky = BooleanField(_("At the top of the front page"))
    sticky_until = LocalTimeField(_("Until"), description=_("Empty: until it is taken down."))

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        listed = {str(one.id): one.name for one in queries.sections()}
        self.section.choices = choices({"": _("None")} | listed)

    def validate_source_url(self, field: LineField) -> None:
        """Refuses what no link can lead to."""
        if not is_web_address(field.data):
            raise ValidationError(
                _("Write a whole web address, such as https://example.org/strike")
            )

    def draft(self, article: Article | None) -> Draft:
        """What was typed, as one value. Raises RuleBroken naming the field that has to change."""
        return Draft(
            **self._texts(article),
            byline=self.byline.data or "",
            contributors=taxonomy.contributors_named(_cut(self.contributors.data)),
            section=int(self.section.data) if self.section.data else None,
            tags=tuple(_cut(self.tags.data)),
            label=Label(self.label.data),
            lead_picture_id=self.lead_picture_id.data,
            first_published=self.first_published.data,
            first_published_precision=Precision(self.first_published_precision.data),
            source_name=self.source_name.data or "",
            source_url=self.source_url.data or "",
            source_is_original=self.source_is_original.data,
            replies_open=self.replies.data == OPEN,
            is_sticky=self.is_sticky.data,
            sticky_until=self._end_at_the_top(article.sticky_until if article else None),
        )

    def _end_at_the_top(self, stored: datetime | None) -> datetime | None:
        """When it is taken down; one that is over may stay, but nobody means to set one."""
        at = _instant(self.sticky_until, stored)
        if self.is_sticky.data and at is not None and at != stored and at <= now():
            raise RuleBroken(
                _("That time is over: write one to come, or none."), field="sticky_until"
            )
        return at


def form_for(article: Article | None, kind: Kind, revision: Revision | None = None) -> PageForm:
    """The form that edits the article, filled with what was sent, else with what is stored.

    With a revision, it is filled with that one's text. None makes a new one of this kind.
    """
    values = _stored_values(article)
    if revision is not None:
        for name in ("title", "standfirst", "body", "body_format", "byline"):
            values[name] = getattr(revision, name)
    return _CLASSES[kind](data=values)


def stored_form(article: Article) -> PageForm:
    """The form filled with what is stored, whatever was sent."""
    return _CLASSES[article.kind](data=_stored_values(article), formdata=None)


def kept_form(draft: SavedDraft, kind: Kind) -> PageForm:
    """The form with what somebody typed and did not save; it began from the version that they had before them."""
    sent = MultiDict((name, one) for name, listed in draft.fields.items() for one in listed)
    sent["version"] = str(draft.version)
    return _CLASSES[kind](formdata=sent)


_CLASSES: dict[Kind, type[PageForm]] = {Kind.article: ArticleForm, Kind.page: PageForm}


def _stored_values(article: Article | None) -> dict[str, Any]:
    values = _values(drafts.of(article) if article else Draft(title=""))
    values["version"] = article.version if article else 0
    values["change"] = RevisionKind.update
    if article is not None:
        values["contributors"] = ", ".join(taxonomy.typed(list(article.contributors)))
    return values


def _values(draft: Draft) -> dict[str, Any]:
    """A draft as the form's fields hold it."""
    return {
        **vars(draft),
        "contributors": "",
        "tags": ", ".join(draft.tags),
        "section": str(draft.section or ""),
        "replies": OPEN if draft.replies_open else CLOSED,
        "published_at": _on_the_wall(draft.published_at),
        "which_hour": _hour(draft.published_at),
        "sticky_until": _on_the_wall(draft.sticky_until),
    }


def _cut(typed: str | None) -> list[str]:
    return [word for part in (typed or "").split(",") if (word := part.strip())]


def _on_the_wall(at: datetime | None) -> datetime | None:
    """What the clock on the site's wall says, to the minute."""
    if at is None:
        return None
    return at.astimezone(current_site().zone).replace(second=0, microsecond=0, tzinfo=None)


def _hour(at: datetime | None) -> str | None:
    """Which of the two it is, of a time that comes twice; None of any other."""
    if at is None:
        return None
    first, second = dates.both(at, current_site().zone)
    if first == second:
        return None
    return FIRST if at < second else SECOND


def _instant(field: LocalTimeField, stored: datetime | None) -> datetime | None:
    """The instant that is meant; the stored one, to its last second, where nobody changed it."""
    local: datetime | None = field.data
    if local is None or local == _on_the_wall(stored):
        return stored if local else None
    try:
        return dates.instant(local, current_site().zone)
    except RuleBroken as error:
        raise RuleBroken(error.message, field=field.name) from None
