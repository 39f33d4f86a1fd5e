"""The site's own settings: its name and looks, its menus, its logo. For admins."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import ColorField
from wtforms.validators import DataRequired

from newsite.articles import addresses
from newsite.site import editing, logo
from newsite.site.editing import Choices
from newsite.web.context import current_site, reserved
from newsite.web.desk.fields import ChoiceField, LineField, TextField, choices
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.menus import MenuField
from newsite.web.desk.notices import tell
from newsite.web.desk.storing import record, stored

bp = Blueprint("settings", __name__, url_prefix="/settings")


class SiteForm(DeskForm):
    """What an admin decides about the site."""

    name = LineField(_("Name"), description=_("It stands in the masthead and in every title."))
    tagline = LineField(_("Tagline"), description=_("Beside the name. It may be empty."))
    description = LineField(
        _("Description"), description=_("For search engines and feeds: a sentence or two.")
    )
    footer = TextField(
        _("At the foot"),
        description=_("Who publishes this site, and where they are. Readers see it on every page."),
        render_kw={"rows": 3},
    )
    language = ChoiceField(
        _("Language"),
        description=_("Of your texts, and of every date. The words around them are English."),
    )
    timezone = ChoiceField(_("Time zone"), description=_("Every date and time is one there."))
    accent = ColorField(
        _("Colour"),
        description=_("It is made darker or lighter where it could not be read otherwise."),
    )
    path_pattern = LineField(
        _("Addresses of new articles"),
        description=_(
            "With %slug% for the words of the title, and, where you like, %year%, %month%, "
            "%day% and %section%. Articles that have an address keep it."
        ),
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        languages = editing.languages()
        self.language.choices = choices({code: f"{languages[code]} – {code}" for code in languages})
        self.timezone.choices = choices({zone: zone.replace("_", " ") for zone in editing.zones()})

    def value(self) -> Choices:
        """What was chosen. Raises RuleBroken naming the field that has to change."""
        fields = ("name", "tagline", "description", "footer", "language", "timezone", "accent")
        chosen = {name: self[name].data or "" for name in fields}
        pattern = addresses.checked_pattern(self.path_pattern.data or "", reserved())
        return Choices(**chosen, path_pattern=pattern)


class MenusForm(DeskForm):
    """Both menus."""

    header = MenuField(_("Under the masthead"))
    footer = MenuField(_("At the foot"))


class LogoForm(DeskForm):
    """A picture to stand for the name."""

    logo = FileField(
        _("Picture"),
        [DataRequired(_("Choose a picture."))],
        description=_(
            "PNG, JPEG or WebP, at most 1 MB. It is shown at most 80 pixels high, so that a wide one "
            "does best; one without a background does in the dark too."
        ),
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )

    def upload(self) -> bytes:
        """The bytes that were sent; what is too long is not read to its end."""
        content: bytes = self.logo.data.read(logo.MAX_BYTES + 1)
        return content


@bp.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """The site's name, words, language, time and colour."""
    form = SiteForm(obj=current_site())
    return _answer(
        form,
        lambda: editing.choose(current_site(), form.value()),
        template="site",
        told=gettext("The settings are saved."),
    )


@bp.route("/menus", methods=["GET", "POST"])
def menus() -> ResponseReturnValue:
    """The menus under the masthead and at the foot."""
    site = current_site()
    form = MenusForm(header=site.header_items, footer=site.footer_items)
    return _answer(
        form,
        lambda: editing.set_menus(site, header=form.header.data, footer=form.footer.data),
        template="menus",
        told=gettext("The menus are saved."),
    )


@bp.route("/logo", methods=["GET", "POST"])
def put_up_logo() -> ResponseReturnValue:
    """The picture in the masthead."""
    form = LogoForm()
    return _answer(
        form,
        lambda: logo.put_up(current_site(), form.upload()),
        template="logo",
        told=gettext("The logo is in the masthead."),
    )


@bp.post("/logo/delete")
def take_down_logo() -> ResponseReturnValue:
    """The name in the masthead again."""
    return _answer(
        DeskForm(),
        lambda: logo.take_down(current_site()),
        template="logo",
        told=gettext("The name is in the masthead again."),
    )


def _answer(
    form: DeskForm, deed: Callable[[], Any], *, template: str, told: str
) -> ResponseReturnValue:
    """The page with the form, or, once the deed is done, the way back to it."""

    def page(status: int) -> ResponseReturnValue:
        return render_template(f"desk/settings/{template}.html", form=form), status

    def logged() -> None:
        deed()
        record("changed", gettext("the settings of the site"), request.path)

    if request.method == "GET":
        return page(200)
    refused = stored(form, logged, page)
    if refused is not None:
        return refused
    tell(told)
    names = {"site": "index", "menus": "menus", "logo": "put_up_logo"}
    return redirect(url_for(f".{names[template]}"), 303)
