"""The shell's own files and published web resources, with their media types."""

import base64
import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

from d365pop.emulator.environment import Environment
from d365pop.emulator.protocol import Response, text_response
from d365pop.emulator.store import Layer

SHELL_FOLDER = Path(__file__).parent / "shell"
SHELL_FILE = re.compile(r"/_shell/([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.(?:js|css|svg|html))")
WEB_RESOURCE = re.compile(r"(?:/%7B[^/]*%7D)?/WebResources/(.+)", re.IGNORECASE)
SHELL_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".html": "text/html; charset=utf-8",
}
WEB_RESOURCE_TYPES: Mapping[int, str] = {
    1: "text/html; charset=utf-8",
    2: "text/css; charset=utf-8",
    3: "text/javascript; charset=utf-8",
    4: "text/xml; charset=utf-8",
    5: "image/png",
    6: "image/jpeg",
    7: "image/gif",
    8: "application/x-silverlight-app",
    9: "text/xml; charset=utf-8",
    10: "image/x-icon",
    11: "image/svg+xml",
    12: "text/xml; charset=utf-8",
}
CI_LIBRARY = "widget/msdyn_cilibrary.js"
"""Where a page in the panel finds the library of the Channel Integration Framework."""
NO_CACHE = (("Cache-Control", "no-cache"), ("X-Content-Type-Options", "nosniff"))


def shell_page() -> Response:
    """Return the model-driven shell."""
    return _file("index.html")


def serve_shell_file(path: str) -> Response:
    """Return one of the shell's files; the name's grammar leaves no way out of the folder."""
    match = SHELL_FILE.fullmatch(path)
    if match is None:
        return text_response(HTTPStatus.NOT_FOUND, f"No such page: {path}\n")
    return _file(match.group(1))


def serve_web_resource(environment: Environment, path: str) -> Response:
    """Return a web resource as it is published."""
    match = WEB_RESOURCE.fullmatch(path)
    if match is None:
        return text_response(HTTPStatus.NOT_FOUND, f"No such page: {path}\n")
    name, table = unquote(match.group(1)), environment.table("webresource")
    if name.lower() == CI_LIBRARY:
        return _file("ci-library.js")
    found = environment.store.find(table, "name", name, Layer.PUBLISHED)
    if not found:
        return text_response(HTTPStatus.NOT_FOUND, f"No such web resource: {name}\n")
    row = found[0]
    media_type = WEB_RESOURCE_TYPES[int(row["webresourcetype"] or 0)]
    content = base64.b64decode(str(row["content"] or ""))
    return Response(HTTPStatus.OK, (("Content-Type", media_type), *NO_CACHE), content)


def _file(name: str) -> Response:
    file = SHELL_FOLDER / name
    if not file.is_file():
        return text_response(HTTPStatus.NOT_FOUND, f"No such file of the shell: {name}\n")
    headers = (("Content-Type", SHELL_TYPES[file.suffix]), *NO_CACHE)
    return Response(HTTPStatus.OK, headers, file.read_bytes())
