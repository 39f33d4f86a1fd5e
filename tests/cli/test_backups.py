import json
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from newsite.accounts.models import SignIn, User
from newsite.backup import writing
from newsite.cli import backups
from newsite.db import db


@pytest.fixture
def staffed(newsite):
    """A founded site with an admin."""
    words = ("user", "add", "ann@example.org", "--name", "Ann", "--role", "admin")
    assert newsite(*words).exit_code == 0


@pytest.fixture
def elsewhere(tmp_path):
    """The environment of an empty place on another machine."""
    return {"NEWSITE_DATA": str(tmp_path / "elsewhere")}


def test_a_site_is_written_into_one_file_and_comes_back_elsewhere(
    newsite, staffed, elsewhere, tmp_path
):
    file = tmp_path / "site.zip"
    made = newsite("backup", str(file))
    assert made.exit_code == 0
    assert re.fullmatch(
        r".*site\.zip: the site at .* UTC; rows: \d+, pictures: 0, secret: yes; \d+ bytes\.\n",
        made.output,
    )
    back = newsite("restore", str(file), env=elsewhere)
    assert back.exit_code == 0, back.output
    assert back.output.startswith("Restored: the site at ")
    assert back.output.splitlines()[1:] == [backups.BACK_AGAIN, backups.NO_SIGN_INS]
    checked = newsite("check", "--backup", str(file), "--days", "1", env=elsewhere)
    assert checked.exit_code == 0, checked.output


def test_devices_and_counts_stay_behind(newsite, staffed, inside, tmp_path):
    user, at = db.session.scalars(sa.select(User)).one(), sa.func.now()
    given = {"user_id": user.id, "token_hash": "stolen", "device": "phone"}
    times = dict.fromkeys(("created_at", "last_used_at", "ends_at"), at)
    db.session.execute(sa.insert(SignIn).values(**given, **times))
    db.session.commit()
    newsite("backup", str(tmp_path / "site.zip"))
    with zipfile.ZipFile(tmp_path / "site.zip") as zipped:
        assert all(b"stolen" not in zipped.read(name) for name in zipped.namelist())
    assert newsite("restore", "--replace", str(tmp_path / "site.zip")).exit_code == 0
    db.session.rollback()
    assert db.session.scalars(sa.select(SignIn)).all() == []


def test_machines_are_told_the_manifest(newsite, staffed, elsewhere, tmp_path):
    file = str(tmp_path / "site.zip")
    made = json.loads(newsite("backup", file, "--json").output)
    assert made["ok"] is True
    assert made["file"] == file
    assert made["size"] == Path(file).stat().st_size
    assert made["manifest"]["tables"]["users"]["rows"] == 1
    back = json.loads(newsite("restore", file, "--json", env=elsewhere).output)
    assert back["manifest"] == made["manifest"]
    assert back["notes"] == [backups.BACK_AGAIN, backups.NO_SIGN_INS]


def test_a_refusal_is_a_sentence_and_for_machines_a_report(newsite, staffed, tmp_path):
    file = tmp_path / "site.zip"
    newsite("backup", str(file))
    refused = newsite("restore", str(file))
    assert refused.exit_code == 1
    assert refused.output.startswith("The database holds a site already.")
    refused = newsite("restore", str(file), "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.output)["problem"].startswith("The database holds a site already.")


def test_an_empty_database_is_not_backed_up(newsite, elsewhere, tmp_path):
    refused = newsite("backup", str(tmp_path / "site.zip"), env=elsewhere)
    assert refused.exit_code == 1
    assert refused.output == "The database is empty. Run: newsite upgrade\n"
    assert not (tmp_path / "site.zip").exists()


def test_a_file_is_replaced_only_by_force(newsite, staffed, tmp_path):
    file = str(tmp_path / "site.zip")
    assert newsite("backup", file).exit_code == 0
    assert "say --force" in newsite("backup", file).output
    assert newsite("backup", file, "--force").exit_code == 0


def test_a_secret_that_stays_out_is_spoken_of(newsite, staffed, elsewhere, tmp_path):
    file = str(tmp_path / "site.zip")
    made = newsite("backup", file, "--without-secret")
    assert "The secret is not in it" in made.output
    back = newsite("restore", file, env=elsewhere)
    assert backups.OTHER_KEY in back.output


def test_a_secret_that_the_operator_keeps_is_not_taken(newsite, staffed, elsewhere, tmp_path):
    file, own = str(tmp_path / "site.zip"), {"NEWSITE_SECRET_KEY": "0123456789" * 4}
    assert "secret: no" in newsite("backup", file, env=own).output
    # Elsewhere he gives it too: nothing is to be said.
    assert newsite("restore", file, env=elsewhere | own).output.splitlines()[1:] == [
        backups.NO_SIGN_INS
    ]


def test_a_secret_of_the_environment_is_not_replaced_by_the_archives(
    newsite, staffed, elsewhere, tmp_path
):
    file, own = str(tmp_path / "site.zip"), {"NEWSITE_SECRET_KEY": "0123456789" * 4}
    newsite("backup", file)
    back = newsite("restore", file, env=elsewhere | own)
    assert backups.OTHER_KEY in back.output


def test_a_terminal_is_shown_how_far_it_is(newsite, staffed, monkeypatch, tmp_path):
    monkeypatch.setattr(backups, "SHOWN_EVERY", 0)
    monkeypatch.setattr(backups, "_is_terminal", lambda: True)
    made = newsite("backup", str(tmp_path / "site.zip"))
    assert "users: 1" in made.stderr
    back = newsite("restore", "--replace", str(tmp_path / "site.zip"))
    assert "users: 1 of 1" in back.stderr


def test_progress_is_not_shown_more_often_than_anybody_reads(
    newsite, staffed, monkeypatch, tmp_path
):
    monkeypatch.setattr(backups, "SHOWN_EVERY", 3600)
    monkeypatch.setattr(backups, "_is_terminal", lambda: True)
    assert "users" not in newsite("backup", str(tmp_path / "site.zip")).stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "TERM"])
