"""Accounts by the command line: the first one, and those whose password is lost."""

import sys
from datetime import UTC, datetime

import click

from newsite.accounts import actions, passwords, queries, second_factor
from newsite.accounts.models import Role
from newsite.cli.running import Refusal, at_site
from newsite.db import db

FROM_STDIN = "Read the password from the standard input; else one is made and printed."
stdin_option = click.option("--password-stdin", "from_stdin", is_flag=True, help=FROM_STDIN)


@click.group("user")
def user_commands() -> None:
    """Accounts of those who work at the desk."""


@user_commands.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@stdin_option
def add(email: str, name: str, role: str, from_stdin: bool) -> None:
    """Make an account for EMAIL."""
    password = _password(from_stdin)
    with at_site(addressed=False):
        user = actions.create_user(
            email=email,
            name=name,
            role=Role(role),
            password=password,
            by=None,
            now=datetime.now(UTC),
        )
        db.session.commit()
        _say(f"{user.name} ({user.role.value}) signs in as {user.email}", password, from_stdin)


@user_commands.command("reset")
@click.argument("email")
@stdin_option
def reset(email: str, from_stdin: bool) -> None:
    """Give EMAIL a new password, take its second factor away, and sign all its devices out."""
    password = _password(from_stdin)
    with at_site(addressed=False):
        user = queries.user_by_email(email)
        if user is None:
            raise Refusal([f"There is no account of {email}."])
        now = datetime.now(UTC)
        actions.set_password(user, password, by=None, now=now)
        had_factor = second_factor.take_away(user, by=None, now=now)
        db.session.commit()
        if had_factor:
            click.echo(
                "The second factor is taken away: until they set up another, the password is enough."
            )
        _say(f"{user.name} signs in as {user.email}", password, from_stdin)


def _password(from_stdin: bool) -> str:
    if not from_stdin:
        return passwords.made()
    return sys.stdin.readline().rstrip("\r\n")


def _say(who: str, password: str, from_stdin: bool) -> None:
    click.echo(f"{who}." if from_stdin else f"{who} with the password {password}")
