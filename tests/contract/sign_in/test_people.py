"""MSAL's real flows of people against oidc-provider: a device code, and the browser with PKCE."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from d365pop.errors import ExitCode
from tests.contract.sign_in.desk import Desk, says_who

AGENT = "agent@contoso.example"


def sign_in_at(page: Page, url: str) -> None:
    """Do what a person does on the sign-in pages: confirm, name and password, consent."""
    page.goto(url)
    if "user_code" in url:
        page.get_by_role("button", name="Continue").click()
    page.locator("input[name=login]").fill(AGENT)
    page.locator("input[name=password]").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_load_state()


def test_device_code_signs_a_person_in_until_they_sign_out(desk: Desk, page: Page) -> None:
    desk.configure("device-code", token_cache="plain-file")
    with desk.start("auth", "login") as process:
        assert process.stderr
        found = re.search(r"Open (\S+) and enter the code (\S+)", process.stderr.readline())
        assert found
        sign_in_at(page, f"{found[1]}?user_code={found[2]}")
        output, errors = process.communicate(timeout=60)
    assert says_who(output)[0] == AGENT, errors
    assert "not encrypted" in errors
    assert says_who(desk.run("auth", "whoami").stdout)[0] == AGENT
    assert desk.run("auth", "logout").stdout.startswith("Signed out: ")
    asked = desk.run("auth", "whoami")
    assert asked.returncode == ExitCode.SIGN_IN
    assert "(sign-in-needs-a-person)" in asked.stderr


def test_browser_signs_a_person_in_with_pkce_and_refreshes_silently(desk: Desk, page: Page) -> None:
    browser = desk.folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {desk.folder}/url\n', encoding="utf-8")
    browser.chmod(0o700)
    desk.configure("interactive", token_cache="plain-file")
    with desk.start("auth", "login", BROWSER=f"{browser} %s") as process:
        url = desk.has("url")
        query = parse_qs(urlsplit(url).query)
        assert query["code_challenge_method"] == ["S256"]
        assert query["response_mode"] == ["form_post"]
        sign_in_at(page, url)
        output, errors = process.communicate(timeout=60)
    who = (AGENT, f"{desk.authority.origin}/user_impersonation")
    assert says_who(output) == who, errors

    desk.authority.refuse_all_seen()
    refreshed = desk.run("auth", "whoami")
    assert refreshed.stderr == ""
    assert says_who(refreshed.stdout) == who

    listed = desk.run("env", "list", "--discovery", desk.authority.origin)
    assert "https://contoso.crm4.dynamics.com" in listed.stdout, listed.stderr


def test_person_is_not_asked_where_nobody_sits(desk: Desk) -> None:
    desk.configure("interactive")
    done = desk.run("auth", "login", GITHUB_ACTIONS="true")
    assert done.returncode == ExitCode.SIGN_IN
    assert "(sign-in-needs-a-person)" in done.stderr
