"""What the desk says after something was done."""

from flask import Flask, get_flashed_messages

from newsite.web.desk.notices import tell


def test_a_sentence_waits_for_the_next_page_with_its_way_back(app: Flask) -> None:
    with app.test_request_context("/desk/"):
        tell("It is done.")
        tell("It is gone.", undo="/desk/back", fields={"id": "1"})
        assert get_flashed_messages() == [
            {"text": "It is done.", "undo": None, "fields": {}},
            {"text": "It is gone.", "undo": "/desk/back", "fields": {"id": "1"}},
        ]
