"""`newsite mail`: whether mail gets out."""

from datetime import UTC, datetime
from typing import IO

import click

from newsite import mail
from newsite.cli.running import Refusal, at_site
from newsite.comments.letters.printing import printed
from newsite.db import db
from newsite.mail import bounces

NOT_SET_UP = "There is no mail server. Set NEWSITE_MAIL_URL and NEWSITE_MAIL_FROM."


@click.group("mail")
def mail_commands() -> None:
    """See whether mail gets out."""


@mail_commands.command("bounced")
@click.argument("file", type=click.File("rb"), default="-")
def bounced_command(file: IO[bytes]) -> None:
    """Count a mail that came back, from FILE or the standard input; after three its address gets no more.

    The exit code is 0 for any other mail too, so that a mail server can hand over all that comes in.
    """
    report = file.read(bounces.MOST_BYTES)
    with at_site():
        is_counted = bounces.count(report, now=datetime.now(UTC))
        db.session.commit()
    click.echo("Counted." if is_counted else "This is no report of a mail of ours that failed.")


@mail_commands.command("test")
@click.argument("address")
def test_command(address: str) -> None:
    """Send one mail to ADDRESS now; one that was given up gets mail again after that."""
    with at_site() as settings:
        if settings.mail is None:
            raise Refusal([NOT_SET_UP])
        letter = printed("test", address)
        db.session.rollback()  # the server may take its time
        try:
            mail.send_at_once(letter, datetime.now(UTC))
        except mail.NoAddress:
            raise Refusal([f"“{address}” is not an email address."]) from None
        except (mail.ServerAway, mail.TryLater, mail.Refused) as problem:
            raise Refusal([f"The mail was not sent: {problem}."]) from None
        mail.forgive(address)
        db.session.commit()
    click.echo(f"{settings.mail.host} took a mail for {address}. Look whether it arrives.")
