from newsite.articles import bylines
from newsite.articles.models import Article, Contributor, ContributorKind, Credit

ROSA = Contributor(name="Rosa Achebe", slug="rosa", kind=ContributorKind.person)
GATE = Contributor(name="the branch", slug="branch", kind=ContributorKind.organisation)
OKAFOR = Contributor(name="D. Okafor", slug="okafor", kind=ContributorKind.person)


def printed(byline: str, *people: Contributor) -> list[tuple[str, str | None]]:
    article = Article(byline=byline, credits=[Credit(contributor=one) for one in people])
    parts = bylines.parts(article)
    assert bylines.text(article) == "".join(part.text for part in parts)
    return [(part.text, part.contributor.slug if part.contributor else None) for part in parts]


def test_a_group_needs_no_page_to_be_a_byline() -> None:
    assert printed("Coventry members") == [("Coventry members", None)]


def test_no_byline_is_no_byline() -> None:
    assert printed("") == []


def test_contributors_alone_are_listed_in_their_order() -> None:
    assert printed("", ROSA, GATE, OKAFOR) == [
        ("Rosa Achebe", "rosa"),
        (", ", None),
        ("the branch", "branch"),
        (" and ", None),
        ("D. Okafor", "okafor"),
    ]


def test_names_within_the_printed_words_lead_to_their_pages() -> None:
    assert printed("D. Okafor for the branch, with Rosa Achebe in Rugby", ROSA, GATE, OKAFOR) == [
        ("D. Okafor", "okafor"),
        (" for ", None),
        ("the branch", "branch"),
        (", with ", None),
        ("Rosa Achebe", "rosa"),
        (" in Rugby", None),
    ]


def test_words_that_name_nobody_lead_to_the_only_one_credited() -> None:
    assert printed("members of the branch at the gate", ROSA) == [
        ("members of the branch at the gate", "rosa")
    ]
    assert printed("a reader", ROSA, OKAFOR) == [("a reader", None)]


def test_two_contributors_of_one_name_are_one_link() -> None:
    twin = Contributor(name="Rosa Achebe", slug="rosa-2", kind=ContributorKind.person)
    assert printed("Rosa Achebe", ROSA, twin) == [("Rosa Achebe", "rosa")]
