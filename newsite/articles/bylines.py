"""The byline of an article, computed once for page, feed, metadata and mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsite.articles.models import Contributor
from newsite.articles.printed import Credited, Text


@dataclass(frozen=True)
class Part:
    """Some words of a byline, and whose page they lead to, if anybody's."""

    text: str
    contributor: Contributor | Credited | None = None


def parts(article: Text) -> list[Part]:
    """The byline as printed after "By", cut where a contributor's name stands; empty if there is none.

    Without free text it is the contributors' names. Free text that names none of them leads to the
    only one's page, if there is just one.
    """
    people: list[Contributor | Credited] = list(article.contributors)
    printed = article.byline.strip()
    if not printed:
        return _listed(people)
    found = _found(printed, people)
    if not found and len(people) == 1:
        return [Part(printed, people[0])]
    return found or [Part(printed)]


def text(article: Text) -> str:
    """The byline in plain words, without "By"."""
    return "".join(part.text for part in parts(article))


def _listed(people: Sequence[Contributor | Credited]) -> list[Part]:
    listed: list[Part] = []
    for index, person in enumerate(people):
        if index:
            listed.append(Part(" and " if index == len(people) - 1 else ", "))
        listed.append(Part(person.name, person))
    return listed


def _found(printed: str, people: Sequence[Contributor | Credited]) -> list[Part]:
    """`printed`, cut where contributors' names stand; empty if none does."""
    by_name = {person.name.casefold(): person for person in reversed(people)}
    longest_first = sorted(by_name, key=len, reverse=True)
    names = re.compile("|".join(re.escape(name) for name in longest_first) or "$^", re.IGNORECASE)
    found: list[Part] = []
    end = 0
    for match in names.finditer(printed):
        if match.start() > end:
            found.append(Part(printed[end : match.start()]))
        found.append(Part(match[0], by_name.get(match[0].casefold())))
        end = match.end()
    if found and end < len(printed):
        found.append(Part(printed[end:]))
    return found
