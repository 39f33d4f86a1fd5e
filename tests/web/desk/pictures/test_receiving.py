"""Pictures are taken in, one or several at once; what is refused is named, and stops no other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import disks
import pytest
import sqlalchemy as sa
from pages import Pages
from paper import NOW, Paper, editor
from photographs import bomb, hidden_in, photograph
from sending import Sender

from newsite import audit, create_app, migrations
from newsite.config import Settings
from newsite.db import db
from newsite.media import actions, queries
from newsite.media.actions import Taken
from newsite.media.models import Picture
from newsite.site.models import Site
from newsite.web.desk.pictures import receiving

PLACE = "/desk/pictures/"
JSON = {"Accept": "application/json"}


def pictures() -> list[Picture]:
    return list(db.session.scalars(sa.select(Picture).order_by(Picture.id)))


def test_one_picture_leads_to_its_words(send: Any, desk: Pages) -> None:
    page = send(PLACE, [("gate.jpg", photograph("JPEG"))])
    (picture,) = pictures()
    assert page.path == f"/desk/pictures/{picture.id}"
    assert "The picture is here. Say what it shows." in page.text
    assert picture.created_by is not None
    assert audit.latest(1)[0].subject == "“gate.jpg”"
    served = desk.fetch(f"/media/{picture.key}/full.jpg")
    assert served.status_code == 200
    assert hidden_in(served.data) == []


def test_several_at_once_of_which_one_is_refused(send: Any) -> None:
    files = [("a.png", photograph("PNG")), ("b.svg", b"<svg>"), ("c.webp", photograph("WEBP"))]
    page = send(PLACE, files, status=422)
    assert page.title.startswith("Error: Pictures")
    assert "b.svg: This is an SVG" in page.one(".summary").get_text().replace("\n", "")
    assert [one.name for one in pictures()] == ["a.png", "c.webp"]
    page = send(PLACE, [("d.gif", photograph("GIF")), ("a.png", photograph("PNG"))])
    assert "2 pictures are here." in page.text
    assert len(pictures()) == 3  # one of them was here already


def test_nothing_chosen_is_said(send: Any) -> None:
    assert "Choose a picture first." in send(PLACE, [], status=422).text


def test_more_than_twenty_are_not_taken(send: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MAX_AT_ONCE", 1)
    files = [("../../a.png", photograph("PNG")), ("b.png", photograph("PNG", size=(90, 90)))]
    page = send(PLACE, files, status=422)
    assert "b.png: Twenty at once" in page.one(".summary").get_text().replace("\n", "")
    assert [one.name for one in pictures()] == ["a.png"]


def test_a_script_is_answered_in_json(send: Any) -> None:
    files = [("a.png", photograph("PNG")), ("b.png", bomb())]
    answer = send.raw(PLACE, files, headers=JSON)
    assert answer.status_code == 200
    (picture,) = pictures()
    assert answer.get_json() == {
        "pictures": [
            {
                "id": picture.id,
                "name": "a.png",
                "alt": "",
                "is_decorative": False,
                "caption": "",
                "credit": "",
                "width": 640,
                "height": 480,
                "src": f"/media/{picture.key}/full.png",
            }
        ],
        "refused": [
            {
                "name": "b.png",
                "sentence": "The picture has far more than 40 million pixels. "
                "Save it smaller, and choose it again.",
            }
        ],
    }
    assert send.raw(PLACE, [("b.png", bomb())], headers=JSON).status_code == 422
    assert send.raw(PLACE, [], headers=JSON).get_json() == {"pictures": [], "refused": []}


def test_the_same_picture_at_the_same_moment_is_one(
    send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(PLACE, [("a.png", photograph("PNG"))])
    asked = iter([None])
    known = queries.by_sha256
    monkeypatch.setattr(receiving.queries, "by_sha256", lambda sha256: next(asked, known(sha256)))
    page = send(PLACE, [("again.png", photograph("PNG"))])
    (picture,) = pictures()
    assert page.path == f"/desk/pictures/{picture.id}"


def test_two_who_send_the_same_picture_at_once_have_one(
    engine: str,
    make_settings: Callable[..., Settings],
    new_database: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paper = Paper(create_app(make_settings(database_url=new_database(engine))))
    paper.do(migrations.upgrade)
    paper.do(lambda: db.session.add(Site(id=1, name="The Test Paper", founded_at=NOW)))
    paper.do(editor)
    both, take_in = Barrier(2, timeout=60), actions.take_in

    def taken_by_both(*given: Any, **named: Any) -> Taken:
        taken = take_in(*given, **named)
        both.wait()  # neither has found the other's
        return taken

    monkeypatch.setattr(receiving.actions, "take_in", taken_by_both)

    def upload(name: str) -> str:
        with paper.app.app_context():
            desk = Pages(paper.app)
            form = desk.get("/desk/login").form("login")
            form.fill(email="edith@example.org", password="a long enough password").submit()
            return Sender(desk)(PLACE, [(name, photograph("PNG"))]).path

    with ThreadPoolExecutor(2) as people:
        paths = list(people.map(upload, ["a.png", "b.png"]))
    ids = paper.do(lambda: db.session.scalars(sa.select(Picture.id)).all())
    assert paths == [f"{PLACE}{ids[0]}"] * 2
    assert len(ids) == 1
    with paper.app.app_context():
        db.engine.dispose()


def test_a_storage_that_refuses_is_said_and_leaves_nothing(send: Any, desk: Pages) -> None:
    sentence = "It could not be stored (S3 says AccessDenied), and nothing was kept. Try again"
    with disks.used(disks.Refusing):
        page = send(PLACE, [("a.png", photograph("PNG")), ("b.svg", b"<svg>")], status=503)
        said = page.one(".summary").get_text().replace("\n", "")
        assert f"a.png: {sentence}" in said
        assert "b.svg: This is an SVG" in said
        answer = send.raw(PLACE, [("a.png", photograph("PNG"))], headers=JSON)
        assert answer.status_code == 503
        assert answer.get_json()["refused"][0]["sentence"].startswith(sentence)
    assert pictures() == []
    assert "There are none yet." in desk.get(PLACE).text
    send(PLACE, [("a.png", photograph("PNG"))])
    assert len(pictures()) == 1


def test_twenty_five_megabytes_are_room_for_whoever_is_signed_in(
    send: Any, pages: Pages, make_picture: Callable[..., Picture]
) -> None:
    page = send(PLACE, [("a.png", b"\x89PNG" + bytes(5 * 1024**2))], status=422)
    assert "no picture that can be read" in page.text
    body = b"x" * (5 * 1024**2)
    answer = pages.post(PLACE, body, content_type="multipart/form-data; boundary=x")  # type: ignore[arg-type]
    assert answer.status_code == 413
    assert actions.MAX_NAME_CHARS
