"""Fields of the desk's forms: each tidies what was typed, keeps it where it is wrong, and says how to mend it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import DateInput, DateTimeLocalInput, TextInput

from newsite.text import tidy_characters, tidy_line, tidy_text

YEARS = range(1600, 3000)  # others are slips, and some of them no zone can reckon with
_NOT_ON_THE_LIST = _("Choose one from the list.")  # as when it has been deleted since


def at_most(count: int) -> Length:
    """The validator that asks for a shorter text, in characters."""
    return Length(max=count, message=_("Make it shorter: %(max)d characters or fewer."))


class LineField(StringField):
    """One line of text; whatever it was wrapped into, it is stored as one."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Takes what was sent, tidied."""
        if valuelist:
            self.data = tidy_line(valuelist[0])


class WrappedLineField(LineField, TextAreaField):
    """One line of text that is long enough for a box of several."""


class TextField(TextAreaField):
    """Text of several lines."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Takes what was sent, tidied."""
        if valuelist:
            self.data = tidy_text(valuelist[0])


class SourceField(TextAreaField):
    """Text with a meaning in its spaces and lines, such as Markdown: only what nobody types is taken out."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Takes what was sent."""
        if valuelist:
            self.data = tidy_characters(valuelist[0])


class NumberField(HiddenField):
    """A whole number that a form carries along; -1 if it was left out, or is something else."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Takes what was sent."""
        sent = valuelist[0] if valuelist else ""
        is_number = sent.isascii() and sent.isdigit() and len(sent) <= 9
        self.data = int(sent) if is_number else -1


class PictureField(Field):
    """The number of a picture; what is no number stands there again, and is said."""

    widget = TextInput()
    data: int | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return str(self.data or "")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Takes what was sent; empty is None."""
        if not valuelist:
            return
        sent = valuelist[0].strip()
        self.data = None
        if sent and not (sent.isascii() and sent.isdigit() and len(sent) <= 9):
            raise ValueError(_("Write the number of a picture, or nothing."))
        self.data = int(sent) if sent else None


class ChoiceField(SelectField):
    """One of a list."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, invalid_choice_message=_NOT_ON_THE_LIST, **named)


class RadioChoiceField(RadioField):
    """One of a few, all of them in sight."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, invalid_choice_message=_NOT_ON_THE_LIST, **named)


def choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    """A list to choose from: what is stored, and its words."""
    return [SelectChoice(str(value), label) for value, label in words.items()]


class _MomentField(Field):
    """What a date and a date with its time have in common: what was typed stands there again."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self._written(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Takes what was sent; empty is None."""
        if not valuelist:
            return
        self.data = None
        sent = valuelist[0].strip()
        if not sent:
            return
        try:
            value = self._read(sent)
        except ValueError:
            raise ValueError(self._example()) from None
        if value.year not in YEARS:
            raise ValueError(_("Choose a year from 1600 to 2999."))
        self.data = value

    _read: Callable[[str], date]

    def _written(self, value: Any) -> str:
        return str(value.isoformat())


class DayField(_MomentField):
    """A date. A month or a year alone is taken for its first day, for browsers that let one type."""

    widget = DateInput()

    @staticmethod
    def _read(sent: str) -> date:
        return date.fromisoformat(f"{sent}-01-01"[: max(10, len(sent))])

    @staticmethod
    def _example() -> Any:
        return _("Write the date as year, month and day, such as 2023-01-26.")


class LocalTimeField(_MomentField):
    """A date and a time of the clock on the site's wall: naive, to the minute."""

    widget = DateTimeLocalInput()

    @staticmethod
    def _read(sent: str) -> datetime:
        read = datetime.fromisoformat(sent)
        if read.tzinfo is not None:
            raise ValueError("the zone is the site's")
        return read.replace(second=0, microsecond=0)

    def _written(self, value: Any) -> str:
        return str(value.isoformat(timespec="minutes"))

    @staticmethod
    def _example() -> Any:
        return _("Write the date and the time as 2026-11-23T06:00.")
