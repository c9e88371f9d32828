"""Each claim of the two guides, as the facts correct it, has what proves it: a test or a document.

The rows are those of the tables that compare the guides with the real interfaces. A proof is
``file: title`` of a JavaScript suite, ``file::function`` or ``file::function[case]`` of a Python
test, or ``file# words`` of a document, which proves nothing alone; one that is not there fails.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE, PLATFORM = "tests/js/core/", "tests/js/platform/"
STATES = "tests/unit/doctor/test_broken_states.py::test_broken_state_is_found_and_only_it"
INVENTED = "tests/unit/build/test_sizes.py::test_no_script_has_a_name_that_guides_invent"
OURS = "tests/unit/check/scripts/test_own_scripts.py"

PROOFS: dict[str, tuple[str, ...]] = {
    "A1": (f"{STATES}[integration has another name]", f"{STATES}[integration is disabled]"),
    "A2": (
        "tests/functional/test_build.py::test_build_writes_package_framework_manifest_and_maps",
        "docs/framework.md# uploads it to the integration",
    ),
    "A3": (
        (
            "tests/unit/test_framework_settings.py::"
            "test_setting_that_does_not_exist_is_refused[embed_web_pages = true]"
        ),
        f"{INVENTED}[embedWebPages]",
        f"{INVENTED}[hideWebPages]",
    ),
    "A4": (
        PLATFORM + "genesys-client.test.mjs: events are subscribed to in initialSetup",
        PLATFORM + "genesys-client.test.mjs: Framework has the functions that Genesys calls",
    ),
    "A5": (
        CORE + "interaction.test.mjs: the number of an outbound call is the called one and never",
        CORE + "pop-policy.test.mjs: an interaction pops on ${title}, and is remembered",
        PLATFORM + "genesys-frame.test.mjs: what the page asks for goes to the exact origin",
    ),
    "A6": (
        PLATFORM + "genesys-frame.test.mjs: a message ${title} changes nothing",
        PLATFORM + "dynamics-link.test.mjs: a message ${title} gets no answer",
        "tests/browser/test_phone_states.py::test_messages_of_others_change_nothing_in_the_page",
    ),
    "A7": (
        (
            "tests/unit/check/scripts/test_rules.py::"
            "test_own_rule_fires_on_the_lines_that_deserve_it_and_on_no_other"
        ),
        (
            "tests/unit/check/scripts/test_rules.py::"
            "test_every_own_rule_is_shown_where_it_fires_and_where_it_does_not"
        ),
        f"{OURS}::test_our_scripts_break_no_rule_of_microsoft_or_ours",
    ),
    "A8": (
        CORE + "focus.test.mjs: what is selected counts, not what is connected besides",
        PLATFORM + "softphone-page.test.mjs: an agent who selected the ringing call is taken",
    ),
    "A9": (
        PLATFORM + "softphone-page.test.mjs: an agent with unsaved changes is asked and not",
        CORE + "pop-policy.test.mjs: a ${medium} pops ${action}, as configured",
        "tests/browser/test_agent.py::test_form_with_unsaved_changes_is_left_in_front",
    ),
    "A10": (
        CORE + "screen-pop.test.mjs: a soft pop opens nothing by itself; its notification opens",
    ),
    "A11": (
        PLATFORM + "genesys-client.test.mjs: a number of a record is dialled, and the call that",
        PLATFORM + "genesys-client.test.mjs: ${JSON.stringify(number)} is nothing to dial",
    ),
    "A12": (
        PLATFORM + "genesys-frame.test.mjs: a frame that this page's policy keeps out is named",
        PLATFORM + "frame-diagnosis.test.mjs: that may not be embedded is named",
        (
            "tests/unit/doctor/test_fixes.py::"
            "test_fix_adds_the_softphone_s_host_to_the_policy_and_keeps_what_is_there"
        ),
    ),
    "A13": (
        "tests/browser/test_tabs.py::test_one_tab_hosts_the_phone_and_the_others_say_which",
        (
            "tests/browser/test_tabs.py::"
            "test_another_tab_takes_over_by_itself_when_the_first_one_is_closed"
        ),
        (
            "tests/browser/test_phone_states.py::"
            "test_second_client_in_the_browser_is_warned_of_until_it_is_gone"
        ),
        "docs/screen-pop.md# one Genesys client at a time",
    ),
    "A14": (
        CORE + "telemetry.test.mjs: a pop tells how long each stage took and what came of it",
        CORE + "telemetry.test.mjs: a dial tells its source and what came of it",
        PLATFORM + "host-softphone.test.mjs: a page is told what to count",
    ),
    "B1": (
        f"{INVENTED}[gc-sdk]",
        f"{OURS}::test_our_scripts_break_no_rule_of_microsoft_or_ours",
        "docs/screen-pop.md# Embeddable Framework",
    ),
    "B2": (
        f"{STATES}[client has a secret]",
        f"{STATES}[client is implicit]",
        f"{INVENTED}[client_secret]",
        "docs/screen-pop.md# PKCE",
    ),
    "B3": (
        f"{INVENTED}[contactcenter:webchat]",
        f"{INVENTED}[integration:oauth]",
        f"{INVENTED}[user:read]",
        "docs/screen-pop.md# No scope or permission of the Platform API is needed",
    ),
    "B4": (
        f"{INVENTED}[openid]",
        f"{INVENTED}[users:readonly]",
        f"{INVENTED}[getAuthToken]",
        "docs/screen-pop.md# No scope or permission of the Platform API is needed",
    ),
    "B5": (f"{STATES}[environment is old]",),
    "B6": (
        "tests/functional/test_build.py::test_build_writes_package_framework_manifest_and_maps",
    ),
    "B7": (
        "tests/unit/doctor/test_broken_states.py::test_every_gap_of_the_agents_role_is_named",
        (
            "tests/unit/doctor/test_broken_states.py::"
            "test_every_privilege_that_the_agents_call_log_lacks_is_named"
        ),
        "tests/unit/doctor/test_documents.py::test_document_lists_the_privileges_of_an_agent",
        "docs/screen-pop.md# Agents need to read",
    ),
    "B8": (
        (
            "tests/unit/doctor/test_fixes.py::"
            "test_fix_adds_the_softphone_s_host_to_the_policy_and_keeps_what_is_there"
        ),
    ),
    "B9": (
        (
            "tests/unit/doctor/test_fixes.py::"
            "test_fix_writes_missing_redirect_uris_and_changes_nothing_else_of_the_client"
        ),
    ),
    "B10": (
        f"{STATES}[one redirect URI only]",
        f"{STATES}[redirect URI with a slash more]",
        f"{STATES}[pasted URIs of Dynamics]",
        "docs/screen-pop.md# redirect URI is invalid",
    ),
    "B11": (
        PLATFORM + "genesys-client.test.mjs: outside the Genesys client initialSetup says what is",
        "docs/screen-pop.md# INITIALIZED",
    ),
    "B12": (
        CORE + "interaction.test.mjs: ${JSON.stringify(flags)} is ${medium}",
        CORE + "interaction.test.mjs: a callback is about the number to call back",
        CORE + "interaction.test.mjs: an e-mail is about its address, a call never is",
        CORE + "interaction.test.mjs: a text message is about its number",
    ),
    "B13": (
        PLATFORM + "softphone-pane.test.mjs: the pane is created with the page in it, and stays",
        PLATFORM + "softphone-pane.test.mjs: a pane that exists is left alone",
    ),
    "B14": (
        (
            "tests/browser/test_phone_states.py::"
            "test_frame_that_the_policy_of_the_app_keeps_out_is_named_at_once"
        ),
    ),
    "B15": (
        CORE + "screen-pop.test.mjs: the same call pops once, however often",
        CORE + "genesys-events.test.mjs: ${category} carries its interaction",
    ),
    "B16": (
        CORE + "odata.test.mjs: whatever the text, the literal ends where it should",
        CORE + "contact-match.test.mjs: every notation is asked for, with the plus encoded",
        (
            "tests/browser/test_seeded_numbers.py::"
            "test_every_seeded_number_is_found_by_its_international_form"
        ),
    ),
    "B17": (
        CORE + "screen-pop.test.mjs: one match is opened",
        CORE + "screen-pop.test.mjs: several matches are shown to choose from",
        CORE + "screen-pop.test.mjs: no match offers the search lists",
    ),
    "B18": (PLATFORM + "xrm.test.mjs: a record, a new form and a list are opened without",),
    "B19": (
        (
            "tests/browser/test_agent.py::"
            "test_new_record_opens_empty_and_is_filled_with_the_number_behind_the_address"
        ),
    ),
    "B20": (
        CORE + "mask.test.mjs: a line keeps its words, and nothing of the numbers in it but two",
        CORE + "contact-match.test.mjs: hostile text never adds a condition of its own",
        CORE + "telemetry.test.mjs: whatever is told, only words of ours and numbers leave",
    ),
    "B21": (
        CORE + "retry.test.mjs: a storm ends at the deadline with the last refusal",
        "tests/browser/test_agent.py::test_storm_of_429_costs_a_moment_and_not_the_pop",
    ),
    "B22": (
        CORE + "screen-pop.test.mjs: a search that fails is shown with its reason, and can",
        (
            "tests/browser/test_telemetry.py::"
            "test_events_go_in_a_batch_and_the_rest_by_a_beacon_without_personal_data"
        ),
    ),
    "B23": (
        PLATFORM + "genesys-frame.test.mjs: a logout is shown until the login, and what arrives",
        (
            "tests/browser/test_phone_states.py::test_expired_sign_in_shows_the_one_thing_to_do"
            "_and_what_arrives_meanwhile_is_kept"
        ),
    ),
    "B24": (
        CORE + 'interaction.test.mjs: is ${internal ? "" : "not "}internal',
        CORE + "screen-pop.test.mjs: a record that the flow names is opened without a search",
    ),
    "B25": (
        PLATFORM + "genesys-frame.test.mjs: the frame is named, and the device is shared with the",
        PLATFORM + "dynamics-link.test.mjs: a message ${title} gets no answer",
        PLATFORM + "dynamics-link.test.mjs: the newest hello decides to whom is spoken",
        "tests/browser/test_phone_states.py::test_framework_answers_no_page_of_another_origin",
    ),
}


def titles(suite: str) -> list[str]:
    """Return the first line of every test, as it stands in the suite, and of every table's case."""
    return [line for line in suite.splitlines() if re.search(r"\btest\(|^\s+\[\s*[\"'`]", line)]


