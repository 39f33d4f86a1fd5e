"""The filter, as an operator teaches and asks it."""

import json

import pytest

from newsite.cli import spam
from newsite.comments.spam import learning


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def given(count):
    spammy = [{"id": n, "body": f"check out my channel {n}", "spam": True} for n in range(count)]
    honest = [{"id": n, "body": f"the bus was late, {n}", "spam": False} for n in range(count)]
    return spammy + honest


LOOKED_AT = {
    "id": "a",
    "author": "Bot",
    "email": "bot@example.org",
    "url": "https://example.org/",
    "body": "Check out my channel https://example.net/",
}


def test_a_filter_that_was_taught_says_what_it_makes_of_a_reply(newsite):
    taught = newsite("spam", "train", stdin=lines(*given(100)))
    assert taught.exit_code == 0
    assert taught.stdout == "Learned from 200 lines, 100 of them spam.\nThe filter acts.\n"
    result = newsite("spam", "score", stdin=lines(LOOKED_AT, {"id": 2, "body": "The bus was late"}))
    assert result.exit_code == 0
    held, passed = map(json.loads, result.stdout.splitlines())
    assert list(held) == ["id", "score", "decision", "reasons"]
    assert (held["id"], held["decision"]) == ("a", "hold")
    assert 0.5 <= held["score"] <= 1
    assert held["reasons"] == [
        "1 link",
        "host never seen in an approved reply: example.net",
        "looks like 100 replies marked spam, which also say “check out”",
    ]
    assert passed == {"id": 2, "score": passed["score"], "decision": "pass", "reasons": []}
    assert 0 <= passed["score"] < 0.5


def test_a_filter_that_knows_too_little_lets_everything_pass_and_says_why(newsite):
    result = newsite("spam", "score", stdin=lines(LOOKED_AT))
    found = json.loads(result.stdout)
    assert (found["score"], found["decision"]) == (0.5, "pass")
    assert "learned from 0 approved replies" in found["reasons"][0]
    taught = newsite("spam", "train", stdin=lines(*given(99)))
    assert taught.stdout.endswith(
        "Not yet: the filter has learned from 99 approved replies and 99 marked as spam; "
        "it acts from 100 of each.\n"
    )
    found = json.loads(newsite("spam", "score", stdin=lines(LOOKED_AT)).stdout)
    assert (found["score"] > 0.5, found["decision"]) == (True, "pass")


def test_the_same_file_given_twice_is_learned_once(newsite, inside):
    for _ in range(2):
        newsite("spam", "train", stdin=lines(*given(100)))
    model = learning.current()
    assert (model.spam, model.honest) == (100, 100)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("nonsense", "it is not JSON."),
        ("[1]", "it is not a JSON object."),
        ("[" * 100_000, "it is not JSON."),
        ("1" * 5_000, "it is not JSON."),  # a number that nobody counts to
        ('{"id": 1, "spam": true}', '"body" is missing.'),
        ('{"body": null, "spam": true}', '"body" has to be text.'),
        ('{"body": "x", "author": 5, "spam": true}', '"author" has to be text.'),
        ('{"body": "x", "email": [], "spam": true}', '"email" has to be text.'),
        ('{"body": "x", "url": {}, "spam": true}', '"url" has to be text.'),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_by_its_number(newsite, line, sentence):
    good = {"id": 1, "author": None, "body": "x \ud800", "spam": False}
    stdin = lines(good) + "\n" + line + "\n" + lines(good | {"id": 3})
    scored = newsite("spam", "score", stdin=stdin)
    assert scored.exit_code == 1
    assert [json.loads(one)["id"] for one in scored.stdout.splitlines()] == [1, 3]
    assert scored.stderr == f"Line 3: {sentence}\n"
    trained = newsite("spam", "train", stdin=stdin)
    assert trained.exit_code == 1
    assert trained.stdout.startswith("Learned from 2 lines, 0 of them spam.\n")
    assert trained.stderr == f"Line 3: {sentence}\n"


@pytest.mark.parametrize("value", [None, 1, "true"])
def test_whether_it_is_spam_is_true_or_false(newsite, value):
    result = newsite("spam", "train", stdin=lines({"body": "x", "spam": value}))
    assert (result.exit_code, result.stderr) == (1, 'Line 1: "spam" has to be true or false.\n')


def test_bytes_that_are_no_text_are_refused(newsite):
    result = newsite("spam", "score", stdin=b'{"body": "\xff\xfe"}\n{"body": "x"}')
    assert result.stderr == "Line 1: it is not JSON.\n"
    assert json.loads(result.stdout)["id"] is None


def test_a_line_without_end_is_not_held(newsite, monkeypatch):
    monkeypatch.setattr(spam, "MAX_LINE_BYTES", 100)
    long = {"id": 1, "body": "x" * 1_000}
    result = newsite("spam", "score", stdin=lines(long, {"id": 2, "body": "x"}, long)[:-1])
    assert [json.loads(one)["id"] for one in result.stdout.splitlines()] == [2]
    assert result.stderr == (
        "Line 1: it is longer than 100 bytes.\nLine 3: it is longer than 100 bytes.\n"
    )


def test_a_long_input_is_learned_in_parts_and_says_how_far_it_is(newsite, inside, monkeypatch):
    monkeypatch.setattr(spam, "BATCH", 30)
    monkeypatch.setattr(spam, "PROGRESS", 100)
    result = newsite("spam", "train", stdin=lines(*given(100)))
    assert result.exit_code == 0
    assert result.stderr == "100 lines read\n200 lines read\n"
    assert learning.current().spam == 100
