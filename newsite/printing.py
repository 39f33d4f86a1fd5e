"""How a letter is printed: from a template in plain text, whose first line is the subject, and one in HTML.

What people wrote goes into the first as quotations and into the second escaped; no address that
somebody wrote becomes a link, and there is no picture: nobody learns who reads a mail, or when.
"""

import textwrap
from functools import cache, partial
from pathlib import Path
from typing import Any

import jinja2
from babel import Locale
from babel.support import Translations

from newsite import config, mail
from newsite.mail import Letter
from newsite.site import queries as sites

WIDTH = 72  # characters of a line of quoted text, RFC 3676
TRANSLATIONS = Path(config.__file__).parent / "translations"  # where Flask-Babel looks too


def printed(
    name: str, to: str, *, stop_path: str = "", is_asked_for: bool = False, **values: object
) -> Letter:
    """The letter of this name, filled with these values. One query, for the site."""
    site = sites.the_site()
    stop_url = mail.absolute(stop_path) if stop_path else ""
    words = translations(site.language)
    common = {
        "_": partial(said, words),
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


@cache
def translations(language: str) -> Any:
    """The interface's words in a language; ours, where they were not translated."""
    return Translations.load(TRANSLATIONS, [Locale.parse(language, sep="-")])


def said(words: Any, message: str, **variables: object) -> str:
    """A text of the interface in the language of these words."""
    text = str(words.ugettext(message))
    return text % variables if variables else text


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