def functions(source: str) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}


def exists(proof: str) -> bool:
    """Say whether the test or the words that a proof names are there."""
    for mark in ("::", "# ", ": "):
        file, found, name = proof.partition(mark)
        if found:
            break
    path = ROOT / file
    if not path.is_file():
        return False
    text = path.read_text("utf-8")
    match mark:
        case "::":
            function, _, case = name.removesuffix("]").partition("[")
            return function in functions(text) and f'"{case}"' in f'{text}""'
        case "# ":
            return name in re.sub(r"\s+", " ", text)
        case _:
            return any(name in line for line in titles(text))


@pytest.mark.parametrize("row", PROOFS)
def test_row_of_the_guides_is_proven_by_what_exists(row: str) -> None:
    assert [proof for proof in PROOFS[row] if not exists(proof)] == []
    assert any(not proof.startswith("docs/") for proof in PROOFS[row])


@pytest.mark.parametrize(
    "proof",
    [
        "tests/unit/test_guides.py::test_nobody_wrote",
        f"{STATES}[a case that nobody" + " wrote]",
        "tests/unit/test_nothing.py::test_row_of_the_guides_is_proven_by_what_exists",
        "tests/js/core/mask.test.mjs: a title that nobody wrote",
        "docs/screen-pop.md# words that nobody wrote",
    ],
)
def test_proof_that_does_not_exist_is_noticed(proof: str) -> None:
    assert not exists(proof)


def test_every_row_of_both_tables_is_there() -> None:
    assert list(PROOFS) == [f"A{row}" for row in range(1, 15)] + [f"B{row}" for row in range(1, 26)]


def test_rows_are_those_of_the_facts(shared: Path) -> None:
    facts = (shared / "facts" / "genesys.md").read_text("utf-8")
    assert re.findall(r"^\| ([AB]\d+) \|", facts, re.MULTILINE) == list(PROOFS)
