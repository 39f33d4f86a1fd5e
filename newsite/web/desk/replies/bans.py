"""Who may not reply: the list, a ban by hand or from a reply's page, and lifting one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from newsite.comments import bans
from newsite.comments.models import Ban, BanKind, Comment
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.web.context import now, settings
from newsite.web.desk.fields import ChoiceField, LineField, RadioChoiceField, choices
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell
from newsite.web.desk.replies.asked import place_asked
from newsite.web.desk.replies.blueprint import bp

LENGTHS = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "ever": None,
}
FOR = {
    "day": _("1 day"),
    "week": _("1 week"),
    "month": _("1 month"),
    "ever": _("For ever, until it is lifted"),
}
KINDS = {
    BanKind.address: _("Mail address"),
    BanKind.name: _("Name"),
    BanKind.network: _("Network"),
    BanKind.host: _("Host"),
}


class BanForm(DeskForm):
    """For how long somebody may not reply, and why; who is meant, each kind of form says in its way."""

    meant: Callable[[], tuple[BanKind, str]]
    length = ChoiceField(_("For how long"), choices=choices(FOR), default="week")
    reason = LineField(_("Reason"), description=_("It may be empty. Only the desk sees it."))

    def banned(self) -> Ban:
        """The new ban. Raises RuleBroken for the field that is wrong."""
        kind, value = self.meant()
        length = LENGTHS[self.length.data]
        own = urlsplit(settings().site_url).hostname or ""
        if kind is BanKind.host and own == bans.as_compared(kind, value):
            raise RuleBroken(gettext("That is this site."), field="value")
        until: datetime | None = now() + length if length else None
        return bans.ban(
            kind, value, until=until, reason=self.reason.data or "", by=g.user, now=now()
        )


class HandForm(BanForm):
    """A ban by hand: what is banned is typed."""

    kind = RadioChoiceField(_("What"), choices=choices(KINDS))
    value = LineField(
        _("Address, name, network or host"),
        description=_("Such as name@example.org, 192.0.2.0/24 or example.org."),
    )

    def meant(self) -> tuple[BanKind, str]:
        return BanKind(self.kind.data), self.value.data or ""


class WriterForm(BanForm):
    """A ban of whoever wrote a reply: by what is chosen from what is known of them."""

    value = RadioChoiceField(_("By what"))

    def meant(self) -> tuple[BanKind, str]:
        kind, _, value = str(self.value.data).partition(" ")
        return BanKind(kind), value


def ban_form(comment: Comment) -> WriterForm:
    """The form that bans the writer of a reply."""
    form = WriterForm()
    known = {
        f"{BanKind.address} {comment.email}": comment.email,
        f"{BanKind.name} {comment.author_name}": comment.author_name,
        f"{BanKind.network} {comment.network}": comment.network,
    }
    known |= {f"{BanKind.host} {host}": host for host in bans.hosts(comment)}
    listed = {
        value: f"{KINDS[BanKind(value.partition(' ')[0])]}: {shown}"
        for value, shown in known.items()
        if shown
    }
    form.value.choices = choices(listed)
    return form


@bp.get("/bans/")
def ban_list() -> ResponseReturnValue:
    """The bans that have not ended, newest first, and a form for one by hand."""
    return _page(HandForm(), 200)


@bp.post("/bans/")
def ban() -> ResponseReturnValue:
    """Bans what was typed."""
    form = HandForm()
    return made(form, url_for(".ban_list")) or _page(form, 422)


@bp.post("/bans/<id:ban_id>/lift")
def lift(ban_id: int) -> ResponseReturnValue:
    """Ends a ban."""
    found = bans.by_id(ban_id)
    if found is None:
        tell(gettext("This ban had been lifted."))
    else:
        label = found.label
        bans.lift(found, by=g.user, now=now())
        db.session.commit()
        tell(gettext("The ban of %(whom)s is lifted.", whom=label))
    return redirect(url_for(".ban_list"), 303)


def made(form: BanForm, then: str) -> ResponseReturnValue | None:
    """Leads to the address `then` once somebody is banned; None, with what is wrong in the form."""
    if not form.validate():
        return None
    try:
        label = form.banned().label
    except RuleBroken as error:
        db.session.rollback()
        form.refuse(error)
        return None
    db.session.commit()
    tell(gettext("%(whom)s is banned.", whom=label))
    return redirect(then, 303)


def _page(form: HandForm, status_code: int) -> ResponseReturnValue:
    page = bans.running(now(), place_asked())
    html = render_template("desk/replies/bans.html", page=page, kinds=KINDS, form=form)
    return html, status_code
