"""Which views are public, and what of a query each of them reads: nothing else makes another page."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

from flask import Flask
from werkzeug.exceptions import HTTPException

View = TypeVar("View", bound=Callable[..., Any])
Bound = Callable[[str], object]  # raises ValueError for what the parameter cannot be
MAX_QUERY_CHARS = 1_000  # ours have thirty
_BOUNDS = "newsite_bounds"


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


def asked(app: Flask, raw_path: str, path: str, query: str) -> Asked | None:
    """What is asked for; None if no public view is there. `path` is decoded, as routing takes it."""
    try:
        endpoint, _ = app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return None
    view = app.view_functions[endpoint]
    if not hasattr(view, _BOUNDS):
        return None
    bounds: dict[str, Bound] = getattr(view, _BOUNDS)
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
