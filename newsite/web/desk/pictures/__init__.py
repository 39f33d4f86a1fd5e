"""Pictures at the desk: taking them in, describing, replacing and deleting them; and files to be saved."""

from newsite.web.desk.pictures import files, lists, one, receiving
from newsite.web.desk.pictures.blueprint import bp

__all__ = ["bp", "files", "lists", "one", "receiving"]
