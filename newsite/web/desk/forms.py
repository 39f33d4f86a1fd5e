"""What the forms of the desk have in common."""

from typing import Any

from flask_wtf import FlaskForm

from newsite.errors import RuleBroken


class DeskForm(FlaskForm):
    """A form of the desk: its token is the session's, and text comes without spaces around it."""

    class Meta:
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """The field, trimming what people type; passwords are left as they are."""
            filters = [_trimmed] if "Password" not in unbound_field.field_class.__name__ else []
            filters += unbound_field.kwargs.get("filters", [])
            return unbound_field.bind(form=form, filters=filters, **options)

    def refuse(self, error: RuleBroken) -> None:
        """Puts what a rule said beside the field that it is about, or over the whole form."""
        if error.field is not None and error.field in self:
            field = self[error.field]
            field.errors = [*field.errors, error.message]
        else:
            self.form_errors.append(error.message)


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
