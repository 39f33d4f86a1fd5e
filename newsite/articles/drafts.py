"""What a writer hands over when saving: one value, checked by the form for shape and by actions for rules."""

from dataclasses import dataclass
from datetime import date, datetime

from newsite.articles.models import Article, Format, Label, Precision


@dataclass(frozen=True)
class Draft:
    """The text of an article and all that stands around it, as a writer left it."""

    title: str
    standfirst: str = ""
    body: str = ""
    body_format: Format = Format.markdown
    byline: str = ""
    contributors: tuple[int, ...] = ()  # ids, in the order of the byline
    section: int | None = None  # id
    tags: tuple[str, ...] = ()  # names
    lead_picture_id: int | None = None
    label: Label = Label.news
    path: str = ""  # as typed; empty: from the site's pattern
    first_published: date | None = None
    first_published_precision: Precision = Precision.day
    published_at: datetime | None = None  # None: when somebody publishes it
    source_name: str = ""
    source_url: str = ""
    source_is_original: bool = False
    is_noindex: bool = False  # search engines are told to leave it out
    replies_open: bool = True
    is_sticky: bool = False
    sticky_until: datetime | None = None

    def copied_to(self, article: Article) -> None:
        """Sets the article's own columns; path, section, tags, credits and picture are the action's to set."""
        for name in _COLUMNS:
            setattr(article, name, getattr(self, name))


_COLUMNS = (
    "title",
    "standfirst",
    "body",
    "body_format",
    "byline",
    "label",
    "first_published",
    "first_published_precision",
    "published_at",
    "source_name",
    "source_url",
    "source_is_original",
    "is_noindex",
    "replies_open",
    "is_sticky",
    "sticky_until",
)


def of(article: Article) -> Draft:
    """The article as a draft, to fill the editor with; tags and credits must be loaded."""
    values = {name: getattr(article, name) for name in _COLUMNS}
    return Draft(
        **values,
        contributors=tuple(credit.contributor_id for credit in article.credits),
        section=article.section_id,
        tags=tuple(tag.name for tag in article.tags),
        path=article.path or "",
        lead_picture_id=article.lead_picture_id,
    )
