"""The index that articles are found by."""

import json

import click
import sqlalchemy as sa

from newsite.articles import search
from newsite.articles.models import Article
from newsite.cli.running import at_site
from newsite.db import connection, db


@click.group("search")
def search_commands() -> None:
    """What a search finds."""


@search_commands.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="Print a report for machines.")
def rebuild_command(as_json: bool) -> None:
    """Write the words of all articles anew. The site can be used meanwhile.

    Can be stopped, and run again.
    """
    done, last = 0, 0
    with at_site(addressed=False):
        count = db.session.scalar(sa.select(sa.func.count()).select_from(Article)) or 0
        db.session.rollback()
        with click.progressbar(length=count, label="Indexing", hidden=as_json) as bar:
            while step := search.rebuild_after(connection(), last):
                db.session.commit()
                last, done = step.last, done + step.articles
                bar.update(step.articles)
        db.session.commit()
    click.echo(json.dumps({"articles": done}) if as_json else f"Done: {done} articles.")
