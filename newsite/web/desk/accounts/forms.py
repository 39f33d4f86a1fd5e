"""The forms of accounts: shape and wording; what needs the database is asked by the actions."""

from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, EqualTo, Length

from newsite.accounts.models import ReplyMail, Role
from newsite.web.desk.forms import DeskForm

MAX_NAME_CHARS = 80
MAX_EMAIL_CHARS = 254  # RFC 5321, as corrected by erratum 1690
ROLES = {
    Role.writer: _("Writer: writes drafts"),
    Role.editor: _("Editor: publishes, and decides about replies"),
    Role.admin: _("Admin: everything, people and settings too"),
}
REPLY_MAIL = {
    ReplyMail.never: _("Never"),
    ReplyMail.hourly: _("At most once an hour"),
    ReplyMail.daily: _("Once a day, in the morning"),
}
_NO_EMAIL = _("Enter an email address, such as name@example.org.")


class LoginForm(DeskForm):
    """Who is there."""

    email = EmailField(
        _("Email address"),
        [DataRequired(_NO_EMAIL)],
        render_kw={"autocomplete": "username", "inputmode": "email"},
    )
    password = PasswordField(
        _("Password"),
        [DataRequired(_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(DeskForm):
    """What stands for the second factor."""

    code = StringField(
        _("Code"),
        [DataRequired(_("Enter the code."))],
        description=_("The six digits that your app shows now, or one of your recovery codes."),
        render_kw={
            "autocomplete": "one-time-code",
            "autocapitalize": "none",
            "spellcheck": "false",
        },
    )


class AppForm(DeskForm):
    """The first code of an app, which shows that it has the secret."""

    code = StringField(
        _("Code"),
        [DataRequired(_("Enter the six digits that the app shows."))],
        description=_("The six digits that the app shows now."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class PasskeyForm(DeskForm):
    """A new passkey: its name, and what the script adds."""

    name = StringField(
        _("Name"),
        description=_(
            "What you know the device or the password manager by, such as “My telephone”."
        ),
        render_kw={"autocomplete": "off"},
    )
    credential = HiddenField()
    question = HiddenField()


class NewPasswordForm(DeskForm):
    """A password, chosen."""

    password = PasswordField(
        _("New password"),
        [DataRequired(_("Enter a new password."))],
        description=_("12 characters or more. Four random words make a good one."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _("New password again"),
        [EqualTo("password", _("Enter the same new password twice."))],
        render_kw={"autocomplete": "new-password"},
    )


class PasswordForm(NewPasswordForm):
    """Another password for one's own account."""

    current = PasswordField(
        _("Current password"),
        [DataRequired(_("Enter the password that you sign in with now."))],
        render_kw={"autocomplete": "current-password"},
    )


class ForgottenForm(DeskForm):
    """Whose password is forgotten."""

    email = EmailField(
        _("Email address"),
        [
            DataRequired(_NO_EMAIL),
            Length(max=MAX_EMAIL_CHARS, message=_NO_EMAIL),
            Email(_NO_EMAIL),
        ],
        description=_("The one that you sign in with."),
        render_kw={"autocomplete": "username", "inputmode": "email"},
    )


class ProfileForm(DeskForm):
    """What is known about somebody of the desk."""

    name = StringField(
        _("Name"),
        [
            DataRequired(_("Enter a name.")),
            Length(max=MAX_NAME_CHARS, message=_("Enter a name of at most %(max)d characters.")),
        ],
        description=_("Readers see it over replies from the desk."),
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        _("Email address"),
        [
            DataRequired(_NO_EMAIL),
            Length(max=MAX_EMAIL_CHARS, message=_NO_EMAIL),
            Email(_NO_EMAIL),
        ],
        description=_("For signing in. Readers never see it."),
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )
    badge = StringField(
        _("Badge"),
        [Length(max=MAX_NAME_CHARS, message=_("Enter a badge of at most %(max)d characters."))],
        description=_("Beside the name on replies, such as “Branch editor”. It may be empty."),
    )


class OwnProfileForm(ProfileForm):
    """What one says about oneself."""

    reply_mail = RadioField(
        _("Mail about replies that wait"),
        choices=[SelectChoice(how.value, words) for how, words in REPLY_MAIL.items()],
        description=_("It has links to decide by, without signing in. Nothing new is no mail."),
    )

    def chosen_mail(self) -> ReplyMail | None:
        """How often mail is wanted; None from somebody who is not asked."""
        return ReplyMail(self.reply_mail.data) if "reply_mail" in self else None


class PersonForm(ProfileForm):
    """Somebody of the desk, as an admin sees them."""

    role = SelectField(
        _("Role"), choices=[SelectChoice(role.value, words) for role, words in ROLES.items()]
    )

    def chosen_role(self) -> Role:
        """The role that was chosen."""
        return Role(self.role.data)


class InvitationForm(PersonForm):
    """Somebody who is asked to work at the desk. The badge comes later."""

    badge = None
