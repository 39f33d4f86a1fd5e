"""What a page says of itself to programs: description, canonical address, Open Graph, JSON-LD."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from newsite.articles import bylines, dates
from newsite.articles.models import Contributor, ContributorKind, Revision
from newsite.articles.printed import Credited, Text
from newsite.comments.blocks import Row
from newsite.comments.models import Status
from newsite.media import printing
from newsite.site.models import Site
from newsite.text import excerpt
from newsite.web import cards
from newsite.web.context import current_site
from newsite.web.templating import absolute, article_url, own_path
from newsite.web.theme import logo_url

SAID_REPLIES = 3  # the first of a page: each costs its readers some 40 bytes
_TYPES = {ContributorKind.person: "Person", ContributorKind.organisation: "Organization"}
# What joins the names of a byline; what is left of a part without it is a name.
_JOINERS = re.compile(r"^(?:\s|[,;&–]|(?:and|with)\b)+|(?:\s|[,;&–]|\b(?:and|with))+$")

_CUT = re.compile("<[^>]*$|&[^;]{,9}$")  # a tag or an entity without its end


@dataclass(frozen=True)
class Meta:
    """What stands in a page's head. `properties` are Open Graph's, in their order."""

    description: str
    canonical: str | None  # a whole address; None before the page has one
    properties: list[tuple[str, str]]
    json_ld: dict[str, Any] | None = None
    is_noindex: bool = False  # search engines are asked to leave the page out


def article_meta(
    article: Text, replies: Iterable[Row] = (), corrections: Iterable[Revision] = ()
) -> Meta:
    """An article's, with its corrections and the first of its replies. Its text, section, tags, credits are read."""
    site = current_site()
    description = _description(article)
    return Meta(
        description,
        _canonical(article),
        [*_properties(article, "article", description), *_article_properties(article, site)],
        _news_article(article, description, site)
        | _corrections(corrections, site)
        | _replies(article, replies, site),
        article.is_noindex,
    )


def page_meta(article: Text) -> Meta:
    """A page's: it has neither author nor date."""
    description = _description(article)
    properties = _properties(article, "website", description)
    return Meta(description, _canonical(article), properties, is_noindex=article.is_noindex)


def _description(article: Text) -> str:
    return article.standfirst or excerpt(article.body_html)


def _canonical(article: Text) -> str | None:
    if article.source_is_original and article.source_url:
        return article.source_url
    return _own_address(article)


def _own_address(article: Text) -> str | None:
    return absolute(article_url(article)) if article.path else None


def _properties(article: Text, kind: str, description: str) -> list[tuple[str, str]]:
    site = current_site()
    properties = [
        ("og:type", kind),
        ("og:title", article.title),
        ("og:description", description),
        ("og:url", _canonical(article)),
        ("og:site_name", site.name),
        ("og:locale", site.language.replace("-", "_")),
        *_image_properties(article),
    ]
    return [(name, value) for name, value in properties if value]


def _image_properties(article: Text) -> list[tuple[str, str]]:
    """The article's card, which is its picture where it has one."""
    found = cards.card_of(article)
    if found is None:
        return []
    return [
        ("og:image", absolute(found.address)),
        ("og:image:width", str(found.width)),
        ("og:image:height", str(found.height)),
        ("og:image:alt", article.lead_picture.alt if article.lead_picture else ""),
    ]


def _image(article: Text) -> str | None:
    """The address of its picture, whole; a card with its title is no picture of what happened."""
    if article.lead_picture is None:
        return None
    return absolute(printing.for_programs(article.lead_picture)[0])


def _article_properties(article: Text, site: Site) -> list[tuple[str, str]]:
    properties = [
        ("article:published_time", dates.first_published(article, site.zone)),
        ("article:modified_time", _changed(article, site)),
        ("article:section", article.section.name if article.section else None),
        *(("article:tag", tag.name) for tag in article.tags),
    ]
    return [(name, value) for name, value in properties if value]


def _news_article(article: Text, description: str, site: Site) -> dict[str, Any]:
    publisher = _publisher(site)
    said = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": description,
        "datePublished": dates.first_published(article, site.zone),
        "dateModified": _changed(article, site),
        "author": _authors(article) or [publisher],
        "publisher": publisher,
        "mainEntityOfPage": _own_address(article),
        "articleSection": article.section.name if article.section else None,
        "isBasedOn": article.source_url,
        "image": _image(article),
        "inLanguage": site.language,
    }
    return {name: value for name, value in said.items() if value}


def _corrections(corrections: Iterable[Revision], site: Site) -> dict[str, Any]:
    """What was put right, as schema.org's `correction`; nothing if nothing was."""
    said = [
        {
            "@type": "CorrectionComment",
            "text": correction.public_note,
            "datePublished": dates.iso(correction.at, site.zone),
        }
        for correction in corrections
    ]
    return {"correction": said} if said else {}


def _replies(article: Text, rows: Iterable[Row], site: Site) -> dict[str, Any]:
    """How many replies there are, and the first of those that stand on this page."""
    standing = (row for row in rows if row.status is Status.approved)
    said = [_reply(article, row, site) for row in islice(standing, SAID_REPLIES)]
    return {"commentCount": article.reply_count, "comment": said} if said else {}


def _reply(article: Text, row: Row, site: Site) -> dict[str, Any]:
    path = own_path("comments.show", article_id=article.id, comment_id=row.id)
    return {
        "@type": "Comment",
        "author": {"@type": "Person", "name": row.author_name},
        "dateCreated": dates.iso(row.created_at, site.zone),
        "text": _opening(row.opening_html),
        "url": absolute(path),
    }


@lru_cache(
    maxsize=512
)  # of 300 characters: a page is made anew for each new reply, the first ones stay
def _opening(html: str) -> str:
    return excerpt(_CUT.sub("", html))


def _changed(article: Text, site: Site) -> str | None:
    return dates.iso(article.updated_at, site.zone) if article.updated_at else None


def _publisher(site: Site) -> dict[str, Any]:
    publisher = {"@type": "NewsMediaOrganization", "name": site.name, "url": absolute("/")}
    address = logo_url()
    return publisher | ({"logo": absolute(address)} if address else {})


def _authors(article: Text) -> list[dict[str, str]]:
    """The names of the byline, each with its kind; if it links none, the contributors."""
    parts = bylines.parts(article)
    if article.contributors and not any(part.contributor for part in parts):
        return [_contributor(one) for one in article.contributors]
    authors = []
    for part in parts:
        if part.contributor is not None:
            authors.append(_contributor(part.contributor))
        elif name := _JOINERS.sub("", part.text):
            # Nobody has said whether this is one or many; a group must never be called a person.
            authors.append({"@type": "Organization", "name": name})
    return authors


def _contributor(one: Contributor | Credited) -> dict[str, str]:
    address = absolute(own_path("articles.contributor", slug=one.slug))
    return {"@type": _TYPES[one.kind], "name": one.name, "url": address}
