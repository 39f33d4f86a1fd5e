"""One's own account."""

import pytest
from flask import Flask
from pages import Pages

from newsite.accounts import passwords
from newsite.accounts.models import User

PASSWORD = "a long enough password"
OTHER = "another long password"


@pytest.fixture
def will(app: Flask, writer: User) -> Pages:
    return Pages(app).sign_in(writer, PASSWORD)


def test_somebody_changes_how_they_are_called(will: Pages, writer: User) -> None:
    form = will.get("/desk/profile").form("profile")
    assert form.values["email"] == ["will@example.org"]
    page = form.fill(name="Willa", badge="Nuneaton rep").submit()
    assert "Your profile is saved." in page.texts(".notice p")
    assert (writer.name, writer.badge) == ("Willa", "Nuneaton rep")
    assert "Your profile is saved." not in will.get("/desk/profile").text


@pytest.mark.parametrize("how", ["never", "hourly", "daily"])
def test_an_editor_chooses_how_often_mail_comes(app: Flask, editor: User, how: str) -> None:
    edith = Pages(app).sign_in(editor, PASSWORD)
    form = edith.get("/desk/profile").form("profile")
    assert form.values["reply_mail"] == ["hourly"]
    page = form.fill(reply_mail=how).submit()
    assert editor.reply_mail.value == how
    assert page.form("profile").values["reply_mail"] == [how]


def test_nobody_is_asked_about_mail_who_would_get_none(will: Pages, writer: User) -> None:
    page = will.get("/desk/profile")
    assert "reply_mail" not in page.form("profile").values
    will.post("/desk/profile", {**page.form("profile").values, "reply_mail": "daily"})
    assert writer.reply_mail.value == "hourly"


def test_a_choice_that_is_none_is_refused(app: Flask, editor: User) -> None:
    edith = Pages(app).sign_in(editor, PASSWORD)
    page = edith.get("/desk/profile").form("profile").fill(reply_mail="always").submit(status=422)
    assert page.texts(".summary a")
    assert editor.reply_mail.value == "hourly"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "Enter a name."),
        ({"name": "x" * 81}, "Enter a name of at most 80 characters."),
        ({"badge": "x" * 81}, "Enter a badge of at most 80 characters."),
        ({"email": "will"}, "Enter an email address, such as name@example.org."),
        ({"email": "edith@example.org"}, "Another account has this email address."),
    ],
)
def test_a_profile_that_cannot_be_comes_back_with_its_words(
    will: Pages, writer: User, editor: User, given: dict[str, str], said: str
) -> None:
    page = will.get("/desk/profile").form("profile").fill(**given).submit(status=422)
    assert page.texts(".summary a") == [said]
    (name, value) = next(iter(given.items()))
    assert page.one(f"[name={name}]")["value"] == value
    assert page.one(f"[name={name}]")["aria-invalid"] == "true"
    assert writer.name == "Will"


def test_a_new_password_signs_the_other_devices_out(app: Flask, will: Pages, writer: User) -> None:
    elsewhere = Pages(app).sign_in(writer, PASSWORD)
    form = will.get("/desk/password").form("password-form")
    page = form.fill(current=PASSWORD, password=OTHER, again=OTHER).submit()
    assert "Your password is changed." in page.text
    assert will.get("/desk/").path == "/desk/"
    assert elsewhere.get("/desk/").path == "/desk/login"
    assert passwords.matches(writer.password_hash, OTHER)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"current": "wrong"}, "Enter the password that you sign in with now."),
        ({"again": "different"}, "Enter the same new password twice."),
        ({"password": "short", "again": "short"}, "Enter a password of 12 characters or more."),
        ({"password": "", "again": ""}, "Enter a new password."),
    ],
)
def test_a_password_that_cannot_be_is_refused(
    will: Pages, writer: User, given: dict[str, str], said: str
) -> None:
    values = {"current": PASSWORD, "password": OTHER, "again": OTHER} | given
    form = will.get("/desk/password").form("password-form").fill(**values)
    page = form.submit(status=422)
    assert page.texts(".summary a")[0].startswith(said)
    assert passwords.matches(writer.password_hash, PASSWORD)


def test_whoever_found_a_device_open_cannot_guess_for_ever(will: Pages, writer: User) -> None:
    for _ in range(5):
        form = will.get("/desk/password").form("password-form")
        form.fill(current="guess", password=OTHER, again=OTHER).submit(status=422)
    form = will.get("/desk/password").form("password-form")
    page = form.fill(current=PASSWORD, password=OTHER, again=OTHER).submit(status=429)
    assert "too many tries" in page.text
    assert passwords.matches(writer.password_hash, PASSWORD)


def test_one_device_is_signed_out(app: Flask, will: Pages, writer: User) -> None:
    other = Pages(app).sign_in(writer, PASSWORD)
    page = will.get("/desk/devices/")
    assert len(page.all(".lines li")) == 2
    assert page.texts(".lines .badge") == ["This one"]
    form = page.one('.lines form[action$="/end"]')
    token = form.select_one("input[name=csrf_token]")
    assert token
    after = will.submit(str(form["action"]), {"csrf_token": str(token["value"])})
    assert "Unknown browser is signed out." in after.text
    assert len(after.all(".lines li")) == 1
    assert other.get("/desk/").path == "/desk/login"


def test_all_other_devices_are_signed_out(app: Flask, will: Pages, writer: User) -> None:
    others = [Pages(app).sign_in(writer, PASSWORD) for _ in range(2)]
    token = will.get("/desk/devices/").all("input[name=csrf_token]")[0]["value"]
    after = will.submit("/desk/devices/others/end", {"csrf_token": str(token)})
    assert "All your other devices are signed out." in after.text
    assert will.get("/desk/").path == "/desk/"
    assert [other.get("/desk/").path for other in others] == ["/desk/login"] * 2


def test_anothers_device_is_not_ones_own(app: Flask, will: Pages, admin: User) -> None:
    Pages(app).sign_in(admin, PASSWORD)
    token = will.get("/desk/devices/").all("input[name=csrf_token]")[0]["value"]
    answer = will.post("/desk/devices/2/end", {"csrf_token": str(token)})
    assert answer.status_code == 404
