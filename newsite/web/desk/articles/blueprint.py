"""The desk's part for articles and pages; its views are in the modules beside this one."""

from flask import Blueprint

bp = Blueprint("articles", __name__, url_prefix="/articles")
