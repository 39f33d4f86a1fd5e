"""What may be wanting of an article, in sentences that name it, each with the address where it is mended."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from newsite.articles.checking import Finding, Lack
from newsite.articles.models import Article
from newsite.web.desk.articles import saving
from newsite.web.desk.articles.reach import may_edit

SENTENCES = {
    Lack.standfirst: _(
        "There is no standfirst: lists and search engines show the first words instead."
    ),
    Lack.alt: _(
        "The picture “%(about)s” has no words for those who do not see it, and is not said to be decorative."
    ),
    Lack.credit: _("The picture “%(about)s” has no credit: nobody knows whose it is."),
    Lack.heading: _("The heading “%(about)s” leaves a level out."),
    Lack.link: _("The link to %(about)s leads nowhere on this site."),
}


@dataclass(frozen=True)
class Wanting:
    """A sentence about what is wanting, and where it is mended; None where the reader of it may not."""

    sentence: str
    address: str | None


def of(article: Article) -> list[Wanting]:
    """What may be wanting of the article as it was saved, in the order of the form."""
    may = may_edit(article)
    return [Wanting(_sentence(one), _place(article, one, may)) for one in saving.findings(article)]


def place_of_link(article: Article, address: str) -> str:
    """Where a link is found in the editor."""
    return _in_text(article, address)


def _sentence(finding: Finding) -> str:
    about = finding.about or gettext("without words")
    return str(SENTENCES[finding.lack]) % {"about": about}


def _place(article: Article, finding: Finding, may: bool) -> str | None:
    if finding.picture is not None:
        return url_for("desk.pictures.show", picture_id=finding.picture)
    if not may:
        return None
    if finding.field == "body" and finding.about:
        return _in_text(article, finding.about)
    return url_for("desk.articles.edit", article_id=article.id, _anchor=finding.field)


def _in_text(article: Article, words: str) -> str:
    """The editor, which looks for these words where there are scripts."""
    return url_for("desk.articles.edit", article_id=article.id, find=words, _anchor="body")
