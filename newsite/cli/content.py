"""What is stored of articles and replies, made again."""

import json

import click

from newsite import reclean, recount
from newsite.cli.running import at_site
from newsite.db import db


@click.group("content")
def content_commands() -> None:
    """What is stored of articles and replies."""


@content_commands.command("reclean")
@click.option("--json", "as_json", is_flag=True, help="Print a report for machines.")
def reclean_command(as_json: bool) -> None:
    """Clean and prepare again what an older newsite stored, or another language or time zone.

    Can be stopped, and run again: it goes on where it was.
    """
    report = reclean.Report()
    with at_site(addressed=False):
        waiting = reclean.waiting()
        with click.progressbar(length=waiting, label="Recleaning", hidden=as_json) as bar:
            for report in reclean.steps():
                done = report.articles + report.replies + report.left
                bar.update(done - bar.pos)
    if as_json:
        click.echo(json.dumps(report.as_dict()))
        return
    click.echo(f"Done: {report.articles} articles, {report.replies} replies.")
    if report.left:
        click.echo(f"{report.left} articles are too long to be cleaned again: shorten them.")


@content_commands.command("recount")
@click.option("--json", "as_json", is_flag=True, help="Print a report for machines.")
def recount_command(as_json: bool) -> None:
    """Count replies and months again, and put every article in its place in lists."""
    with at_site(addressed=False):
        report = recount.mend()
        db.session.commit()
    if as_json:
        click.echo(json.dumps(report.as_dict()))
        return
    click.echo(
        f"Put right: the number of replies of {report.replies} articles, {report.places} places in lists, "
        f"{report.months} months, {report.circles} circles of replies."
    )
