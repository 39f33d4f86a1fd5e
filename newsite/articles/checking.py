"""What an editor may want to mend before an article is out. It is said, with its place; it forbids nothing."""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

import sqlalchemy as sa

from newsite.articles import render
from newsite.articles.models import Article, Format, Kind
from newsite.db import MAX_ID, db
from newsite.media.models import Picture

FIRST_LEVEL = 2  # of headings in a text: the title is the first
MAX_WORDS_CHARS = 80  # of what is quoted
_PLACED = re.compile(r'data-picture="?([0-9]{1,10})\b')
_LEVELS = {f"h{level}": level for level in range(1, 7)}


class Lack(enum.StrEnum):
    """What may be wanting."""

    standfirst = "standfirst"
    alt = "alt"  # words for who does not see a picture
    credit = "credit"  # whose picture it is
    heading = "heading"  # one that is two levels or more below the one before
    link = "link"  # one to an address of this site where nothing is


@dataclass(frozen=True)
class Finding:
    """Something that is wanting: what, and its place: a field of the editor's form, or a picture that is kept."""

    lack: Lack
    field: str
    about: str = ""  # the words, the name or the address by which one finds it in the text
    picture: int | None = None  # id: what is said of it stands with the picture, not in the text


def findings(article: Article, dead_links: Iterable[str]) -> list[Finding]:
    """What is wanting, in the order of the form; `dead_links` are those that lead nowhere on this site."""
    found = []
    if article.kind is Kind.article and not article.standfirst.strip():
        found.append(Finding(Lack.standfirst, "standfirst"))
    reader = _Reader()
    reader.feed(render.body_html(article.body, article.body_format))
    reader.close()
    # In Markdown, no words are written as a decorative picture is in HTML: nobody can tell which is meant.
    is_told = article.body_format is Format.html
    found += [
        Finding(Lack.alt, "body", name)
        for name, alt in reader.pictures
        if alt is None or (not alt.strip() and not is_told)
    ]
    found += _of_kept_pictures(article)
    found += [Finding(Lack.heading, "body", words[:MAX_WORDS_CHARS]) for words in reader.jumps()]
    return found + [Finding(Lack.link, "body", address) for address in dead_links]


def _of_kept_pictures(article: Article) -> list[Finding]:
    """What is wanting of the pictures that the site keeps, in the text and over it."""
    ids = {number for one in _PLACED.findall(article.body) if (number := int(one)) <= MAX_ID}
    if article.lead_picture_id is not None:
        ids.add(article.lead_picture_id)
    query = sa.select(Picture).where(Picture.id.in_(ids)).order_by(Picture.id)
    found = []
    for picture in db.session.scalars(query) if ids else ():
        place = "lead_picture_id" if picture.id == article.lead_picture_id else "body"
        if not picture.alt.strip() and not picture.is_decorative:
            found.append(Finding(Lack.alt, place, picture.name, picture.id))
        if not picture.credit.strip():
            found.append(Finding(Lack.credit, place, picture.name, picture.id))
    return found


class _Reader(HTMLParser):
    """Collects a text's headings, and the pictures that the site does not keep as such."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pictures: list[tuple[str, str | None]] = []  # name and alt
        self.headings: list[tuple[int, list[str]]] = []
        self.is_in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a picture or a heading."""
        given = dict(attrs)
        if tag == "img" and "data-picture" not in given:
            name = (given.get("src") or "").rpartition("/")[2]
            self.pictures.append((name, given.get("alt")))
        if tag in _LEVELS:
            self.headings.append((_LEVELS[tag], []))
            self.is_in_heading = True

    def handle_endtag(self, tag: str) -> None:
        """Notes the end of a heading."""
        if tag in _LEVELS:
            self.is_in_heading = False

    def handle_data(self, data: str) -> None:
        """Keeps a heading's words."""
        if self.is_in_heading:
            self.headings[-1][1].append(data)

    def jumps(self) -> list[str]:
        """The words of headings that leave a level out."""
        found, before = [], FIRST_LEVEL - 1
        for level, words in self.headings:
            if level > before + 1:
                found.append(" ".join("".join(words).split()))
            before = level
        return found
