"""Contributors: people and groups whose names stand in bylines and lead to a page."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from newsite.articles import desk_queries, renaming, taxonomy
from newsite.articles.models import Contributor, ContributorKind
from newsite.db import db
from newsite.site import editing
from newsite.text import tidy_line
from newsite.web.context import current_site, now
from newsite.web.desk.fields import LineField, RadioChoiceField, TextField, at_most, choices
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell
from newsite.web.desk.storing import record, stored, tell_saved

MAX_ABOUT_CHARS = 2_000
KINDS = {
    ContributorKind.person: _("A person"),
    ContributorKind.organisation: _("A group or an organisation"),
}

bp = Blueprint("contributors", __name__, url_prefix="/contributors")


class ContributorForm(DeskForm):
    """Somebody whose name stands over articles; they need no account."""

    name = LineField(_("Name"), description=_("As it is printed."))
    kind = RadioChoiceField(_("Who this is"), choices=choices(KINDS))
    slug = LineField(_("Address"), description=_("The last part of /by/…/. Empty: from the name."))
    about = TextField(
        _("About"),
        [at_most(MAX_ABOUT_CHARS)],
        description=_("A few sentences for their page. It may be empty."),
        render_kw={"rows": 5},
    )

    def saved(self, found: Contributor | None) -> Contributor:
        """The new or changed contributor. Raises RuleBroken naming the field."""
        was = renaming.place(found) if found else None
        contributor = taxonomy.save_contributor(
            found,
            name=self.name.data or "",
            slug=self.slug.data or "",
            kind=ContributorKind(self.kind.data),
            about=self.about.data or "",
        )
        if was is not None:
            renaming.lead_on(contributor, was, site=current_site(), now=now())
        record(
            "changed the contributor" if found else "added the contributor",
            contributor.name,
            url_for(".edit", contributor_id=contributor.id),
        )
        return contributor


@bp.get("/")
def index() -> ResponseReturnValue:
    """The contributors by name, or those with some words in their name."""
    words = tidy_line(request.args.get("q", ""))
    listed = desk_queries.contributors(words)
    return render_template(
        "desk/contributors/index.html",
        words=words,
        listed=listed[: desk_queries.SHOWN_NAMES],
        has_more=len(listed) > desk_queries.SHOWN_NAMES,
    )


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Somebody new."""
    return _edited(None, ContributorForm(kind=ContributorKind.person))


@bp.route("/<id:contributor_id>", methods=["GET", "POST"])
def edit(contributor_id: int) -> ResponseReturnValue:
    """One contributor, to be changed."""
    contributor = _contributor(contributor_id)
    return _edited(contributor, ContributorForm(obj=contributor))


@bp.post("/<id:contributor_id>/delete")
def delete(contributor_id: int) -> ResponseReturnValue:
    """Takes a contributor away; the articles stay, with the byline as printed."""
    contributor = _contributor(contributor_id)
    record("deleted the contributor", contributor.name, None)
    taxonomy.delete(contributor)
    editing.take_from_menus(current_site(), renaming.place(contributor).address)
    db.session.commit()
    tell(gettext("%(name)s is gone. The articles are still here.", name=contributor.name))
    return redirect(url_for(".index"), 303)


def _edited(contributor: Contributor | None, form: ContributorForm) -> ResponseReturnValue:
    """The form, or the way back to the list once it is stored."""
    slug = contributor.slug if contributor else None

    def page(status: int) -> ResponseReturnValue:
        return render_template(
            "desk/contributors/edit.html", form=form, contributor=contributor
        ), status

    if request.method == "GET":
        return page(200)
    refused = stored(form, lambda: form.saved(contributor), page)
    if refused is not None:
        return refused
    saved = gettext("%(name)s is saved.", name=form.name.data)
    tell_saved(saved, is_moved=contributor is not None and contributor.slug != slug)
    return redirect(url_for(".index"), 303)


def _contributor(contributor_id: int) -> Contributor:
    return db.session.get(Contributor, contributor_id) or abort(404)
