"""The sections of the paper: named, put in order, taken away."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from newsite.articles import desk_queries, renaming, taxonomy
from newsite.articles.models import Section
from newsite.db import db
from newsite.site import editing
from newsite.web.context import current_site, now
from newsite.web.desk.fields import LineField, TextField, at_most
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell
from newsite.web.desk.storing import record, stored, tell_saved

MAX_DESCRIPTION_CHARS = 500
PLACES = {"up": -1, "down": 1}

bp = Blueprint("sections", __name__, url_prefix="/sections")


class SectionForm(DeskForm):
    """A section of the paper."""

    name = LineField(_("Name"))
    slug = LineField(
        _("Address"),
        description=_("The last part of /section/…/. Empty: from the name."),
    )
    description = TextField(
        _("Description"),
        [at_most(MAX_DESCRIPTION_CHARS)],
        description=_("Readers see it over the section’s articles. It may be empty."),
        render_kw={"rows": 3},
    )

    def saved(self, found: Section | None) -> Section:
        """The new or changed section. Raises RuleBroken naming the field."""
        was = renaming.place(found) if found else None
        section = taxonomy.save_section(
            found,
            name=self.name.data or "",
            slug=self.slug.data or "",
            description=self.description.data or "",
        )
        if was is not None:
            renaming.lead_on(section, was, site=current_site(), now=now())
        record(
            "changed the section" if found else "added the section",
            section.name,
            url_for(".edit", section_id=section.id),
        )
        return section


@bp.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """All sections in their order, and a form for one more."""
    form = SectionForm()

    def page(status: int) -> ResponseReturnValue:
        listed = desk_queries.sections()
        return render_template("desk/sections/index.html", form=form, listed=listed), status

    if request.method == "GET":
        return page(200)
    refused = stored(form, lambda: form.saved(None), page)
    if refused is not None:
        return refused
    tell(gettext("The section “%(name)s” is added.", name=form.name.data))
    return redirect(url_for(".index"), 303)


@bp.route("/<id:section_id>", methods=["GET", "POST"])
def edit(section_id: int) -> ResponseReturnValue:
    """One section, to be changed."""
    section = _section(section_id)
    form, slug = SectionForm(obj=section), section.slug

    def page(status: int) -> ResponseReturnValue:
        return render_template("desk/sections/edit.html", form=form, section=section), status

    if request.method == "GET":
        return page(200)
    refused = stored(form, lambda: form.saved(section), page)
    if refused is not None:
        return refused
    saved = gettext("The section “%(name)s” is saved.", name=section.name)
    tell_saved(saved, is_moved=section.slug != slug)
    return redirect(url_for(".index"), 303)


@bp.post("/<id:section_id>/move")
def move(section_id: int) -> ResponseReturnValue:
    """Moves a section one place up or down."""
    section = _section(section_id)
    places = PLACES.get(request.form.get("where", "")) or abort(400)
    taxonomy.move_section(section, places)
    db.session.commit()
    return redirect(url_for(".index", _anchor=f"section-{section_id}"), 303)


@bp.post("/<id:section_id>/delete")
def delete(section_id: int) -> ResponseReturnValue:
    """Takes a section away; its articles stay, without one."""
    section = _section(section_id)
    record("deleted the section", section.name, None)
    taxonomy.delete(section)
    editing.take_from_menus(current_site(), renaming.place(section).address)
    db.session.commit()
    tell(gettext("The section “%(name)s” is gone. Its articles are still here.", name=section.name))
    return redirect(url_for(".index"), 303)


def _section(section_id: int) -> Section:
    return db.session.get(Section, section_id) or abort(404)
