import sqlalchemy as sa

from newsite.accounts import passwords, queries
from newsite.accounts.models import Role, SignIn
from newsite.audit import AuditEntry
from newsite.db import db

PASSWORD = "a long enough password"
ANN = ("user", "add", "ann@example.org", "--name", "Ann", "--role", "admin")


def test_an_account_is_made_with_a_password_that_is_printed_once(newsite, inside):
    result = newsite(*ANN)
    assert result.exit_code == 0
    said, _, password = result.output.strip().rpartition(" ")
    assert said == "Ann (admin) signs in as ann@example.org with the password"
    user = queries.user_by_email("ann@example.org")
    assert user.role is Role.admin
    assert passwords.matches(user.password_hash, password)
    assert db.session.scalars(sa.select(AuditEntry.user_name)).all() == ["The command line"]


def test_a_password_may_come_from_elsewhere_and_is_not_repeated(newsite, inside):
    result = newsite(*ANN, "--password-stdin", stdin=f"{PASSWORD}\r\nrest\n")
    assert result.output == "Ann (admin) signs in as ann@example.org.\n"
    user = queries.user_by_email("ann@example.org")
    assert passwords.matches(user.password_hash, PASSWORD)


def test_what_the_rules_refuse_is_one_sentence(newsite):
    weak = newsite(*ANN, "--password-stdin", stdin="short\n")
    assert weak.exit_code == 1
    assert weak.output.startswith("Enter a password of 12 characters or more.")
    assert newsite(*ANN).exit_code == 0
    again = newsite(*ANN)
    assert again.exit_code == 1
    assert again.output == "Another account has this email address.\n"


def test_a_role_that_there_is_not_is_refused_before_anything_is_done(newsite, inside):
    result = newsite("user", "add", "a@b.org", "--name", "A", "--role", "boss")
    assert result.exit_code == 2
    assert "'boss' is not one of 'admin', 'editor', 'writer'" in result.output
    assert queries.users() == []


def test_a_lost_password_is_replaced_and_every_device_signed_out(newsite, inside):
    first = newsite(*ANN).output.split()[-1]
    user = queries.user_by_email("ann@example.org")
    at = user.created_at
    device = SignIn(
        user=user, token_hash="x", device="Firefox", created_at=at, last_used_at=at, ends_at=at
    )
    db.session.add(device)
    db.session.commit()
    second = newsite("user", "reset", "ANN@example.org").output.split()[-1]
    db.session.expire_all()
    assert first != second
    assert passwords.matches(user.password_hash, second)
    assert db.session.scalars(sa.select(SignIn)).all() == []


def test_nobody_is_reset_by_mistake(newsite):
    result = newsite("user", "reset", "nobody@example.org")
    assert result.exit_code == 1
    assert result.output == "There is no account of nobody@example.org.\n"


def test_with_the_password_the_second_factor_goes(newsite, inside):
    newsite(*ANN)
    user = queries.user_by_email("ann@example.org")
    user.totp_secret, user.totp_since = "A" * 32, user.created_at
    db.session.commit()
    said = newsite("user", "reset", "ann@example.org").output
    assert said.startswith("The second factor is taken away: ")
    db.session.expire_all()
    assert user.totp_secret == ""
    assert "second factor" not in newsite("user", "reset", "ann@example.org").output
