"""The field for a menu: rows of words and an address, put in order by number."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from wtforms import Field

from newsite.site.editing import MAX_MENU_ITEMS
from newsite.site.models import MenuItem
from newsite.text import tidy_line

EMPTY_ROWS = 3  # for new lines, as there are no scripts to add any
STEP = 10  # between the numbers, so that a line may be put between two others
MAX_ROWS = 2 * MAX_MENU_ITEMS  # more were not sent by our form


@dataclass(frozen=True)
class Row:
    """A row of the form as it was typed."""

    number: str = ""
    label: str = ""
    address: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to stand in the menu for it."""
        return not self.label and not self.address


class MenuField(Field):
    """A menu. The names of its inputs are repeated for each row, as `header-label`."""

    data: list[MenuItem]
    rows: list[Row]

    def process(
        self, formdata: Any, data: Sequence[MenuItem] = (), extra_filters: Any = None
    ) -> None:
        """Takes the rows that were sent, else those of the menu as it is; `data` is in the rows' order."""
        self.process_errors: list[str] = []
        is_sent = formdata is not None and f"{self.name}-label" in formdata
        rows = self._sent(formdata) if is_sent else self._standing(data)
        filled = [row for row in rows if not row.is_empty]
        filled.sort(key=_place)  # rows without a number come last, as they stand
        self.data = [MenuItem(row.label, row.address) for row in filled]
        self.rows = [row for row in rows if not row.is_empty]
        room = max(1, min(EMPTY_ROWS, MAX_MENU_ITEMS - len(self.rows)))
        self.rows += [Row()] * room

    def _sent(self, formdata: Any) -> list[Row]:
        columns = [
            [tidy_line(value) for value in formdata.getlist(f"{self.name}-{name}")[:MAX_ROWS]]
            for name in ("number", "label", "address")
        ]
        return [Row(*cells) for cells in zip_longest(*columns, fillvalue="")]

    def _standing(self, items: Sequence[MenuItem]) -> list[Row]:
        return [
            Row(str(STEP * place), item.label, item.address)
            for place, item in enumerate(items, start=1)
        ]


def _place(row: Row) -> int:
    is_number = row.number.isascii() and row.number.isdigit() and len(row.number) <= 6
    return int(row.number) if is_number else 1_000_000
