"""The log of the desk, looked through and taken along."""

import csv
import io
import json
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from pages import Pages

from newsite import audit
from newsite.accounts.models import SignIn, User
from newsite.audit import AuditEntry
from newsite.db import db


@pytest.fixture
def entries(admin: User, writer: User, now: datetime) -> None:
    """Three days of work, after the accounts were made."""
    for days, (user, action, subject) in enumerate(
        [(admin, "published", "“Votes”"), (writer, "saved", "=1+1"), (writer, "saved", "it, too")]
    ):
        values = {"user_id": user.id, "user_name": user.name, "action": action, "subject": subject}
        audit.record(at=now + timedelta(days=days + 1), **values, address="/desk/articles/1")
    db.session.commit()


def lines(page: object) -> list[str]:
    return page.texts("ol.lines li > p:last-child")  # type: ignore[attr-defined]


def test_everything_is_there_the_newest_first(desk: Pages, entries: None) -> None:
    page = desk.get("/desk/people/").follow("The log")
    assert lines(page)[:3] == [
        "Will saved it, too .",
        "Will saved =1+1 .",
        "Ada published “Votes” .",
    ]
    assert "Ada signed in on Unknown browser ." in lines(page)
    assert "is kept for 365 days" in page.text


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"action": "published"}, ["Ada published “Votes” ."]),
        ({"since": "2026-11-25"}, ["Will saved it, too ."]),
        ({"since": "2026-11-23", "until": "2026-11-23"}, ["Ada published “Votes” ."]),
    ],
)
def test_it_is_narrowed_by_person_action_and_day(
    desk: Pages, writer: User, entries: None, asked: dict[str, str], shown: list[str]
) -> None:
    page = desk.get("/desk/log/")
    assert lines(page.form("seek").fill(**asked).submit()) == shown
    mine = page.form("seek").fill(person=writer.id).submit()
    assert lines(mine) == ["Will saved it, too .", "Will saved =1+1 ."]


def test_what_was_done_by_command_is_nobodys(desk: Pages, entries: None) -> None:
    page = desk.get("/desk/log/").form("seek").fill(person=0).submit()
    assert lines(page) == [
        "The command line made an account for Will .",
        "The command line made an account for Ada .",
    ]
    none = page.form("seek").fill(action="saved").submit()
    assert "Nothing of this kind has happened." in none.text


def test_what_cannot_be_asked_is_said(desk: Pages, entries: None) -> None:
    page = desk.get("/desk/log/?since=soon&person=x", 422)
    assert len(page.texts(".summary a")) == 2
    token = str(page.all("input[name=csrf_token]")[0]["value"])
    desk.submit("/desk/log/export", {"since": "soon", "csrf_token": token}, 422)


def test_a_long_log_has_pages(desk: Pages, admin: User, now: datetime) -> None:
    for number in range(60):
        values = {"user_id": admin.id, "user_name": "Ada", "action": "saved"}
        audit.record(at=now, **values, subject=f"no. {number}")
    db.session.commit()
    page = desk.get("/desk/log/?action=saved")
    assert len(lines(page)) == 50
    assert lines(page.follow("Earlier"))[-1] == "Ada saved no. 0 ."
    assert len(lines(page.follow("Earlier"))) == 10


def export(desk: Pages, kind: str, **asked: str) -> tuple[str, str]:
    page = desk.get("/desk/log/").form("seek").fill(**asked).submit()
    form = page.form("export")
    sent = {name: values[0] for name, values in form.values.items()} | {"format": kind}
    answer = desk.post("/desk/log/export", sent)
    assert answer.status_code == 200
    return answer.get_data(as_text=True), answer.headers["Content-Disposition"]


def test_as_a_table_it_holds_no_formula(desk: Pages, entries: None) -> None:
    text, name = export(desk, "csv", action="saved")
    assert name == 'attachment; filename="log-2026-11-22.csv"'
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["at", "person", "action", "subject", "address"]
    assert [row[3] for row in rows[1:]] == ["it, too", "'=1+1"]
    assert rows[1][0] == "2026-11-25T12:00:00+00:00"


def test_for_programs_it_holds_what_was_written(
    desk: Pages, entries: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "STEP", 1)
    text, _name = export(desk, "json", action="saved")
    assert [entry["subject"] for entry in json.loads(text)] == ["it, too", "=1+1"]
    assert db.session.scalar(sa.select(AuditEntry.action).order_by(AuditEntry.at.desc())) == "saved"
    assert "downloaded" in audit.actions()
    empty, _name = export(desk, "json", action="saved", until="2026-01-01")
    assert json.loads(empty) == []


def test_it_is_taken_along_by_whoever_shows_who_they_are(desk: Pages, entries: None) -> None:
    device = db.session.scalars(sa.select(SignIn)).one()
    device.proved_at = None
    db.session.commit()
    page = desk.get("/desk/log/").form("export").submit("Download as JSON", status=403)
    assert page.form("proof").values["format"] == ["json"]
