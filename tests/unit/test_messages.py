"""docs/troubleshooting.md has an entry for every reference that an error of ours can have."""

import ast
import re

from tests.messages import Message, messages, raised


def test_every_reference_is_kebab_case_and_has_a_message() -> None:
    for told in messages():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", told.reference), told
        assert told.text, told


def test_error_is_read_with_its_exit_code_and_what_is_only_known_later() -> None:
    source = 'raise UsageError("a-b", f"{name} is " + "wrong.", hint="d365pop init")'
    assert list(raised(ast.parse(source))) == [Message("a-b", 2, "… is wrong.", "d365pop init")]
    assert list(raised(ast.parse('raise ValueError("a-b")'))) == []
