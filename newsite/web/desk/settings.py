"""The site's own settings: its name and looks, its menus, its logo. For admins."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, ColorField
from wtforms.validators import DataRequired

from newsite.articles import addresses
from newsite.errors import RuleBroken
from newsite.site import actions, discussion, editing, logo
from newsite.site.discussion import Discussion
from newsite.site.editing import Choices
from newsite.web.context import current_site, reserved
from newsite.web.desk.fields import ChoiceField, LineField, SourceField, TextField, choices
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.menus import MenuField
from newsite.web.desk.notices import tell
from newsite.web.desk.storing import record, stored

bp = Blueprint("settings", __name__, url_prefix="/settings")

_KEYS = _(
    "One a line; a part of a word is enough, in small or capital letters. They are looked for in the name, the "
    "email address, the website, the text, the network address and the name of the browser."
)
_NUMBERS = {
    "replies_max_links": discussion.LINKS,
    "replies_flood_seconds": discussion.FLOOD_SECONDS,
    "replies_close_days": discussion.CLOSE_DAYS,
    "replies_depth": discussion.DEPTH,
    "replies_threads": discussion.THREADS,
}


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

    shows_changes = BooleanField(
        _("Readers may compare what an article said with what it says"),
        description=_(
            "Word by word, for every change after publication; a version that was withheld is left out. "
            "Otherwise they see when it was changed, and the notes of corrections."
        ),
    )
    counts_reads = BooleanField(
        _("Count how often each article is read"),
        description=_("A number a day for each article, and nothing about who read it."),
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        languages = editing.languages()
        self.language.choices = choices({code: f"{languages[code]} – {code}" for code in languages})
        self.timezone.choices = choices({zone: zone.replace("_", " ") for zone in editing.zones()})

    def value(self) -> Choices:
        """What was chosen. Raises RuleBroken naming the field that has to change."""
        fields = ("name", "tagline", "description", "footer", "language", "timezone", "accent")
        chosen: dict[str, Any] = {name: self[name].data or "" for name in fields}
        chosen |= {name: self[name].data for name in ("shows_changes", "counts_reads")}
        pattern = addresses.checked_pattern(self.path_pattern.data or "", reserved())
        return Choices(**chosen, path_pattern=pattern)


class RepliesForm(DeskForm):
    """What an admin decides about replies; the fields are called as the site's columns are."""

    house_rules = TextField(
        _("House rules"),
        description=_("Readers see them over the form; long ones open when they are asked for."),
        render_kw={"rows": 5},
    )
    replies_hold_all = BooleanField(
        _("Every reply must be approved by hand"),
        description=_("Whoever sends it, it waits for an editor."),
    )
    replies_hold_unknown = BooleanField(
        _("Whoever replies must have a previously approved reply"),
        description=_(
            "With the same name and address, and by a mailed link both must have been confirmed: anybody can type "
            "an address. While no mail is set up, nobody can, and every reply waits."
        ),
    )
    replies_max_links = LineField(
        _("Hold a reply with this many links, or more"), description=_("0: never.")
    )
    moderation_keys = SourceField(
        _("Comment moderation: a reply waits"), description=_KEYS, render_kw={"rows": 6}
    )
    disallowed_keys = SourceField(
        _("Disallowed comment keys: a reply goes to the trash"),
        description=_KEYS,
        render_kw={"rows": 6},
    )
    replies_flood_seconds = LineField(
        _("Seconds between two replies of one person"),
        description=_("Of one network, or one address. 0: none."),
    )
    replies_close_days = LineField(
        _("Close replies after this many days"),
        description=_(
            "From the publication of an article, which says the day on its page. Empty: never."
        ),
    )
    replies_depth = LineField(
        _("Levels of threaded (nested) replies"),
        description=_("1 to 10. What has been sent keeps its place."),
    )
    replies_threads = LineField(
        _("Top level replies on a page"), description=_("5 to 200, each with the answers to it.")
    )
    takes_reports = BooleanField(
        _("Readers may report a reply"), description=_("They need no account.")
    )

    def value(self) -> Discussion:
        """What was chosen. Raises RuleBroken naming a field that has to change; the others say it by themselves."""
        texts, wrong = ("house_rules", "moderation_keys", "disallowed_keys"), list[RuleBroken]()
        chosen: dict[str, Any] = {name: self[name].data or "" for name in texts}
        for name in ("replies_hold_all", "replies_hold_unknown", "takes_reports"):
            chosen[name] = self[name].data
        for name, bounds in _NUMBERS.items():
            written = str(self[name].data or "").strip()
            is_never = name == "replies_close_days" and not written
            try:
                chosen[name] = None if is_never else discussion.number(name, written, bounds)
            except RuleBroken as error:
                wrong.append(error)
        for one in wrong[:-1]:
            self.refuse(one)
        if wrong:
            raise wrong[-1]
        return Discussion(**chosen)


class MenusForm(DeskForm):
    """Both menus."""

    header = MenuField(_("Under the masthead"))
    footer = MenuField(_("At the foot"))


class SecurityForm(DeskForm):
    """What an admin asks of all accounts."""

    requires_second_factor = BooleanField(
        _("Everybody must have a second factor"),
        description=_(
            "Codes by an app, or a passkey. Whoever has none is led to set one up before anything else "
            "at the desk: you too."
        ),
    )


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


@bp.route("/replies", methods=["GET", "POST"])
def replies() -> ResponseReturnValue:
    """The rules for replies."""
    form = RepliesForm(obj=current_site())
    return _answer(
        form,
        lambda: discussion.settle(current_site(), form.value()),
        template="replies",
        told=gettext("The settings for replies are saved."),
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


@bp.route("/security", methods=["GET", "POST"])
def security() -> ResponseReturnValue:
    """What accounts have to have."""
    site = current_site()
    form = SecurityForm(obj=site)
    return _answer(
        form,
        lambda: actions.require_second_factor(site, form.requires_second_factor.data),
        template="security",
        told=gettext("The settings for accounts are saved."),
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
    names = {"site": "index", "logo": "put_up_logo"}
    return redirect(url_for(f".{names.get(template, template)}"), 303)
