"""The pages of accounts: signing in, one's own account, and the people of the desk."""

from newsite.web.desk.accounts import own, people, sign_in
from newsite.web.desk.accounts.blueprint import bp

__all__ = ["bp", "own", "people", "sign_in"]
