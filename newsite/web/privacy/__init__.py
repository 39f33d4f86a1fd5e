"""Somebody's own data: asked for by an address, shown to whoever reads its mail."""

from newsite.web.privacy import asking, changing, showing
from newsite.web.privacy.blueprint import bp

__all__ = ["asking", "bp", "changing", "showing"]
