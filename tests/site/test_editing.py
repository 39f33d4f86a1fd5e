from dataclasses import replace
from typing import Any

import pytest

from newsite import changes
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.site import editing
from newsite.site.editing import Choices
from newsite.site.models import MenuItem, Site

CHOICES = Choices(
    name=" The  Loading Bay\n",
    tagline="Paper of the night shift",
    description="News from the sheds.",
    footer="The branch\n\n\n\n\nCoventry",
    language="cy",
    timezone="America/St_Johns",
    accent=" #C3122F ",
    path_pattern="/%year%/%slug%/",
)


def last_keys() -> set[str]:
    return changes.since(changes.latest()[1] - 1)


def test_a_site_is_what_was_chosen(site: Site) -> None:
    editing.choose(site, CHOICES)
    db.session.commit()
    assert (site.name, site.footer) == ("The Loading Bay", "The branch\n\n\nCoventry")
    assert (site.language, site.timezone, site.accent) == ("cy", "America/St_Johns", "#c3122f")
    assert site.path_pattern == "/%year%/%slug%/"
    assert last_keys() == {"site"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "\u200b"},
        {"name": "n" * 81},
        {"tagline": "t" * 161},
        {"description": "d" * 100_000},
        {"footer": "f" * 501},
        {"language": "tlh-AQ"},
        {"timezone": "localtime"},
        {"timezone": "../etc/passwd"},
        {"accent": "red"},
        {"accent": "#c3122f;}"},
    ],
)
def test_what_cannot_be_chosen_is_said_at_its_field(wrong: dict[str, Any], site: Site) -> None:
    with pytest.raises(RuleBroken) as refusal:
        editing.choose(site, replace(CHOICES, **wrong))
    assert refusal.value.field == next(iter(wrong))


def test_languages_and_zones_have_names() -> None:
    assert editing.languages()["en-GB"] == "English (United Kingdom)"
    assert editing.languages()["cy"] == "Welsh"
    assert {"Europe/London", "UTC"} <= set(editing.zones())


def test_menus_are_stored_in_their_order(site: Site) -> None:
    about = MenuItem(" About\nus ", " /about/?a=b#c ")
    union = MenuItem("Union", "https://example.org/join")
    editing.set_menus(site, header=[about, union], footer=[MenuItem("Über uns", "/über-uns/")])
    db.session.commit()
    db.session.refresh(site)
    assert site.header_items == [MenuItem("About us", "/about/?a=b#c"), union]
    assert site.footer_items == [MenuItem("Über uns", "/über-uns/")]
    assert last_keys() == {"site"}


@pytest.mark.parametrize(
    ("label", "address"),
    [
        ("", "/about/"),
        ("l" * 41, "/about/"),
        ("Join", ""),
        ("Join", "about"),
        ("Join", "//evil.example/"),
        ("Join", "/\\evil.example/"),
        ("Join", "/\tevil/"),
        ("Join", "javascript:alert(1)"),
        ("Join", "mailto:a@example.org"),
        ("Join", "https://user:secret@example.org/"),
        ("Join", "/" + "a" * 500),
        ("Join", '/"><script>'),
    ],
)
def test_a_line_of_a_menu_leads_somewhere(label: str, address: str, site: Site) -> None:
    with pytest.raises(RuleBroken) as refusal:
        editing.set_menus(site, header=[], footer=[MenuItem(label, address)])
    assert refusal.value.field == "footer"


def test_a_menu_is_not_a_list_of_everything(site: Site) -> None:
    with pytest.raises(RuleBroken, match="at most 12 lines") as refusal:
        editing.set_menus(site, header=[MenuItem("A", "/a/")] * 13, footer=[])
    assert refusal.value.field == "header"


def test_an_address_is_taken_out_of_both_menus(site: Site) -> None:
    lines = [
        {"label": "Pay", "address": "/section/pay/"},
        {"label": "What we earn", "address": "/section/pay"},
        {"label": "About", "address": "/about/"},
    ]
    site.header_menu, site.footer_menu = lines, lines[1:]
    db.session.commit()
    before = changes.latest()
    editing.take_from_menus(site, "/section/pay/")
    db.session.commit()
    assert (site.header_menu, site.footer_menu) == (lines[2:], lines[2:])
    assert changes.latest() != before
    before = changes.latest()
    editing.take_from_menus(site, "/section/pay/")
    db.session.commit()
    assert changes.latest() == before  # what nobody sees is no change


def test_a_line_is_renamed_where_it_had_the_old_words(site: Site) -> None:
    old, new = MenuItem("Pay", "/section/pay/"), MenuItem("W" * 41, "/section/wages/")
    site.footer_menu = [{"label": "Pay", "address": "/section/pay/"}]
    db.session.commit()
    before = changes.latest()
    editing.rename_in_menus(site, old, new)
    db.session.commit()
    assert changes.latest() != before
    assert site.footer_menu == [{"label": "Pay", "address": "/section/wages/"}]  # too long a name
    before = changes.latest()
    editing.rename_in_menus(site, old, new)
    db.session.commit()
    assert changes.latest() == before
