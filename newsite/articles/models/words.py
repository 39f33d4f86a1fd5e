"""The words that columns of articles are filled with."""

import enum


class Kind(enum.StrEnum):
    """An article has a place in time and in the lists; a page (About, Contact) stands by itself."""

    article = "article"
    page = "page"


class State(enum.StrEnum):
    """Where an article is in its life. Scheduled is `published` with a time that is yet to come."""

    draft = "draft"
    review = "review"  # a draft that an editor is asked to read
    published = "published"
    withdrawn = "withdrawn"  # was published, and its address says that it is gone
    trash = "trash"


class Format(enum.StrEnum):
    """How a body was written. Chosen by its writer, never guessed."""

    markdown = "markdown"
    html = "html"


class Precision(enum.StrEnum):
    """How exactly the day of first publication is known."""

    day = "day"
    month = "month"
    year = "year"


class Label(enum.StrEnum):
    """What kind of text a reader is looking at."""

    news = "news"
    opinion = "opinion"
    statement = "statement"


class ContributorKind(enum.StrEnum):
    """Whether a byline's name is one person's or a group's."""

    person = "person"
    organisation = "organisation"


class RevisionKind(enum.StrEnum):
    """What a saved version was for."""

    draft = "draft"  # before publication
    typo = "typo"  # the date of the last change stays
    update = "update"
    correction = "correction"  # carries a note that readers see
