"""What lets a page of another origin call the Web API with a token of its own; no cookies."""

from d365pop.emulator.protocol import Request, Response

EXPOSED = "OData-EntityId,Location,ETag,OData-Version,Preference-Applied,Retry-After,REQ_ID"
METHODS = "GET,POST,PATCH,PUT,DELETE,OPTIONS"
SECONDS = "3600"


def preflight(request: Request) -> Response | None:
    """Return the answer to a browser's question before a request, None where it is none."""
    asked = request.header("access-control-request-method")
    if request.method != "OPTIONS" or not request.header("origin") or not asked:
        return None
    headers = (
        ("Access-Control-Allow-Methods", METHODS),
        ("Access-Control-Allow-Headers", request.header("access-control-request-headers")),
        ("Access-Control-Max-Age", SECONDS),
    )
    return Response(200, headers)


def allowing(request: Request) -> tuple[tuple[str, str], ...]:
    """Return the headers that let the page read the answer.

    Without ``Access-Control-Allow-Credentials`` no cookie travels: only a token signs in.
    """
    origin = request.header("origin")
    if not origin:
        return ()
    return (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Expose-Headers", EXPOSED),
        ("Vary", "Origin"),
    )
