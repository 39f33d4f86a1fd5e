import pytest

from newsite import errors


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (errors.RuleBroken, 422),
        (errors.BadText, 422),
        (errors.AddressTaken, 422),
        (errors.NotAllowed, 403),
        (errors.RepliesClosed, 403),
        (errors.Conflict, 409),
        (errors.DuplicateReply, 409),  # a conflict, by inheritance
        (errors.TooFast, 429),
    ],
)
def test_every_refusal_has_a_sentence_and_an_answer(refusal, status):
    refused = refusal("Replies to this article are closed.")
    assert isinstance(refused, errors.RuleBroken)
    assert refused.message == str(refused) == "Replies to this article are closed."
    assert refused.status == status


def test_a_refusal_may_say_which_field_it_is_about():
    assert errors.RuleBroken("Enter a name.", field="author").field == "author"
    assert errors.RuleBroken("Try again tomorrow.").field is None


def test_a_taken_address_is_about_the_path_unless_it_says_otherwise():
    assert errors.AddressTaken("Choose another address.").field == "path"
    assert errors.AddressTaken("Choose another slug.", field="slug").field == "slug"
