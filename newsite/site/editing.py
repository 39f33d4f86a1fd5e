"""What an admin decides about the site: its name and looks, its language and menus. The caller commits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.localedata import locale_identifiers

from newsite import changes
from newsite.errors import RuleBroken
from newsite.sanitize import is_web_address
from newsite.site.models import MenuItem, Site
from newsite.text import tidy_line, tidy_text

MAX_NAME_CHARS = 80  # it stands in every title
MAX_TAGLINE_CHARS = 160
MAX_DESCRIPTION_CHARS = 500  # search engines show a third of it
MAX_FOOTER_CHARS = 500
MAX_MENU_ITEMS = 12
MAX_LABEL_CHARS = 40
MAX_ADDRESS_CHARS = 500

# Names that some systems list among their zones, and that mean something else on each machine.
_NO_ZONES = {"localtime", "posixrules", "Factory"}
_ACCENT = re.compile("#[0-9a-f]{6}")
# A path of this site: "//" and "/\" would lead to another one.
_PATH = re.compile(r"/(?![/\\])[^\s\\<>\"\x00-\x1f\x7f]*")


@dataclass(frozen=True)
class Choices:
    """All that is chosen about a site but its menus and its logo."""

    name: str
    tagline: str
    description: str
    footer: str
    language: str  # BCP 47
    timezone: str  # IANA
    accent: str  # "#" and six hex digits
    path_pattern: str  # checked: see `articles.addresses.checked_pattern`
    shows_changes: bool = False  # readers may compare versions
    counts_reads: bool = True  # how often each article was read


def choose(site: Site, choices: Choices) -> Site:
    """The site with these choices. Raises RuleBroken naming the field that has to change."""
    site.name = _line("name", choices.name, MAX_NAME_CHARS)
    if not site.name:
        raise RuleBroken("Enter a name for the site.", field="name")
    site.tagline = _line("tagline", choices.tagline, MAX_TAGLINE_CHARS)
    site.description = _line("description", choices.description, MAX_DESCRIPTION_CHARS)
    site.footer = _short("footer", tidy_text(choices.footer), MAX_FOOTER_CHARS)
    if choices.language not in languages():
        raise RuleBroken("Choose a language from the list.", field="language")
    site.language = choices.language
    if choices.timezone not in zones():
        raise RuleBroken("Choose a time zone from the list.", field="timezone")
    site.timezone = choices.timezone
    site.accent = _accent(choices.accent)
    site.path_pattern = choices.path_pattern
    site.shows_changes = choices.shows_changes
    site.counts_reads = choices.counts_reads
    changes.touch(changes.SITE)
    return site


def set_menus(site: Site, *, header: Sequence[MenuItem], footer: Sequence[MenuItem]) -> Site:
    """The site with these menus, in this order. Raises RuleBroken on the field `header` or `footer`."""
    site.header_menu = [_item("header", item) for item in _few("header", header)]
    site.footer_menu = [_item("footer", item) for item in _few("footer", footer)]
    changes.touch(changes.SITE)
    return site


def take_from_menus(site: Site, address: str) -> None:
    """Takes the lines that lead to this address out of both menus."""
    header = [line for line in site.header_menu if not _leads_to(line, address)]
    footer = [line for line in site.footer_menu if not _leads_to(line, address)]
    _change_menus(site, header, footer)


def rename_in_menus(site: Site, old: MenuItem, new: MenuItem) -> None:
    """Leads the lines of both menus to the new address; those in the old words get the new."""
    header = [_renamed(line, old, new) for line in site.header_menu]
    footer = [_renamed(line, old, new) for line in site.footer_menu]
    _change_menus(site, header, footer)


@cache
def languages() -> dict[str, str]:
    """The languages whose dates and numbers we can write: BCP 47 code to English name, by name."""
    names = Locale("en")
    found = {}
    for identifier in locale_identifiers():
        language, *rest = identifier.split("_")
        around = [names.scripts.get(part) or names.territories.get(part, part) for part in rest]
        name = names.languages.get(language, language)
        found[identifier.replace("_", "-")] = f"{name} ({', '.join(around)})" if around else name
    return dict(sorted(found.items(), key=lambda item: item[1]))


@cache
def zones() -> tuple[str, ...]:
    """The time zones of the IANA database, by name."""
    return tuple(sorted(available_timezones() - _NO_ZONES))


def _line(field: str, value: str, most: int) -> str:
    return _short(field, tidy_line(value), most)


def _short(field: str, value: str, most: int) -> str:
    if len(value) > most:
        raise RuleBroken(f"Make it shorter: {most} characters or fewer.", field=field)
    return value


def _accent(value: str) -> str:
    accent = value.strip().lower()
    if not _ACCENT.fullmatch(accent):
        raise RuleBroken("Write the colour as # and six digits, such as #c3122f.", field="accent")
    return accent


def _few(field: str, items: Sequence[MenuItem]) -> Sequence[MenuItem]:
    if len(items) > MAX_MENU_ITEMS:
        raise RuleBroken(f"A menu has at most {MAX_MENU_ITEMS} lines.", field=field)
    return items


def _change_menus(site: Site, header: list[dict[str, str]], footer: list[dict[str, str]]) -> None:
    if (header, footer) != (site.header_menu, site.footer_menu):
        site.header_menu, site.footer_menu = header, footer
        changes.touch(changes.SITE)


def _leads_to(line: dict[str, str], address: str) -> bool:
    """Whether a line leads there, with or without the last slash."""
    return line["address"].rstrip("/") == address.rstrip("/")


def _renamed(line: dict[str, str], old: MenuItem, new: MenuItem) -> dict[str, str]:
    if not _leads_to(line, old.address):
        return line
    is_named = line["label"] == old.label and len(new.label) <= MAX_LABEL_CHARS
    return {"label": new.label if is_named else line["label"], "address": new.address}


def _item(field: str, item: MenuItem) -> dict[str, str]:
    """A line of a menu as it is stored."""
    label, address = tidy_line(item.label), item.address.strip()
    if not label:
        raise RuleBroken(f"Write the words for the line that leads to {address}.", field=field)
    if len(label) > MAX_LABEL_CHARS:
        raise RuleBroken(
            f"“{label[:MAX_LABEL_CHARS]}…”: write {MAX_LABEL_CHARS} characters or fewer.",
            field=field,
        )
    if len(address) > MAX_ADDRESS_CHARS or not (
        _PATH.fullmatch(address) or is_web_address(address)
    ):
        raise RuleBroken(
            f"“{label}” needs an address: a path of this site such as /about/, or a web address "
            "such as https://example.org/",
            field=field,
        )
    return {"label": label, "address": address}
