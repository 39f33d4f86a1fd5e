"""The `newsite` command."""

import logging.config
import os
import signal
import threading
from datetime import UTC, datetime

import click
from sqlalchemy.exc import IntegrityError

from newsite import demo, migrations, outbox, patience, purging, serve, tidy, wiping
from newsite.accounts import letters as account_letters
from newsite.accounts import queries as accounts
from newsite.accounts.models import User
from newsite.articles import links, pictures
from newsite.cli.backups import backup_command, restore_command
from newsite.cli.checks import check_command
from newsite.cli.content import content_commands
from newsite.cli.mail import mail_commands
from newsite.cli.privacy import privacy_commands
from newsite.cli.running import Commands, at_site
from newsite.cli.search import search_commands
from newsite.cli.spam import spam_commands
from newsite.cli.users import user_commands
from newsite.comments import letters, retention
from newsite.comments.spam import learning
from newsite.db import db
from newsite.errors import Conflict
from newsite.mail import hang_up
from newsite.site import queries as sites
from newsite.web import links as link_checks
from newsite.web import server
from newsite.web.context import reserved

HANDLERS: outbox.Handlers = {  # who does what the outbox asks for
    tidy.KIND: tidy.job,
    retention.KIND: retention.job,
    wiping.KIND: wiping.job,
    learning.KIND: learning.job,
    links.KIND: link_checks.job,
    **letters.HANDLERS,
    **account_letters.HANDLERS,
    **pictures.HANDLERS,
}
HOURLY = (tidy.KIND, learning.KIND, *letters.HOURLY)
SIGN_IN = "Sign in at {url}/desk/login as {email} with the password {password}"
HERE_ALREADY = "The site is here already. For a new password: newsite user reset {email}"
NOBODY = "Nobody can sign in yet. Run: newsite user add EMAIL --name NAME --role admin"


@click.group(cls=Commands)
@click.version_option(package_name="newsite")
def main() -> None:
    """A news site that an organisation owns."""


main.add_command(user_commands)
main.add_command(check_command)
main.add_command(content_commands)
main.add_command(search_commands)
main.add_command(spam_commands)
main.add_command(mail_commands)
main.add_command(privacy_commands)
main.add_command(backup_command)
main.add_command(restore_command)


@main.command("serve")
@click.option(
    "--demo", "is_demo", is_flag=True, help="Fill an empty site with something to look at."
)
@click.option("--bind", default=server.bind, show_default=True, metavar="HOST:PORT")
@click.option("--workers", default=server.workers, show_default=True, type=click.IntRange(1, 64))
def serve_command(is_demo: bool, bind: str, workers: int) -> None:
    """Bring the database up to date, then answer readers until told to stop."""
    if is_demo:
        os.environ["NEWSITE_DEMO"] = "on"  # the children read the environment too
        os.environ.setdefault("NEWSITE_SITE_URL", f"http://{bind}")
    serve.require_free(bind)
    with at_site(upgraded=False) as settings:
        _prepare(settings.site_url, is_demo=is_demo)
    click.echo(f"Serving {settings.site_url} from {bind}. Stop with Ctrl-C.")
    serve.supervise(bind, workers)


@main.command("upgrade")
def upgrade_command() -> None:
    """Bring the database to this version's shape; the first time, found the site."""
    with at_site(upgraded=False, addressed=False):
        migrations.upgrade()
        is_new = _found()
    click.echo("The site is founded." if is_new else "The database is up to date.")


@main.command("demo")
def demo_command() -> None:
    """Fill an empty site with content to look at, and print the sign-in."""
    with at_site(upgraded=False) as settings:
        migrations.upgrade()
        _fill(settings.site_url)


@main.command("worker")
def worker_command() -> None:
    """Do what is done after the answer, until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with at_site() as settings:
        logging.config.dictConfig({"version": 1, **server.logconfig_dict})
        patience.have(outbox.CLAIM.total_seconds())  # after that a job is anybody's again
        with purging.following(db.engine, settings.purge_urls):
            outbox.Worker(HANDLERS, clock=_now, hourly=HOURLY, rest=hang_up).run(stop)
            hang_up()


@main.command("tidy")
def tidy_command() -> None:
    """Delete what has had its time, as the worker does every hour and every day."""
    with at_site(addressed=False):
        deleted = tidy.tidy(_now())
        db.session.commit()
        deleted |= retention.run_all(_now())
    click.echo("Deleted: " + ", ".join(f"{count} {name}" for name, count in deleted.items()) + ".")


def _prepare(site_url: str, *, is_demo: bool) -> None:
    """Everything that must be there before the first request."""
    migrations.upgrade()
    if is_demo and sites.find_site() is None:
        _fill(site_url)
        return
    _found()
    admins = accounts.active_admins()
    if not admins:
        click.echo(NOBODY)
    elif is_demo:
        click.echo(HERE_ALREADY.format(email=db.session.get_one(User, admins[0]).email))


def _fill(site_url: str) -> None:
    known = demo.fill(now=_now(), reserved=reserved())
    db.session.commit()
    click.echo(SIGN_IN.format(url=site_url, email=known.email, password=known.password))


def _found() -> bool:
    """Founds the site unless somebody has; whether it was us."""
    if sites.find_site() is not None:
        return False
    try:
        demo.found(now=_now(), reserved=reserved())
        db.session.commit()
    except (IntegrityError, Conflict):
        db.session.rollback()
        if sites.find_site() is None:
            raise
        return False  # another process was quicker by a moment
    return True


def _now() -> datetime:
    return datetime.now(UTC)
