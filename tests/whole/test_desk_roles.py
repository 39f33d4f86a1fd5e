"""What each role may reach at the desk, address by address: whoever adds one says here whom it is for.

tests/web/desk/test_gate.py walks all of them as nobody, writer, editor and admin, and compares with the gate's own
table; here stands what that table has to say. Whose article it is, the gate does not ask: that is walked below.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask, url_for
from pages import Pages
from werkzeug.routing import Rule

from newsite.accounts import signing_in
from newsite.accounts.models import Passkey, Role, SignIn, User
from newsite.articles.models import Article, Note, PictureUse
from newsite.db import db
from newsite.media.models import File, Picture
from newsite.web.desk import gate

PASSWORD = "a long enough password"
EVERYBODY = {  # each asks for a password, or for what a mail brought
    "accounts.accept_invitation",
    "accounts.asked_for_password",
    "accounts.forgotten",
    "accounts.log_in",
    "accounts.login",
    "accounts.reset_password",
    "accounts.second_step",
    "accounts.sign_in_by_passkey",
}
WRITERS = {  # one's own account, articles and pictures
    "accounts.add_passkey",
    "accounts.app",
    "accounts.begin_app",
    "accounts.confirm",
    "accounts.devices",
    "accounts.end_device",
    "accounts.end_other_devices",
    "accounts.factors",
    "accounts.logout",
    "accounts.password",
    "accounts.profile",
    "accounts.recovery_codes",
    "accounts.remove_passkey",
    "accounts.switch_off_app",
    "articles.be_present",
    "articles.broken_links",
    "articles.compare",
    "articles.convert_new",
    "articles.convert_sent",
    "articles.edit",
    "articles.index",
    "articles.keep",
    "articles.new",
    "articles.pick",
    "articles.preview",
    "articles.preview_new",
    "articles.preview_sent",
    "articles.restore",
    "articles.secret_link",
    "articles.settle_note",
    "articles.share",
    "articles.take_back",
    "articles.talk",
    "articles.throw_away",
    "articles.trash",
    "articles.unshare",
    "articles.version",
    "articles.versions",
    "articles.withdraw",
    "pictures.delete",
    "pictures.delete_file",
    "pictures.files",
    "pictures.index",
    "pictures.pick",
    "pictures.replace",
    "pictures.show",
    "pictures.upload",
    "search.index",
    "today.index",
}
EDITORS = {  # everybody's articles, replies, and what articles are put in order by
    "articles.publishing",
    "articles.release",
    "articles.send_back",
    "articles.withhold",
    "contributors.delete",
    "contributors.edit",
    "contributors.index",
    "contributors.new",
    "redirects.delete",
    "redirects.edit",
    "redirects.index",
    "redirects.take",
    "replies.answer",
    "replies.ban",
    "replies.ban_list",
    "replies.ban_writer",
    "replies.decide",
    "replies.hide_all",
    "replies.index",
    "replies.lift",
    "replies.lock",
    "replies.log",
    "replies.one",
    "replies.undo",
    "sections.delete",
    "sections.edit",
    "sections.index",
    "sections.move",
    "tags.delete",
    "tags.edit",
    "tags.index",
}
ADMINS = {  # people, the log, and the site's settings
    "accounts.activate",
    "accounts.deactivate",
    "accounts.export_log",
    "accounts.invite",
    "accounts.log",
    "accounts.new_password",
    "accounts.new_person",
    "accounts.people",
    "accounts.person",
    "accounts.send_invitation",
    "accounts.take_away_factors",
    "accounts.take_back_invitation",
    "settings.index",
    "settings.menus",
    "settings.put_up_logo",
    "settings.replies",
    "settings.security",
    "settings.take_down_logo",
}
# What everybody at the desk looks at, whoever brought it; it says nothing of others' drafts.
SHARED = {("GET", "pictures.show")}
CLASSES: list[tuple[Role | None, set[str]]] = [
    (None, EVERYBODY),
    (Role.writer, WRITERS),
    (Role.editor, EDITORS),
    (Role.admin, ADMINS),
]


def desk_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("desk.")]


def test_every_address_of_the_desk_is_classified(app: Flask) -> None:
    """One that is new fails here until somebody has said whom it is for."""
    there = {rule.endpoint.removeprefix("desk.") for rule in desk_rules(app)}
    said = set().union(*(names for _, names in CLASSES))
    assert sorted(there - said) == [], "say in this file whom these are for"
    assert sorted(said - there) == [], "these are no more"
    assert len(said) == sum(len(names) for _, names in CLASSES), "one stands in two classes"


@pytest.mark.parametrize(("least", "names"), CLASSES)
def test_the_gate_lets_in_whom_each_is_for(least: Role | None, names: set[str]) -> None:
    found = {name: gate.least_role(f"desk.{name}") for name in names}
    assert found == dict.fromkeys(names, least)


@pytest.fixture
def others(
    make_article: Callable[..., Article],
    make_picture: Callable[..., Picture],
    editor: User,
    now: datetime,
) -> Callable[[bool], dict[str, Any]]:
    """The ids of what is Edith's, by the names that addresses have for them; of a draft, or published."""

    def make(publish: bool) -> dict[str, int]:
        picture = make_picture(by=editor)
        article = make_article("Edith’s own words", by=editor, publish=publish)
        device, _ = signing_in.sign_in(editor, device="Edith’s browser", now=now)
        article.lead_picture, article.lead_picture_id = picture, picture.id
        article.picture_uses.append(PictureUse(picture_id=picture.id))
        file = File(sha256="a", key="b" * 32, name="x.pdf", title="Minutes", bytes=1)
        file.media_type, file.created_by_id, file.created_at = "application/pdf", editor.id, now
        db.session.add(file)
        values = {"credential_id": "x", "public_key": b"x", "sign_count": 0, "name": "Key"}
        passkey = Passkey(user_id=editor.id, created_at=now, **values)
        note = Note(article_id=article.id, words="Between us.", at=now)
        db.session.add_all([passkey, note])
        db.session.commit()
        return {
            "article_id": article.id,
            "device_id": device.id,
            "passkey_id": passkey.id,
            "note_id": note.id,
            "number": 1,
            "place": f"{article.id}.0123abcd",
            "picture_id": picture.id,
            "file_id": file.id,
        }

    return make


