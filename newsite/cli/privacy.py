"""`newsite privacy`: what one person may ask for, done by the operator, where no mail can show whose an address is."""

import json
from datetime import UTC, datetime

import click

from newsite import privacy, wiping
from newsite.cli.running import Refusal, at_site
from newsite.db import db
from newsite.privacy import Erasing


@click.group("privacy")
def privacy_commands() -> None:
    """See and erase what is held about somebody."""


@privacy_commands.command("show")
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="Print all of it, for machines.")
def show_command(address: str, as_json: bool) -> None:
    """Print the replies that were sent with ADDRESS."""
    with at_site(addressed=False):
        held = privacy.as_data(address)
    if as_json:
        click.echo(json.dumps(held, ensure_ascii=False, indent=2))
        return
    click.echo(_count(len(held["replies"])))
    for reply in held["replies"]:
        title, day = reply["article"]["title"], reply["created_at"][:10]
        click.echo(f"{reply['number']}  {day}  {reply['status']}  {reply['author_name']}: {title}")


@privacy_commands.command("erase")
@click.argument("address")
@click.option("--name-only", is_flag=True, help="Only the name and the address; the words stay.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="Print a report for machines.")
def erase_command(address: str, *, name_only: bool, is_sure: bool, as_json: bool) -> None:
    """Erase all replies that were sent with ADDRESS. Answers to them stay."""
    with at_site(addressed=False):
        ids = privacy.ids_of(address)
        if ids and not is_sure:
            click.confirm(f"{_count(len(ids))} Erase for good?", abort=True, err=True)
        done = _erase(ids, Erasing.name if name_only else Erasing.everything)
    click.echo(json.dumps({"erased": done}) if as_json else f"Erased: {done}.")


def _erase(ids: list[int], what: Erasing) -> int:
    done = 0
    for some in privacy.in_steps(ids):
        done += privacy.erase(some, what, now=datetime.now(UTC))
        db.session.commit()
    try:
        wiping.wipe()
    except wiping.StillRead:
        raise Refusal(
            [f"Erased: {done}. The database's files are wiped by the worker, in a moment."]
        ) from None
    return done


def _count(number: int) -> str:
    return f"{number} {'reply' if number == 1 else 'replies'}."
