"""A bare client of the local Dataverse for tests: urllib only, nothing of the product's own."""

import base64
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

JsonObject = dict[str, Any]


class LocalDataverse:
    """Signs in as the documented local application and calls the Web API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.token = self._sign_in()

    def _sign_in(self) -> str:
        try:
            urllib.request.urlopen(f"{self.url}/api/data/v9.2/")
        except urllib.error.HTTPError as refused:
            with refused:
                challenge = refused.headers["WWW-Authenticate"]
        found = re.search(r"authorization_uri=(\S+)/oauth2/authorize", challenge)
        assert found, challenge
        form = {
            "grant_type": "client_credentials",
            "client_id": "00000000-0000-0000-0000-00000000d365",
            "client_secret": "local",
            "scope": f"{self.url}/.default",
        }
        body = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(f"{found[1]}/oauth2/v2.0/token", body) as answer:
            token: str = json.load(answer)["access_token"]
        return token

    def call(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Any:
        """Return the answer's JSON; an error answer is raised as urllib raises it."""
        request = urllib.request.Request(
            f"{self.url}/api/data/v9.2/{path.replace(' ', '%20')}",
            None if body is None else json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                **(headers or {}),
            },
            method=method,
        )
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def fail(self, **fault: object) -> None:
        """Let the local Dataverse fail on purpose from now on, as often as ``count`` says."""
        body = json.dumps(fault).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_emulator/faults", body, headers)
        urllib.request.urlopen(request).close()

    def rows(self, path: str) -> list[JsonObject]:
        """Return the rows of a list."""
        found: list[JsonObject] = self.call("GET", path)["value"]
        return found

    def row(self, path: str) -> JsonObject:
        """Return the only row of a list."""
        (only,) = self.rows(path)
        return only

    def web_resource(self, name: str) -> JsonObject:
        """Return a published web resource."""
        return self.row(
            f"webresourceset?$select=name,webresourceid,content&$filter=name eq '{name}'"
        )

    def overwrite(self, name: str, content: bytes) -> None:
        """Change and publish a web resource, as a person in the maker portal would."""
        row_id = self.web_resource(name)["webresourceid"]
        text = base64.b64encode(content).decode()
        self.call("PATCH", f"webresourceset({row_id})", {"content": text}, {"If-Match": "*"})
        parameter = (
            f"<importexportxml><webresources><webresource>{{{row_id}}}</webresource>"
            "</webresources></importexportxml>"
        )
        self.call("POST", "PublishXml", {"ParameterXml": parameter})

    def form(self, table: str) -> JsonObject:
        """Return the published active main form of a table."""
        return self.row(
            "systemforms?$select=formid,name,formxml&$filter="
            f"objecttypecode eq '{table}' and type eq 2 and formactivationstate eq 1"
        )

    def rewrite_form(self, table: str, form_xml: str) -> None:
        """Change the main form of a table and publish it, as a person in the maker portal would."""
        self.call("PATCH", f"systemforms({self.form(table)['formid']})", {"formxml": form_xml})
        parameter = (
            f"<importexportxml><entities><entity>{table}</entity></entities></importexportxml>"
        )
        self.call("POST", "PublishXml", {"ParameterXml": parameter})

    def requests(self) -> list[JsonObject]:
        """Return what the server was asked since the log was cleared."""
        with urllib.request.urlopen(f"{self.url}/_emulator/requests") as answer:
            log: list[JsonObject] = json.load(answer)
        return log

    def clear_requests(self) -> None:
        """Empty the server's request log."""
        request = urllib.request.Request(f"{self.url}/_emulator/requests", method="DELETE")
        urllib.request.urlopen(request).close()

    def writes(self) -> list[str]:
        """Return the writing operations in the log, as ``METHOD path``."""
        return [
            f"{entry['method']} {entry['path']}" for entry in self.requests() if entry["writes"]
        ]
