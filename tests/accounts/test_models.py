"""What roles may do."""

import pytest

from newsite.accounts.models import Role, User


@pytest.mark.parametrize(
    ("role", "is_admin", "is_editor"),
    [(Role.admin, True, True), (Role.editor, False, True), (Role.writer, False, False)],
)
def test_each_role_may_do_all_that_the_next_one_may(
    role: Role, is_admin: bool, is_editor: bool
) -> None:
    user = User(role=role)
    assert (user.is_admin, user.is_editor) == (is_admin, is_editor)
