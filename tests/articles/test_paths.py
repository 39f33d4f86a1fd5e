import pytest

from newsite.articles import paths
from newsite.errors import RuleBroken

RESERVED = paths.reserve(
    [
        "/",
        "/section/<slug>/",
        "/desk/login",
        "/theme-<hash>.css",
        "/<path:path>",
        "/<path:path>/atom.xml",
        "/feed.xml",
    ]
)


@pytest.mark.parametrize(
    ("path", "same"),
    [
        ("/2023/01/strike/", "/2023/01/strike"),
        ("/2023/01/STRIKE", "/2023/01/strike"),
        ("//2023///01/strike//", "/2023/01/strike"),
        ("/cafe\u0301/", "/café"),
        ("/STRASSE/", "/strasse"),
        ("/straße/", "/strasse"),
        ("/", "/"),
    ],
)
def test_one_address_has_one_key(path: str, same: str) -> None:
    assert paths.key(path) == same
    assert paths.key(paths.key(path)) == same


@pytest.mark.parametrize(
    "path",
    [
        "/desk/",
        "/Desk/today/",
        "//section/x",
        "/theme-abc/",
        "/THEME-x.css",
        "/feed.xml",
        "/static/x",
        "/.well-known/x",
        "/",
    ],
)
def test_the_site_keeps_its_own_addresses(path: str) -> None:
    assert RESERVED.holds(path)


@pytest.mark.parametrize("path", ["/desks/", "/2023/01/desk/", "/feed/", "/about/"])
def test_all_other_addresses_are_free(path: str) -> None:
    assert not RESERVED.holds(path)


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("/2023/01/strike/", "/2023/01/strike/"),
        ("2023//01/strike", "/2023/01/strike/"),
        ("https://old.example.org/2023/01/strike/?p=2", "/2023/01/strike/"),
        ("/caf%C3%A9/", "/café/"),
        ("/old/page.html", "/old/page.html"),
    ],
)
def test_an_address_is_tidied_as_it_is_typed(typed: str, path: str) -> None:
    assert paths.written(typed, RESERVED) == path


@pytest.mark.parametrize(
    "typed",
    [
        "/a b/",
        "/../etc/",
        "/a/./b/",
        "/a\\b/",
        "/what?/",
        "/a%00b/",
        "/%ff/",
        "/<b>/",
        "/desk/x/",
        "/",
        "/" + "a" * 300,
    ],
)
def test_an_address_that_cannot_be_served_is_refused_with_the_mend(typed: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        paths.written(typed, RESERVED)
    assert refusal.value.field == "path"


def test_a_pattern_makes_an_address_from_title_and_day() -> None:
    from datetime import date

    made = paths.from_pattern(
        "/%year%/%month%/%day%/%section%/%slug%/",
        title="Fire doors!",
        day=date(2023, 1, 5),
        section="",
        fallback="x",
    )
    assert made == "/2023/01/05/news/fire-doors/"
    assert (
        paths.from_pattern(
            "/%slug%/", title="🔥", day=date(2023, 1, 5), section="", fallback="article-7"
        )
        == "/article-7/"
    )


@pytest.mark.parametrize("pattern", ["/%year%/", "%slug%/%author%", "/a b/%slug%/", "/%slug%?x"])
def test_a_pattern_that_cannot_make_addresses_is_refused(pattern: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        paths.check_pattern(pattern)
    assert refusal.value.field == "path_pattern"


def test_a_pattern_is_tidied() -> None:
    assert paths.check_pattern("%year%//%slug%") == "/%year%/%slug%/"


def test_a_taken_address_gets_a_number() -> None:
    assert paths.numbered("/2023/01/strike/", 2) == "/2023/01/strike-2/"


def test_an_address_is_percent_encoded_as_browsers_do() -> None:
    assert paths.encoded("/café/a+b/") == "/caf%C3%A9/a+b/"


@pytest.mark.parametrize(
    ("path", "why"), [("/2023/ATOM.xml", "end in /atom.xml"), ("/desk/x", "begin with /desk")]
)
def test_who_takes_an_address_of_the_site_is_told_which(path: str, why: str) -> None:
    with pytest.raises(RuleBroken, match=f"The site itself uses addresses that {why}"):
        paths.written(path, RESERVED)
