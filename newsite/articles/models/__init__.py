"""Articles and pages, what orders them, what they were, and what is kept while they are written."""

from newsite.articles.models.articles import Article, has_appeared
from newsite.articles.models.history import Redirect, Revision
from newsite.articles.models.orders import (
    Contributor,
    Credit,
    MonthCount,
    Section,
    Tag,
    article_tags,
)
from newsite.articles.models.words import (
    ContributorKind,
    Format,
    Kind,
    Label,
    Precision,
    RevisionKind,
    State,
)
from newsite.articles.models.working import (
    BrokenLink,
    Note,
    PictureUse,
    Presence,
    Reads,
    SavedDraft,
)

__all__ = [
    "Article",
    "BrokenLink",
    "Contributor",
    "ContributorKind",
    "Credit",
    "Format",
    "Kind",
    "Label",
    "MonthCount",
    "Note",
    "PictureUse",
    "Precision",
    "Presence",
    "Reads",
    "Redirect",
    "Revision",
    "RevisionKind",
    "SavedDraft",
    "Section",
    "State",
    "Tag",
    "article_tags",
    "has_appeared",
]
