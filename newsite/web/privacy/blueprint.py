"""The blueprint that all of these pages belong to."""

from flask import Blueprint

bp = Blueprint("privacy", __name__, url_prefix="/privacy")
