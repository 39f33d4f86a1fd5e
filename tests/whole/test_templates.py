"""What holds for every template and every stylesheet, whoever wrote it."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from math import atan2, cos, degrees, hypot, radians, sin
from pathlib import Path

import pytest
import tinycss2
from flask import Flask
from pages import Pages

from newsite import config, sanitize
from newsite.articles import taxonomy
from newsite.articles.models import Article
from newsite.site.models import Site

TEMPLATES = sorted(path for path in config.folder("templates").rglob("*") if path.is_file())
STYLESHEETS = sorted(config.folder("static").rglob("*.css"))
SCHEMA = (
    "http://www.w3.org/2005/Atom",
    "http://www.sitemaps.org/schemas/sitemap/0.9",
    "http://purl.org/dc/elements/1.1/",
)
LEAST = 4.5  # WCAG 2.2, 1.4.3
# Where a word of a physical side may stand: nothing here moves when a page runs right to left.
PHYSICAL = re.compile(
    r"(?:^|[\s:;{-])(?:left|right)(?=[\s:;}-])|(?:margin|padding|border)-(?:top|bottom)|(?<![a-z-])(?:top|bottom):"
    r"|(?:^|[\s;{])(?:min-|max-)?(?:width|height):",
    re.MULTILINE,
)


def names(path: Path) -> str:
    return "/".join(path.parts[-3:])


every_template = pytest.mark.parametrize("path", TEMPLATES, ids=names)
every_stylesheet = pytest.mark.parametrize("path", STYLESHEETS, ids=names)
PALETTES = [path for path in STYLESHEETS if ":root" in path.read_text()]  # the rest use theirs
every_palette = pytest.mark.parametrize("path", PALETTES, ids=names)


@every_template
def test_a_template_can_be_read(app: Flask, path: Path) -> None:
    app.jinja_env.parse(path.read_text(), filename=str(path))


@every_template
def test_only_what_was_cleaned_is_printed_as_html(path: Path) -> None:
    source = path.read_text()
    printed = re.findall(r"([\w.\"')\]]+)\s*\|\s*safe\b", source)
    assert all(name.endswith("_html") for name in printed), printed
    assert "autoescape" not in source
    assert "Markup" not in source


@every_template
def test_nothing_is_written_into_a_page_that_the_policy_forbids(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"<style|\sstyle=", source)
    assert not re.search(r"\son[a-z]+=", source)
    for script in re.findall(r"<script\b[^>]*>", source):
        assert "src=" in script or 'type="application/ld+json"' in script, script


@every_template
def test_no_other_host_is_named(path: Path) -> None:
    found = re.findall(r"(?:https?:)?//[\w.-]+[^\s\"'<]*", path.read_text())
    assert [address for address in found if address not in SCHEMA] == []


@every_stylesheet
def test_a_stylesheet_can_be_read(path: Path) -> None:
    assert [rule for rule in nodes(path) if rule.type == "error"] == []


@every_stylesheet
def test_a_page_may_run_right_to_left(path: Path) -> None:
    assert PHYSICAL.findall(without_comments(path)) == []


@every_stylesheet
def test_a_stylesheet_loads_nothing(path: Path) -> None:
    source = without_comments(path)
    assert "url(" not in source
    assert "@import" not in source
    assert "@font-face" not in source


@every_stylesheet
def test_a_stylesheet_without_tokens_names_no_colour(path: Path) -> None:
    colours = re.findall(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", without_comments(path))
    assert path in PALETTES or colours == []


@every_palette
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_of_text_can_be_read_on_both_grounds(path: Path, scheme: str) -> None:
    tokens = tokens_of(path, scheme)
    for text, ground in product(("ink", "soft", "bad"), ("paper", "tint")):
        ratio = contrast(rgb(tokens[text]), rgb(tokens[ground]))
        assert ratio >= LEAST, f"{text} on {ground}: {ratio:.2f}"


@every_palette
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_editor_can_choose_a_colour_that_cannot_be_read(path: Path, scheme: str) -> None:
    tokens = tokens_of(path, scheme)
    derived = re.search(r"(min|max)\(l, ([\d.]+)\) min\(c, ([\d.]+)\) h\)", tokens["mark"])
    assert derived, tokens["mark"]
    bound = {"min": min, "max": max}[derived[1]]
    for accent in product(range(0, 256, 51), repeat=3):
        lightness, chroma, hue = oklch(accent)
        mark = from_oklch(bound(lightness, float(derived[2])), min(chroma, float(derived[3])), hue)
        for ground in ("paper", "tint"):
            ratio = contrast(mark, rgb(tokens[ground]))
            assert ratio >= LEAST, f"{accent} gives {mark} on {ground}: {ratio:.2f}"


def test_tags_are_all_that_the_article_s_frames_meet() -> None:
    """`_macros.html` puts frames around tables and code, so a "<" may not stand elsewhere."""
    html = sanitize.article_html(
        '<p><a href="/x" title="<table onclick=alert(1)>">a <pre> b</a> &lt;table&gt;</p>'
        '<pre title="<pre">1 &lt; 2</pre><table><caption>a</caption><tr><td>b</td></tr></table>'
    )
    for tag in re.findall(r"<[^>]*>", html):
        assert "<" not in tag[1:], tag
    assert html.count("<table") == html.count("</table>") == 1
    assert html.count("<pre") == html.count("</pre>")


def test_what_is_wider_than_a_phone_scrolls_by_itself_and_by_keyboard(
    make_article: Callable[..., Article], pages: Pages
) -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n\n    code\n"
    page = pages.get(str(make_article(body=table).path))
    frame = page.one(".body > .scroll")
    assert (frame["role"], frame["tabindex"], frame["aria-label"]) == ("region", "0", "Table")
    assert frame.find("table")
    assert page.one(".body > pre")["tabindex"] == "0"


def test_the_menu_says_where_a_reader_is(
    make_article: Callable[..., Article], site: Site, pages: Pages
) -> None:
    pay = taxonomy.save_section(None, name="Pay", slug="", description="")
    site.header_menu = [
        {"label": "Pay", "address": "/section/pay/"},
        {"label": "Archive", "address": "/archive/"},
    ]
    inside = make_article(section=pay.id)
    outside = make_article("Elsewhere")
    for path, marked in (
        ("/", []),
        ("/section/pay/", ["Pay"]),
        (inside.path, ["Pay"]),
        (outside.path, []),
        ("/archive/", ["Archive"]),
    ):
        assert pages.get(str(path)).texts(".menu [aria-current]") == marked


def test_the_first_link_leads_past_the_masthead(pages: Pages) -> None:
    first = pages.get("/").all("a")[0]
    assert (first.get_text(), first["href"]) == ("Skip to content", "#main")


def nodes(path: Path) -> Iterator[tinycss2.ast.Node]:
    """The rules of a stylesheet and, of each at-rule, the rules inside."""
    waiting = list(tinycss2.parse_stylesheet(path.read_text(), skip_comments=True))
    while waiting:
        node = waiting.pop()
        yield node
        if node.type == "at-rule" and node.content:
            waiting += tinycss2.parse_rule_list(node.content, skip_comments=True)
        if node.type == "qualified-rule":
            yield from tinycss2.parse_declaration_list(node.content, skip_comments=True)


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


def tokens_of(path: Path, scheme: str) -> dict[str, str]:
    """The custom properties on `:root`: the dark ones stand over the light ones."""
    light, _, rest = without_comments(path).partition("@media (prefers-color-scheme: dark)")
    dark = rest.partition("\n@media")[0]
    source = light + (dark if scheme == "dark" else "")
    return dict(re.findall(r"--([a-z]+):\s*([^;]+);", source))


def rgb(colour: str) -> tuple[float, float, float]:
    digits = colour[1:] if len(colour) == 7 else re.sub("(.)", r"\1\1", colour[1:])
    red, green, blue = (int(digits[place : place + 2], 16) for place in (0, 2, 4))
    return red, green, blue


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG 2's ratio of two colours of 0 to 255."""
    weights = (0.2126, 0.7152, 0.0722)
    lights = [
        sum(weight * part for weight, part in zip(weights, linear(colour), strict=True))
        for colour in (one, other)
    ]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def linear(colour: tuple[float, ...]) -> list[float]:
    parts = [part / 255 for part in colour]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def oklch(colour: tuple[int, ...]) -> tuple[float, float, float]:
    """Lightness, chroma and hue (degrees), as CSS Color 4 has them."""
    red, green, blue = linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, hypot(a, b), degrees(atan2(b, a))


def from_oklch(lightness: float, chroma: float, hue: float) -> tuple[float, ...]:
    """The colour in sRGB, 0 to 255, cut off at its edge as browsers do."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    parts = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    cut = (min(1.0, max(0.0, part)) for part in parts)
    return tuple(
        255 * (part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055)
        for part in cut
    )
