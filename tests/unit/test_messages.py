"""docs/troubleshooting.md has an entry for every reference that an error of ours can have."""

import ast
import re

from d365pop.auth.aadsts import EXPLANATIONS
from d365pop.auth.msal_edge import references
from d365pop.dataverse.codes import MEANINGS
from d365pop.transport.network import FAILURES
from tests.messages import ROOT, Message, indirect, messages, raised


def test_every_reference_is_kebab_case_and_has_a_message() -> None:
    for told in messages():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", told.reference), told
        assert told.text, told


def test_error_is_read_with_its_exit_code_and_what_is_only_known_later() -> None:
    source = 'raise UsageError("a-b", f"{name} is " + "wrong.", hint="d365pop init")'
    assert list(raised(ast.parse(source))) == [Message("a-b", 2, "… is wrong.", "d365pop init")]
    assert list(raised(ast.parse('raise ValueError("a-b")'))) == []


def test_errors_made_by_a_function_or_a_table_are_read_too() -> None:
    source = """
class Row(NamedTuple):
    reference: str
def refuse(reference, message):
    return BundleError(reference, message, hint="Build again.")
refuse("c-d", f"{name} is bad")
TABLE = {KeyError: "e-f", "x": "no reference"}
def translate(exc):
    found = TABLE[type(exc)]
    return SignInError(found, "no token")
_TLS = "Mind the " + "certificate."
_Failure("g-h", "{host} fails", _TLS)
"""
    assert list(raised(ast.parse(source))) == [
        Message("g-h", 7, "… fails", "Mind the certificate."),
        Message("c-d", 4, "… is bad", "Build again."),
        Message("e-f", 6, "no token", ""),
    ]


def test_every_table_of_references_is_read() -> None:
    values = {
        (path.name, text)
        for path in (ROOT / "d365pop").rglob("*.py")
        for text in indirect(ast.parse(path.read_text("utf-8")))
    }
    assert values == {
        ("aadsts.py", "explanation.reference"),
        ("faults.py", "found.reference"),
        ("network.py", "failure.reference"),
    }
    known = {told.reference for told in messages()}
    assert known >= {each.reference for each in EXPLANATIONS.values()}
    assert known >= {each.reference for each in FAILURES.values()}
    assert known >= {each.reference for each in MEANINGS.values()}
    assert known >= set(references().values())
