"""What the editor can write, what cleaning lets through, and what the stylesheets dress are one and the same."""

import json
import re
from pathlib import Path

import pytest
import tinycss2
from written import WRITTEN

from newsite.sanitize import article_html, profile

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "editor" / "schema.json").read_text())
ELEMENTS = {name: set(attributes) for name, attributes in SCHEMA["elements"].items()}
# Dressed well enough by every browser, or by what they stand in.
BARE = {"abbr", "br", "cite", "del", "dfn", "em", "ins", "kbd", "mark", "q", "s", "samp", "small"}
BARE |= {"strong", "sub", "sup", "time", "u", "var", "caption", "dd", "details", "div", "dl", "dt"}
BARE |= {"figcaption", "summary", "tbody", "tfoot", "tr", "ol", "ul", "p", "figure", "img", "code"}


def under(stylesheet: str, scope: str) -> set[str]:
    """The elements and `.classes` that a stylesheet dresses inside of `scope`."""
    rules = tinycss2.parse_stylesheet(
        (ROOT / "static" / stylesheet).read_text(), skip_comments=True, skip_whitespace=True
    )
    selectors = [
        tinycss2.serialize(rule.prelude) for rule in rules if rule.type == "qualified-rule"
    ]
    inside = [each.split(scope, 1)[1] for each in selectors if re.match(rf"{scope}[ >]", each)]
    words = re.sub(r"\[[^\]]*\]|:{1,2}[a-z-]+|[>+*~(),]", " ", " ".join(inside)).split()
    return {word for word in words if re.fullmatch(r"\.?[a-z][a-z0-9]*", word)}


def test_the_editor_knows_every_element_that_cleaning_lets_through() -> None:
    assert set(ELEMENTS) == profile.ARTICLE.tags


@pytest.mark.parametrize("element", sorted(ELEMENTS))
def test_the_editor_knows_every_attribute_that_cleaning_lets_through(element: str) -> None:
    allowed = set(profile._ATTRIBUTES.get(element, {})) | set(profile._EVERYWHERE)
    assert ELEMENTS[element] == allowed


def test_the_editor_knows_every_class_that_cleaning_lets_through() -> None:
    for element, takes in profile._ATTRIBUTES.items():
        known = SCHEMA["classes"].get(element, [])
        assert all(takes["class"](name) for name in known)
        assert ("class" in takes) == bool(known)


@pytest.mark.parametrize("html", WRITTEN)
def test_cleaning_changes_nothing_that_the_editor_writes(html: str) -> None:
    assert article_html(html) == html


@pytest.mark.parametrize(
    ("stylesheet", "scope"), [("site.css", r"\.body"), ("editor.css", r"\.page")]
)
def test_the_stylesheets_dress_what_can_be_written(stylesheet: str, scope: str) -> None:
    dressed = {word for word in under(stylesheet, scope.replace("\\", "")) if word[0] != "."}
    assert dressed <= set(ELEMENTS) | {"span", "b"}  # of a card while it is edited
    assert set(ELEMENTS) - BARE - {"thead"} <= dressed
    named = {word[1:] for word in under(stylesheet, scope.replace("\\", "")) if word[0] == "."}
    assert {name for names in SCHEMA["classes"].values() for name in names} <= named
