"""What a run was asked for."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks import sites
from benchmarks.corpus import Size
from benchmarks.sites import Site

SMALL = Size(1_000, 10_000)


@dataclass(frozen=True)
class Plan:
    """How much is measured, and where things are kept."""

    folder: Path
    bursts: int  # pairs of them, one after the other; medians are taken
    seconds: float  # of one burst
    big: Size
    postgres: str | None = None  # the address of a database to make others beside

    def small(self) -> Site:
        """The small site on SQLite."""
        return sites.site(SMALL, folder=self.folder)

    def log(self, name: str) -> Path:
        """The file that a server writes to."""
        return self.folder / f"{name}.log"
