"""Stands in for an environment: answers in order, keeps what it was asked."""

import json
from dataclasses import dataclass, field
from urllib.parse import unquote

from d365pop.dataverse import Dataverse
from d365pop.models import Json
from d365pop.transport import Headers, Request, Response, RetryPolicy, Transport

URL = "https://contoso.crm4.dynamics.com"
API = f"{URL}/api/data/v9.2/"


def answer(status: int, body: Json = None, **headers: str) -> Response:
    """Return an answer; underscores in header names stand for dashes."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, Headers(fields), b"" if body is None else json.dumps(body).encode())


def rows(*values: dict[str, Json]) -> Response:
    return answer(200, {"value": list(values)})


def refusal(status: int, code: str, message: str = "refused") -> Response:
    return answer(status, {"error": {"code": code, "message": message}})


NO_CONTENT = answer(204)


class Tokens:
    """Numbers its tokens."""

    def __init__(self) -> None:
        self.renewed = 0

    def token(self) -> str:
        return f"token-{self.renewed}"

    def renew(self) -> str:
        self.renewed += 1
        return self.token()


@dataclass
class Environment:
    """Plays ``answers`` in order; one too many calls fails the test."""

    answers: list[Response]
    requests: list[Request] = field(default_factory=list)
    tokens: Tokens = field(default_factory=Tokens)

    def __call__(self, request: Request, /) -> Response:
        self.requests.append(request)
        return self.answers[len(self.requests) - 1]

    @property
    def client(self) -> Dataverse:
        return Dataverse(URL, Transport(self, RetryPolicy(deadline=0.0)), self.tokens)

    @property
    def calls(self) -> list[str]:
        """Method and decoded path of each request, without the base."""
        return [f"{each.method} {unquote(each.url.removeprefix(API))}" for each in self.requests]

    def body(self, index: int = 0) -> Json:
        return sent(self.requests[index])


def environment(*answers: Response) -> Environment:
    return Environment(list(answers))


def sent(request: Request) -> Json:
    """Return the JSON body of a request."""
    assert request.body is not None
    body: Json = json.loads(request.body)
    return body
