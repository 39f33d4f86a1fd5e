"""The desk's part for replies; its views are in the modules beside this one."""

from flask import Blueprint

bp = Blueprint("replies", __name__, url_prefix="/replies")
