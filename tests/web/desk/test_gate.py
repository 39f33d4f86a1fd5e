"""The door of the desk: who is let in where, as nobody, writer, editor and admin."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, url_for
from pages import Pages
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from newsite.accounts.models import Role, SignIn, User
from newsite.articles.models import Article
from newsite.db import db
from newsite.web.desk import gate

PASSWORD = "a long enough password"


def desk_rules(app: Flask) -> list[tuple[str, str, str]]:
    """Method, address and endpoint of everything under /desk, with the id 1 where one is asked for."""
    found = []
    with app.test_request_context("/"):
        for rule in app.url_map.iter_rules():
            if rule.endpoint.startswith("desk."):
                address = url_for(rule.endpoint, **_values(rule))
                methods = rule.methods or set()
                found += [(m, address, rule.endpoint) for m in sorted(methods & {"GET", "POST"})]
    return found


def _values(rule: Rule) -> dict[str, Any]:
    values: dict[str, Any] = dict(rule.defaults or {})
    for name, converter in rule._converters.items():
        is_id = type(converter).__name__ == "IdConverter"
        values[name] = 1 if is_id else next(iter(getattr(converter, "items", ["x"])))
    return values


def ask(pages: Pages, method: str, address: str) -> TestResponse:
    return pages.post(address) if method == "POST" else pages.fetch(address)


def test_nobody_is_let_in_anywhere_but_at_the_login(app: Flask, pages: Pages) -> None:
    rules = desk_rules(app)
    assert len(rules) > 20
    for method, address, endpoint in rules:
        if gate.least_role(endpoint) is not None:
            expected = 403 if method == "POST" else 303
            assert ask(pages, method, address).status_code == expected, (method, address)
    open_ones = {endpoint for _, _, endpoint in rules if gate.least_role(endpoint) is None}
    assert open_ones == {
        "desk.accounts.login",
        "desk.accounts.log_in",
        "desk.accounts.second_step",
        "desk.accounts.sign_in_by_passkey",
        "desk.accounts.forgotten",
        "desk.accounts.asked_for_password",
        "desk.accounts.reset_password",
        "desk.accounts.accept_invitation",
    }


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_the_table_says_and_nothing_more(
    app: Flask, pages: Pages, make_user: Any, article: Article, role: Role
) -> None:
    """A form without its token gets a 400 from whoever may send it, and a 403 from all others."""
    user = make_user("Robin", role)
    pages.sign_in(user, PASSWORD)
    for method, address, endpoint in desk_rules(app):
        least = gate.least_role(endpoint)
        if least is None:
            continue
        answer = ask(pages, method, address)
        refused = answer.status_code == 403 and b"Your account may not do this." in answer.data
        assert refused == (gate.RANK[role] < gate.RANK[least]), (method, address)
        if method == "POST" and not refused:
            assert answer.status_code == 400, (method, address)
        assert answer.status_code < 500, (method, address)


@pytest.mark.parametrize(
    ("endpoint", "least"),
    [
        ("desk.accounts.login", None),
        ("desk.accounts.password", Role.writer),
        ("desk.accounts.people", Role.admin),
        ("desk.replies.index", Role.editor),
        ("desk.settings.index", Role.admin),
        ("desk.today.index", Role.writer),
        ("desk.something.new", Role.admin),  # what nobody thought of is closed
        ("desk", Role.admin),
        ("", Role.admin),
    ],
)
def test_the_least_role(endpoint: str, least: Role | None) -> None:
    assert gate.least_role(endpoint) is least


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/desk/replies/?before=1-2", "/desk/replies/?before=1-2"),
        ("/desk/", "/desk/"),
        (None, "/desk/"),
        ("", "/desk/"),
        ("/", "/desk/"),
        ("/desk", "/desk/"),
        ("/desktop/", "/desk/"),
        ("//evil.example/desk/", "/desk/"),
        ("https://evil.example/desk/", "/desk/"),
        ("/desk/..//evil.example", "/desk/"),
        ("/desk/../evil", "/desk/"),
        ("/desk/\\evil.example", "/desk/"),
        ("/desk/\nSet-Cookie:x", "/desk/"),
        ("/desk/ x", "/desk/"),
        ("javascript:alert(1)//desk/", "/desk/"),
    ],
)
def test_nobody_is_led_out_of_the_desk(asked: str | None, led_to: str) -> None:
    assert gate.inside(asked) == led_to


def test_whoever_has_to_sign_in_comes_back_to_where_they_were(pages: Pages, editor: User) -> None:
    page = pages.get("/desk/replies/?before=0-1")
    assert page.path == "/desk/login"
    after = page.form("login").fill(email=editor.email, password=PASSWORD).submit()
    assert (after.path, after.response.request.query_string) == ("/desk/replies/", b"before=0-1")


def test_the_first_page_needs_no_way_back(pages: Pages) -> None:
    assert pages.fetch("/desk/").headers["Location"] == "/desk/login"


def test_a_way_back_to_elsewhere_is_not_taken(pages: Pages, editor: User) -> None:
    page = pages.get("/desk/login?next=//evil.example/")
    assert page.form("login").fill(email=editor.email, password=PASSWORD).submit().path == "/desk/"


LONG = "The count was at six.\nThe gate stayed open, and nobody came out."


def test_words_sent_after_the_session_ended_are_kept(app: Flask, desk: Pages, admin: User) -> None:
    """She signed out elsewhere while she was writing: nothing of hers is lost."""
    form = desk.get("/desk/profile").form("profile").fill(name="Ada Lovelace", badge=LONG)
    sent = {name: values[0] for name, values in form.values.items()}
    db.session.execute(sa.delete(SignIn))
    db.session.commit()
    kept = desk.submit("/desk/profile", sent, 403)
    assert kept.h1 == "Your text is still here"
    assert LONG in kept.one("textarea[name=badge]").text
    assert kept.one("input[name=name]")["value"] == "Ada Lovelace"
    desk.sign_in(admin, PASSWORD)  # in another tab
    again = resend(kept, 400)  # its token is of before
    assert "belongs to an earlier sign-in" in again.text
    assert "Your profile is saved." in resend(again, 200).text
    assert (admin.name, admin.badge) == ("Ada Lovelace", LONG.replace("\n", " "))


def resend(page: Any, status: int) -> Any:
    form = page.one("main form")
    form["id"] = "kept"
    return page.form("kept").submit("Send it again", status)


def test_secrets_are_not_kept(desk: Pages) -> None:
    sent = {"current": PASSWORD, "password": "another long one", "csrf_token": "x", "again": "y"}
    page = desk.submit("/desk/password", sent, 400)
    assert "another long one" not in page.html
    assert PASSWORD not in page.html


def test_a_bare_button_of_before_is_not_obeyed(desk: Pages) -> None:
    page = desk.submit("/desk/devices/others/end", {}, 400)
    assert page.h1 == "That was not done"


def test_a_script_may_send_the_token_in_a_header(desk: Pages) -> None:
    token = desk.get("/desk/profile").one("form#profile input[name=csrf_token]")["value"]
    answer = desk.post("/desk/devices/others/end", headers={"X-CSRFToken": str(token)})
    assert answer.status_code == 303


def test_a_login_page_that_was_open_for_too_long_is_shown_anew(pages: Pages, admin: User) -> None:
    sent = {"email": admin.email, "password": PASSWORD, "csrf_token": "old"}
    page = pages.submit("/desk/login?next=/desk/replies/", sent)
    assert page.path == "/desk/login"
    assert "had been open for too long" in page.text
    after = page.form("login").fill(email=admin.email, password=PASSWORD).submit()
    assert after.path == "/desk/replies/"


def test_a_form_from_another_site_is_refused_before_all_else(desk: Pages) -> None:
    answer = desk.post("/desk/logout", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert b"another site" in answer.data


def test_nobody_keeps_a_page_of_the_desk(desk: Pages, pages: Pages) -> None:
    for answer in (desk.fetch("/desk/"), pages.fetch("/desk/"), pages.fetch("/desk/login")):
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_wordpresss_people_find_the_desk(pages: Pages) -> None:
    assert pages.fetch("/login").headers["Location"] == "/desk/login"
