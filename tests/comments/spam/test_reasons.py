"""Why a reply looks like spam."""

from newsite.comments.spam import reasons
from newsite.comments.spam.features import Suspect, read
from newsite.comments.spam.training import Lesson, train


def why(suspect: Suspect, *lessons: tuple[str, bool]) -> list[str]:
    model = train([Lesson(sorted(read(Suspect(text)).buckets), kind) for text, kind in lessons])
    return reasons.why_held(model, suspect, read(suspect))


SPAM = [(f"win {number} at the casino of https://win.example/", True) for number in range(5)]
HONEST = [("the report is at https://gov.example/ they say", False)] * 5


def test_links_are_counted_and_the_first_new_host_is_named() -> None:
    text = "casino at https://gov.example/a and https://new.example/b and https://two.example/"
    found = why(Suspect(text), *SPAM, *HONEST)
    assert found[:2] == ["3 links", "host never seen in an approved reply: new.example"]


def test_the_writers_website_is_looked_at_too() -> None:
    found = why(Suspect("casino", website="https://new.example"), *SPAM, *HONEST)
    assert found[0] == "host never seen in an approved reply: new.example"


def test_a_host_of_approved_replies_is_no_reason() -> None:
    found = why(Suspect("a casino of https://gov.example/"), *SPAM, *HONEST)
    assert found == ["1 link", "looks like 5 replies marked spam, which also say “casino of”"]


def test_two_words_are_quoted_before_one_and_one_before_none() -> None:
    assert why(Suspect("casino"), *SPAM) == [
        "looks like 5 replies marked spam, which also say “casino”"
    ]
    assert why(Suspect("win at the zoo"), *SPAM) == [
        "looks like 5 replies marked spam, which also say “at the”"
    ]
    assert why(Suspect("a zoo of 3"), *SPAM) == [reasons.NO_PHRASE]


def test_a_phrase_of_approved_replies_is_not_quoted() -> None:
    assert why(Suspect("at the"), *SPAM, ("at the gates", False), ("at the door", False)) == [
        reasons.NO_PHRASE
    ]


def test_a_phrase_of_a_few_replies_may_be_chance() -> None:
    assert why(Suspect("casino"), *SPAM[:2]) == [reasons.NO_PHRASE]


def test_what_is_quoted_is_cut() -> None:
    word, host = "x" * 300, f"{'y' * 300}.com"
    found = why(Suspect(f"{word} {host}"), *[(word, True)] * 5)
    assert found[1].endswith(f": {'y' * 59}…")
    assert found[2].endswith(f"“{'x' * 59}…”")
