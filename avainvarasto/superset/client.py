"""The REST interface of one Superset: a session that raises on every answer that is not 2xx and reads whole lists."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from avainvarasto.errors import SupersetRefused

PAGE_SIZE = 100
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

Row = dict[str, Any]


class Client:
    """A logged-in session; login and CSRF token are those of the superset-client package.

    Args:
        url: address of the server, for instance http://127.0.0.1:8088.
        user: account name.
        password: its password; it appears in no message.

    Raises:
        SupersetRefused: the login failed, or the address would send the password unencrypted over a network.
    """

    def __init__(self, url: str, user: str, password: str) -> None:
        import requests
        from supersetapiclient.client import SupersetClient

        self.url = url.rstrip("/")
        _allow_loopback(self.url)
        self._client = SupersetClient(self.url, username=user, password=password)
        try:
            self._session: requests.Session = self._client.session
        except Exception as error:  # the package raises errors of requests, of OAuth and its own
            raise SupersetRefused(
                self.url,
                f"the login of '{user}' failed ({type(error).__name__})",
                consequence="Nothing was sent to Superset.",
                remedy="start the server with `make serve` and use the password that it prints",
            ) from None

    def get(self, path: str, **kwargs: Any) -> Row:
        """GET `/api/v1/<path>` as JSON."""
        return self._call("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Row:
        """POST to `/api/v1/<path>`."""
        return self._call("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> Row:
        """PUT to `/api/v1/<path>`."""
        return self._call("PUT", path, **kwargs)

    def status(self, method: str, path: str, **kwargs: Any) -> int:
        """Only the status code of a call, for checks of what is forbidden."""
        return int(self._session.request(method, f"{self.url}/api/v1/{path}", timeout=120, **kwargs).status_code)

    def rows(self, path: str) -> Iterator[Row]:
        """Every row of a list, page after page.

        Raises:
            SupersetRefused: the pages hold fewer rows than the server counted.
        """
        page, seen = 0, 0
        while True:
            answer = self.get(path, params={"q": f"(page:{page},page_size:{PAGE_SIZE})"})
            result: list[Row] = answer["result"]
            yield from result
            seen, page = seen + len(result), page + 1
            if seen >= answer["count"]:
                return
            if not result:
                raise SupersetRefused(
                    f"{self.url}/api/v1/{path}",
                    f"the list ends after {seen} of {answer['count']} rows",
                    consequence="What was asked for could not be found with certainty.",
                    remedy="try again; nobody else may change Superset meanwhile",
                )

    def find(self, path: str, key: str, value: str) -> Row | None:
        """The one row of a list whose `key` is `value`."""
        return next((row for row in self.rows(path) if row.get(key) == value), None)

    def _call(self, method: str, path: str, **kwargs: Any) -> Row:
        address = f"{self.url}/api/v1/{path}"
        response = self._session.request(method, address, timeout=120, **kwargs)
        if not 200 <= response.status_code < 300:
            raise SupersetRefused(
                f"{method} {address}",
                f"answered {response.status_code}: {_message(response.text)}",
                consequence="The step was not done; what was done before it stays.",
                remedy="read superset/server.log under the home directory, then run `make serve` again",
            )
        answer: Row = response.json()
        return answer


def _message(text: str) -> str:
    """What the server says, short; a page of HTML says nothing."""
    try:
        content = json.loads(text)
    except ValueError:
        return "no message"
    if isinstance(content, Mapping):
        content = content.get("errors") or content.get("message") or content
    return json.dumps(content, ensure_ascii=False)[:600]


def _allow_loopback(url: str) -> None:
    """Plain http only on this machine, and there without a proxy."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return
    if parts.hostname not in _LOOPBACK:
        raise SupersetRefused(
            url,
            "is plain http to another machine",
            consequence="Nothing was sent: the password would travel unencrypted.",
            remedy="use https, or the address 127.0.0.1",
        )
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join(dict.fromkeys([*hosts, *_LOOPBACK]))
