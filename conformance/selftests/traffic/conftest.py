"""HARs made by hand, as browsers and proxies write them, of an API that lends things."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay import claims, contract
from assay.claims import Ledger
from assay.judge import judge
from assay.judge.verdicts import Verdicts
from assay.recording import Recording, traffic

DOCUMENT = """\
openapi: 3.1.0
info: {title: Lending, version: 1.0.0}
servers: [{url: https://api.lending.example/v1}]
security: [{token: []}]
paths:
  /things/{id}:
    get:
      operationId: getThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200":
          description: The thing.
          headers: {X-Total: {required: true, schema: {type: integer}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
        "404": {description: There is none., content: {application/json: {schema: {type: object}}}}
        "503": {description: Closed., content: {application/json: {schema: {type: object, required: [until]}}}}
  /me:
    get:
      operationId: me
      responses:
        "200": {description: You., content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
        default: {description: Not you., content: {application/json: {schema: {type: object}}}}
  /login:
    post:
      operationId: login
      security: []
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses:
        "200":
          description: Who you are from now on.
          content:
            application/json:
              schema:
                type: object
                properties:
                  access_token: {type: string, pattern: "^ey[a-z0-9.]+$"}
                  link: {type: string, format: uri, maxLength: 400}
                  size: {type: integer}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
  schemas:
    Thing:
      type: object
      required: [id]
      properties: {id: {type: string}, size: {type: integer}, link: {type: string, format: uri}}
      x-relations:
        - {kind: constant, fields: [/id], sentence: It stays what it is.}
        - {kind: constant, fields: [/link], sentence: It stays where it is.}
        - {kind: nondecreasing, fields: [/size], sentence: It never shrinks.}
"""
BASE = "https://api.lending.example/v1"
TOKEN = "eyj0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.first"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}
TYPED = {"Content-Type": "application/json", "X-Total": "7"}
THING = {"id": "one", "size": 3}

Make = Callable[..., Any]


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    path = tmp_path_factory.mktemp("lending") / "openapi.yaml"
    path.write_text(DOCUMENT)
    return claims.ledger(contract.load(path))


def entry(
    status: int = 200,
    body: Any = THING,
    *,
    url: str = f"{BASE}/things/one",
    method: str = "GET",
    asked: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    at: float = 0.0,
    time: Any = 50,
    content: dict[str, Any] | None = None,
    posted: str = "",
    **more: Any,
) -> dict[str, Any]:
    """One entry; `body` is data or the text itself, `at` seconds after ten o'clock, `time` milliseconds."""
    text = body if isinstance(body, str) else json.dumps(body)
    return {
        "startedDateTime": f"2026-03-01T10:00:{at:06.3f}Z",
        "time": time,
        "request": {
            "method": method,
            "url": url,
            "headers": _pairs(AUTHORIZED if asked is None else asked),
            **({"postData": {"mimeType": "application/json", "text": posted}} if posted else {}),
        },
        "response": {
            "status": status,
            "headers": _pairs(TYPED if headers is None else headers),
            "bodySize": -1,
            "content": content or {"size": len(text.encode()), "mimeType": "application/json", "text": text},
            **more.pop("response", {}),
        },
        **more,
    }


def _pairs(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def archive(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "entries": entries}}


@pytest.fixture
def recorded(ledger: Ledger, tmp_path: Path) -> Callable[..., Recording]:
    """The recording that comes of these entries."""

    def make(*entries: dict[str, Any], url: str = "") -> Recording:
        path = tmp_path / "traffic.har"
        path.write_text(json.dumps(archive(*entries)), encoding="utf-8")
        return traffic.load(path, ledger.contract, url)

    return make


@pytest.fixture
def judged(ledger: Ledger, recorded: Callable[..., Recording]) -> Callable[..., Verdicts]:
    return lambda *entries, **how: judge(ledger, recorded(*entries, **how))
