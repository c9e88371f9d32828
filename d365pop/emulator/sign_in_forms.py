"""What is asked of the token endpoints: the older and the newer one, secrets in form or header."""

import base64
from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import parse_qs, unquote_plus

from d365pop.emulator.protocol import Request

Form: TypeAlias = Mapping[str, str]


def read_form(request: Request, *, is_version_1: bool) -> Form:
    """Return what is asked, as the newer endpoint takes it, with the client of a Basic header.

    https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
    """
    body = request.body.decode("latin-1")
    form = {name: values[0] for name, values in parse_qs(body).items()}
    if is_version_1 and "resource" in form:
        form["scope"] = f"{form['resource']}/.default"
    return {**form, **_basic(request.header("authorization"))}


def _basic(header: str) -> Form:
    """Return the client that a Basic header names (RFC 6749, 2.3.1); nobody without one."""
    scheme, _, told = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client, _, secret = base64.b64decode(told, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": unquote_plus(client), "client_secret": unquote_plus(secret)}
