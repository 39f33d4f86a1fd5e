"""How every command runs: over the operator's site, with one sentence for an operator's mistake."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click
from sqlalchemy.exc import DatabaseError, OperationalError

from newsite import config, create_app, migrations
from newsite.config import Settings, SettingsError
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.migrations import DatabaseNotReady
from newsite.serve import PortTaken
from newsite.site.queries import SiteMissing


class Refusal(click.ClickException):
    """Sentences for the operator, each on a line."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))

    def show(self, file: IO[Any] | None = None) -> None:
        """Prints the sentences to the standard error."""
        click.echo(self.message, file=file, err=True)


class BadSettings(Refusal):
    """Settings that newsite cannot start with."""

    exit_code = 2


class Commands(click.Group):
    """A group whose commands end with a sentence where the operator can mend something."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command. Only what is our mistake ends with a traceback."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise BadSettings(error.problems) from None
        except (RuleBroken, DatabaseNotReady, SiteMissing, PortTaken) as error:
            raise Refusal([str(error)]) from None
        except DatabaseError as error:
            is_connected = error.statement is not None
            if is_connected and type(error) not in (OperationalError, DatabaseError):
                raise  # not the database's fault
            raise Refusal([away(error)]) from None


@contextmanager
def at_site(*, upgraded: bool = True, addressed: bool = True) -> Iterator[Settings]:
    """The site of the environment's settings, in its app context; its connections are closed afterwards.

    A command that prints and checks no address of the site needs none: `addressed` is False.
    Raises SettingsError; DatabaseNotReady unless the database has our shape, or `upgraded` is False.
    """
    assumed = {} if addressed else {"NEWSITE_SITE_URL": config.DEMO_URL}
    settings = config.from_environment(assumed | os.environ)
    with create_app(settings).app_context():
        try:
            if upgraded:
                migrations.check()
            yield settings
        finally:
            db.session.remove()
            db.engine.dispose()


def away(error: DatabaseError) -> str:
    """The sentence for a database that is away or no database, with the first line of its own reason."""
    reason = str(error.orig).strip().partition("\n")[0]
    return (
        f"The database cannot be used: {reason}. It is where NEWSITE_DATABASE_URL says; without "
        "that, it is the file newsite.db in the folder NEWSITE_DATA."
    )
