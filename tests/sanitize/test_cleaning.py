"""The lists of attacks, and many threads at once, against everything that makes HTML."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import nh3
import pytest

from newsite.sanitize import POLICY, article_html, markdown_html, profile, replies, reply_html

SAFE_ADDRESS = re.compile(r"https?://|mailto:|/(?![/\\])|#", re.IGNORECASE)
ADDRESSES = {"href", "src", "cite"}
MAKERS: dict[str, Callable[[str], str]] = {
    "reply": reply_html,
    "article": article_html,
    "markdown": markdown_html,
}
ARTICLE_ATTRIBUTES = {
    tag: {*profile._ATTRIBUTES.get(tag, {}), *profile._EVERYWHERE} - {"rel"}
    for tag in profile.ARTICLE.tags
}
ARTICLE_ATTRIBUTES["a"] = ARTICLE_ATTRIBUTES["a"] | {"rel"}
ALLOWED = {
    "reply": {tag: set() for tag in replies._PROFILE.tags} | {"a": {"href", "rel"}},
    "article": ARTICLE_ATTRIBUTES,
    "markdown": ARTICLE_ATTRIBUTES,
}


class Elements(HTMLParser):
    """Every start tag with its attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


@pytest.fixture(scope="module")
def attacks(fixtures_folder: Path) -> list[str]:
    lists = sorted((fixtures_folder / "fixtures" / "xss").glob("*.txt"))
    lines = [
        line for path in lists for line in path.read_bytes().decode(errors="replace").split("\n")
    ]
    assert len(lines) > 1_400
    return lines


@pytest.mark.parametrize("kind", MAKERS)
def test_no_known_attack_leaves_anything_but_what_is_allowed(kind, attacks):
    for attack in attacks:
        for tag, attributes in Elements(MAKERS[kind](attack)).found:
            assert tag in ALLOWED[kind], attack
            assert attributes.keys() <= ALLOWED[kind][tag], attack
            for name in ADDRESSES & attributes.keys():
                assert SAFE_ADDRESS.match(attributes[name] or ""), attack


@pytest.mark.parametrize("kind", MAKERS)
def test_another_sanitiser_finds_nothing_more_to_take_out(kind, attacks):
    tags = set(ALLOWED[kind])
    for attack in attacks:
        html = MAKERS[kind](attack)
        theirs = nh3.clean(html, tags=tags, attributes=ALLOWED[kind], link_rel=None)
        assert sorted(map(repr, Elements(theirs).found)) == sorted(map(repr, Elements(html).found))


def test_all_attacks_in_one_article_are_clean_too(attacks):
    for start in range(0, len(attacks), 50):
        html = article_html("\n".join(attacks[start : start + 50]))
        assert {tag for tag, _ in Elements(html).found} <= ALLOWED["article"].keys()
        assert article_html(html) == html


def test_threads_do_not_mix_peoples_texts():
    def clean(number: int) -> bool:
        name = f"person-{number}"
        html = reply_html(f"<b>{name}</b>\n\nhttp://{name}.example/")
        link = f'<a href="http://{name}.example/" rel="nofollow ugc noopener">http://{name}.example/</a>'
        return (
            html == f"<p><strong>{name}</strong></p><p>{link}</p>"
            and article_html(f"<h1>{name}</h1><script>x</script>") == f"<h2>{name}</h2>"
        )

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(clean, range(960)))


@pytest.mark.parametrize(
    "hidden", ["\u202e", "&#x202e;", "&#8238;", "&#x000202E;", "\x00", "&#xfeff;"]
)
@pytest.mark.parametrize("maker", MAKERS.values())
def test_no_character_is_smuggled_in(maker, hidden):
    html = maker(f"a{hidden}b")
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "&#x202e;" not in html.lower()


def test_what_stands_in_for_escapes_is_never_taken_for_one():
    assert article_html("\u206b\u206d&#x206b;b\u206c&#x206a;lt;") == "blt;"


def test_what_is_stored_says_how_it_was_cleaned():
    assert POLICY == 2
