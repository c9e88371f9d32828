"""What clients of the sign-in service ask first: where it is, and which keys it signs with."""

import re
from http import HTTPStatus

from d365pop.emulator.auth import TENANT_ID
from d365pop.emulator.protocol import JsonObject, Request, Response, json_response, text_response

DISCOVERY = re.compile(r"/([^/]+)(?:/v2\.0)?/\.well-known/openid-configuration")
INSTANCES = re.compile(r"/common/discovery/instance")
KEYS = re.compile(r"/([^/]+)/discovery/v2\.0/keys")
DESCRIBED = (DISCOVERY, INSTANCES, KEYS)


def describe(request: Request, asked: re.Pattern[str], base: str) -> Response:
    """Answer what clients ask before they sign in."""
    if request.method not in {"GET", "HEAD"}:
        return text_response(HTTPStatus.METHOD_NOT_ALLOWED, f"{request.path} takes GET.\n")
    if asked is KEYS:
        return json_response(HTTPStatus.OK, _keys())
    content = discovery(base) if asked is DISCOVERY else _instances(base)
    return json_response(HTTPStatus.OK, content)


def discovery(base: str) -> JsonObject:
    """Return what OpenID Connect clients ask first."""
    tenant = f"{base}/{TENANT_ID}"
    return {
        "issuer": f"{tenant}/v2.0",
        "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
        "token_endpoint": f"{tenant}/oauth2/v2.0/token",
        "jwks_uri": f"{tenant}/discovery/v2.0/keys",
        "device_authorization_endpoint": f"{tenant}/oauth2/v2.0/devicecode",
        "token_endpoint_auth_methods_supported": [
            *("client_secret_post", "client_secret_basic", "private_key_jwt"),
        ],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
    }


def _instances(base: str) -> JsonObject:
    """Return what Microsoft's libraries ask first, at the address that they know by heart."""
    host = base.partition("://")[2]
    return {
        "tenant_discovery_endpoint": f"{base}/{TENANT_ID}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }


def _keys() -> JsonObject:
    from d365pop.emulator.id_tokens import key_set  # noqa: PLC0415 - slow, and rarely needed

    return key_set()
