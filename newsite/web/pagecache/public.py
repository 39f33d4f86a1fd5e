"""Which views are public, and what of a query each of them reads: nothing else makes another page."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

from flask import Flask
from werkzeug.exceptions import HTTPException

View = TypeVar("View", bound=Callable[..., Any])
Bound = Callable[[str], object]  # raises ValueError for what the parameter cannot be
MAX_QUERY_CHARS = 1_000  # ours have thirty
_BOUNDS, _WITHOUT = "newsite_bounds", "newsite_without_database"


class Asked(NamedTuple):
    """What a request wants of a public view."""

    address: str | None  # the page's name in memory; None: it has none, and is not kept
    arguments: (
        dict[str, str] | None
    )  # what the view may read of the query; None: it is out of bounds


def public(**parameters: Bound) -> Callable[[View], View]:
    """Marks a view whose answer depends on its address and these parameters of the query alone.

    Each parameter has a bound: a function that raises ValueError for what it cannot be.
    """

    def mark(view: View) -> View:
        setattr(view, _BOUNDS, parameters)
        return view

    return mark


def without_database(view: View) -> View:
    """Marks a view that asks no database, so that it answers while that is away."""
    setattr(view, _WITHOUT, True)
    return view


def needs_database(app: Flask, endpoint: str | None) -> bool:
    """Whether the view of this name may ask the database; where none is, its error page does."""
    return endpoint is None or not hasattr(app.view_functions[endpoint], _WITHOUT)


def endpoint_at(app: Flask, path: str) -> str | None:
    """The name of the view that a decoded path leads to, if it is one to be read."""
    try:
        found: str = app.url_map.bind("").match(path, method="GET")[0]
    except HTTPException:
        return None
    return found


def asked(app: Flask, raw_path: str, path: str, query: str) -> Asked | None:
    """What is asked for; None if no public view is there. `path` is decoded, as routing takes it."""
    endpoint = endpoint_at(app, path)
    bounds: dict[str, Bound] | None = (
        getattr(app.view_functions[endpoint], _BOUNDS, None) if endpoint else None
    )
    if bounds is None:
        return None
    arguments = _arguments(query, bounds)
    if arguments is None:
        return Asked(None, None)
    named = "&".join(f"{name}={value}" for name, value in sorted(arguments.items()))
    return Asked(f"{raw_path}?{named}" if named else raw_path, arguments)


def _arguments(query: str, bounds: dict[str, Bound]) -> dict[str, str] | None:
    """The first value of each parameter that counts; None if one is out of bounds."""
    if not query or not bounds:
        return {}
    if len(query) > MAX_QUERY_CHARS:
        return None
    found: dict[str, str] = {}
    try:
        for name, value in parse_qsl(query, keep_blank_values=True):
            if name in bounds and name not in found:
                bounds[name](value)
                found[name] = value
    except ValueError:
        return None
    return found
