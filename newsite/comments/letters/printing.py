"""How a letter is printed: from a template in plain text, whose first line is the subject, and one in HTML.

The words of replies go into the first as quotations and into the second escaped; no address that
somebody wrote becomes a link, and there is no picture: nobody learns who reads a mail, or when.
"""

import textwrap
from functools import cache, partial

import jinja2
from babel import Locale

from newsite import config, mail
from newsite.articles import paths
from newsite.articles.models import Article
from newsite.comments import blocks
from newsite.comments.models import Comment
from newsite.mail import Letter
from newsite.site import queries as sites
from newsite.text import ELLIPSIS, plain

WIDTH = 72  # characters of a line of quoted text, RFC 3676
MOST_LINES = 30  # of one reply: the rest is where the link leads


def printed(
    name: str, to: str, *, stop_path: str = "", is_asked_for: bool = False, **values: object
) -> Letter:
    """The letter of this name, filled with these values. One query, for the site."""
    site = sites.the_site()
    stop_url = mail.absolute(stop_path) if stop_path else ""
    words = blocks.translations(site.language)
    common = {
        "_": partial(blocks.said, words),
        "ngettext": partial(_said_of_many, words),
        "language": site.language,
        "direction": Locale.parse(site.language, sep="-").text_direction,
        "site": site,
        "home": mail.absolute("/"),
        "stop_url": stop_url,
    }
    text = _environment().get_template(f"mail/{name}.txt").render(common | values)
    subject, _, text = text.partition("\n")
    html = _environment().get_template(f"mail/{name}.html")
    return Letter(
        to=to,
        subject=subject,
        text=text.strip() + "\n",
        html=html.render(common | values, subject=subject),
        stop_url=stop_url,
        is_asked_for=is_asked_for,
    )


def words_of(comment: Comment, most: int) -> str:
    """What a reply says, as plain text of at most about `most` characters, cut between words."""
    lines = plain(comment.body_html).split("\n")
    text = "\n".join(lines[:MOST_LINES])
    if len(text) > most:
        text = text[:most].rpartition(" ")[0] or text[:most]
    is_whole = len(lines) <= MOST_LINES and len("\n".join(lines)) <= most
    return text if is_whole else text.rstrip() + ELLIPSIS


def address_of(article: Article) -> str:
    """The whole address of an article."""
    assert article.path is not None  # it is public
    return mail.absolute(paths.encoded(article.path))


def address_of_reply(comment: Comment) -> str:
    """The whole address that leads to a reply in its place."""
    return mail.absolute(f"/articles/{comment.article_id}/replies/{comment.id}")


def _quoted(text: str) -> str:
    """The text as mail programs show the words of others: each line after a mark."""
    lines = [part for line in text.split("\n") for part in _wrapped(line)]
    return "\n".join(f"> {line}" for line in lines)


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, WIDTH - 2, break_long_words=False, break_on_hyphens=False) or [""]


def _said_of_many(words: object, one: str, many: str, num: int, **variables: object) -> str:
    text = words.ungettext(one, many, num)  # type: ignore[attr-defined]
    return str(text) % ({"num": num} | variables)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(config.folder("templates")),
        autoescape=jinja2.select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["quoted"] = _quoted
    return environment