def test_somebody_who_stops_a_backup_finds_nothing_left_behind(
    newsite, staffed, monkeypatch, tmp_path, number
):
    def stop(box, source, progress):
        signal.raise_signal(number)  # to this thread: `kill` may choose another, and be late
        raise AssertionError("it went on")

    folder = tmp_path / "backups"
    folder.mkdir()
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(writing, "_files", stop)
    # A shell has what it runs in the background take no notice of Ctrl-C.
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        stopped = newsite("backup", str(folder / "site.zip"))
    finally:
        signal.signal(signal.SIGINT, ours)
    assert stopped.exit_code == 1
    assert "Aborted!" in stopped.output
    assert list(folder.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_backup_is_made_while_the_site_runs_and_from_another_folder(
    newsite, staffed, data, tmp_path
):
    """As cron does: a process of its own, without a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "newsite.cli", "backup", "site.zip"],
        env={"NEWSITE_DATA": str(data), "PATH": os.environ["PATH"]},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert zipfile.is_zipfile(tmp_path / "site.zip")
    shutil.rmtree(data)
    assert newsite("restore", str(tmp_path / "site.zip")).exit_code == 0


@pytest.fixture
def folder(tmp_path):
    """A folder with a picture, which is not in the data folder."""
    folder = tmp_path / "pictures"
    (folder / "x").mkdir(parents=True)
    (folder / "x" / "y.jpg").write_bytes(b"x")
    return folder


def test_pictures_in_another_folder_come_along_and_go_where_they_are_looked_for(
    newsite, staffed, elsewhere, folder, tmp_path
):
    file = str(tmp_path / "site.zip")
    made = newsite("backup", file, env={"NEWSITE_MEDIA_URL": f"file://{folder}"})
    assert "pictures: 1" in made.output
    assert "Not in it" not in made.output
    back = newsite("restore", file, env=elsewhere)
    assert f"Pictures and files: in {elsewhere['NEWSITE_DATA']}/media." in back.output
    assert (Path(elsewhere["NEWSITE_DATA"]) / "media" / "x" / "y.jpg").read_bytes() == b"x"
    there = {"NEWSITE_MEDIA_URL": f"file://{tmp_path}/there"}
    back = newsite("restore", file, "--replace", env=elsewhere | there)
    assert f"Pictures and files: in {tmp_path}/there." in back.output
    assert (tmp_path / "there" / "x" / "y.jpg").read_bytes() == b"x"


def test_the_data_folders_own_pictures_are_in_it_whatever_they_are_called(newsite, staffed, data):
    (data / "media" / "x").mkdir(parents=True)
    (data / "media" / "x" / "y.jpg").write_bytes(b"x")
    own = {"NEWSITE_MEDIA_URL": f"file://{data}/media"}
    assert "pictures: 1" in newsite("backup", str(data / "site.zip"), env=own).output


def test_pictures_in_a_bucket_are_spoken_of_at_both_ends(newsite, staffed, elsewhere, tmp_path):
    file = str(tmp_path / "site.zip")
    made = newsite("backup", file, env={"NEWSITE_MEDIA_URL": "s3://our-paper/site"})
    assert "pictures: 0" in made.output
    reason = "pictures and files are in s3://our-paper/site, which keeps its own"
    assert f"Not in it: {reason}. Copy them by other means." in made.output
    back = newsite("restore", file, env=elsewhere)
    looked_for = f"This site looks for them in {elsewhere['NEWSITE_DATA']}/media."
    assert f"Not in the backup: {reason}. {looked_for}" in back.output