def open_to_writers(app: Flask) -> list[tuple[str, Rule]]:
    """Method and rule of whatever a writer may reach that names something."""
    return [
        (method, rule)
        for rule in desk_rules(app)
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
        if rule.endpoint.removeprefix("desk.") in WRITERS and rule._converters
    ]


@pytest.mark.parametrize("publish", [False, True])
def test_a_writer_reaches_nothing_that_is_another_writers(
    app: Flask,
    pages: Pages,
    writer: User,
    others: Callable[[bool], dict[str, Any]],
    publish: bool,
) -> None:
    """Her drafts, their versions and previews, what becomes of them, and the devices she is signed in on."""
    ids = others(publish)
    article = db.session.get_one(Article, ids["article_id"])
    before = (article.version, article.state, article.title)
    pages.sign_in(writer, PASSWORD)
    token = str(pages.get("/desk/").all("input[name=csrf_token]")[0]["value"])
    sent: dict[str, Any] = {"csrf_token": token, "title": "Mine now", "version": 1, "reason": "So"}
    tried = 0
    for method, rule in open_to_writers(app):
        unknown = set(rule._converters) - set(ids)
        assert not unknown, f"say in this test whose {unknown} is in {rule.rule}"
        with app.test_request_context("/"):
            address = url_for(rule.endpoint, **{name: ids[name] for name in rule._converters})
        data = sent if method == "POST" else None
        answer = pages.fetch(address, method, data=data, headers={"Sec-Fetch-Site": "same-origin"})
        is_shared = (method, rule.endpoint.removeprefix("desk.")) in SHARED
        allowed = (200,) if is_shared else (403, 404)
        assert answer.status_code in allowed, (method, address, answer.status_code)
        if not publish:  # what is public stands on the page that says 404
            assert "Edith’s own words" not in answer.get_data(as_text=True), (method, address)
        tried += 1
    assert tried >= 11
    db.session.refresh(article)
    assert (article.version, article.state, article.title) == before
    assert db.session.get(SignIn, ids["device_id"]) is not None


def test_a_writer_lists_and_counts_her_own_alone(
    pages: Pages, writer: User, others: Callable[[bool], dict[str, Any]]
) -> None:
    others(False)
    pages.sign_in(writer, PASSWORD)
    for path in ("/desk/", "/desk/articles/", "/desk/articles/?writer=1&q=Edith"):
        assert "Edith’s own words" not in pages.get(path).text, path
