"""No secret of recorded traffic gets into a recording, whatever it stood in; what is no secret stays."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay import claims, contract, recording
from assay.recording import Recording, traffic
from assay.recording.exchange import Exchange
from selftests.traffic.conftest import BASE, TOKEN, archive, entry

Recorded = Callable[..., Recording]
SECRET = "s3cr3t-0f-somebody-9876543210"


def only(recorded: Recording) -> Exchange:
    (exchange,) = recorded.exchanges
    return exchange


@pytest.mark.parametrize(
    "holding",
    [
        {"asked": {"Authorization": f"Bearer {SECRET}"}},
        {"asked": {"Authorization": SECRET}},
        {"asked": {"Authorization": "Basic YWRhOnMzY3IzdC0wZi1zb21lYm9keS05ODc2NTQzMjEw"}},
        {"asked": {"Authorization": f"AWS4-HMAC-SHA256 Credential=a/b, Signature={SECRET}"}},
        {"asked": {"Cookie": f"theme=dark; sid={SECRET}"}},
        {"asked": {"X-Api-Key": SECRET}},
        {"asked": {"X-Csrf-Token": SECRET}},
        {"asked": {"Referer": f"https://app.example/?access_token={SECRET}"}},
        {"headers": {"Set-Cookie": f"sid={SECRET}; Path=/; HttpOnly"}},
        {"headers": {"X-Auth-Token": SECRET}},
        {"headers": {"Location": f"https://files.example/a?X-Goog-Signature={SECRET}&x=1"}},
        {"url": f"{BASE}/things/one?api_key={SECRET}"},
        {"url": f"https://ada:{SECRET}@api.lending.example/v1/things/one"},
        {"body": {"refreshToken": SECRET}},
        {"body": {"deep": [{"client_secret": SECRET}]}},
        {"body": {"url": f"https://f.example/a?X-Amz-Credential=k&X-Amz-Security-Token={SECRET}"}},
        {"body": f'{{"url": "https:\\/\\/f.example\\/a?x=1\\u0026Signature={SECRET}"}}'},
        {"posted": json.dumps({"user": "ada", "password": SECRET})},
        {"posted": f"user=ada&password={SECRET}"},
    ],
    ids=lambda each: f"{next(iter(each))}: {str(next(iter(each.values())))[:40]}",
)  # fmt: skip
def test_no_secret_gets_in(holding: dict[str, Any], recorded: Recorded, tmp_path: Path) -> None:
    whole = recorded(entry(**holding))
    recording.save(whole, tmp_path / "recording.jsonl")
    assert len(whole.exchanges) == 1
    assert SECRET not in (tmp_path / "recording.jsonl").read_text()
    assert "YWRhOnMz" not in (tmp_path / "recording.jsonl").read_text()


def test_the_secret_of_one_exchange_is_looked_for_in_all(recorded: Recorded) -> None:
    token = entry(asked={"Authorization": f"Bearer {SECRET}"}, at=2)
    telling = entry(body={"note": f"use {SECRET} next"}, at=1)
    cookie = entry(body={"note": "or c00kie-c00kie-c00kie-c00kie"}, at=3)
    setting = entry(asked={"Cookie": "sid=c00kie-c00kie-c00kie-c00kie"}, at=4)
    bodies = [each.reply.body.decode() for each in recorded(token, telling, cookie, setting).exchanges if each.reply]
    assert bodies[0] == '{"note": "use «redacted» next"}'
    assert bodies[2] == '{"note": "or «redacted»"}'


def test_a_secret_of_another_server_is_one_too(recorded: Recorded) -> None:
    elsewhere = entry(url="https://login.example/token", asked={"Authorization": f"Bearer {SECRET}"})
    exchange = only(recorded(elsewhere, entry(body={"note": SECRET})))
    assert exchange.reply is not None
    assert exchange.reply.body == '{"note": "«redacted»"}'.encode()


def test_a_credential_is_named_after_its_scheme(recorded: Recorded) -> None:
    first, second, again = recorded(
        entry(at=1), entry(asked={"Authorization": f"Bearer {SECRET}"}, at=2), entry(at=3)
    ).exchanges
    told = [dict(each.request.headers)["Authorization"] for each in (first, second, again)]
    assert told == ["Bearer «credential:token»", "Bearer «credential:token.2»", "Bearer «credential:token»"]


def test_what_is_no_secret_stays(recorded: Recorded) -> None:
    body = '{"id" : "one","id":"two", "next_page_token": "abc", "tokens": 5, "password": "", "token_type": "Bearer"}'
    asked = {"Authorization": f"Bearer {TOKEN}", "Accept": "*/*", "Cookie": "theme=dark-mode; sid=x"}
    exchange = only(recorded(entry(body=body, asked=asked, url=f"{BASE}/things/one?page=2&design=dark-mode")))
    assert exchange.reply is not None
    assert exchange.reply.body.decode() == body
    assert exchange.request.url == f"{BASE}/things/one?page=2&design=dark-mode"
    assert dict(exchange.request.headers)["Cookie"] == "theme=«redacted»; sid=«redacted»"


def test_an_id_in_a_cookie_stays_an_id(recorded: Recorded) -> None:
    account = "a1000000-0000-4000-8000-0000000000cc"
    exchange = only(recorded(entry(asked={"Cookie": f"account={account}"}, body={"id": account})))
    assert exchange.reply is not None
    assert account in exchange.reply.body.decode()


def test_what_is_hidden_in_a_url_leaves_it_one(recorded: Recorded) -> None:
    exchange = only(recorded(entry(body={"link": "https://f.example/a?Expires=1&Signature=abc&x=1"})))
    assert exchange.reply is not None
    assert json.loads(exchange.reply.body)["link"] == (
        "https://f.example/a?Expires=1&Signature=%C2%ABredacted%C2%BB&x=1"
    )


@pytest.mark.parametrize("odd", ["12|Zm9vYmFyYmF6cXV4", "id:with:colons:4711", "pass word!with=all"])
def test_a_credential_of_another_exchange_need_not_look_like_one(odd: str, recorded: Recorded) -> None:
    shown = entry(body={"id": "one", "note": f"it was ({odd})"}, asked={}, at=1)
    whole = recorded(entry(asked={"Authorization": f"Bearer {odd}"}), shown)
    assert [each for each in whole.exchanges if odd in str(each.reply and each.reply.body)] == []


def test_bytes_that_are_no_text_stay(recorded: Recorded) -> None:
    content = {"size": 4, "mimeType": "image/png", "encoding": "base64", "text": "/9j/4A=="}
    exchange = only(recorded(entry(content=content)))
    assert exchange.reply is not None
    assert exchange.reply.body == b"\xff\xd8\xff\xe0"


def test_a_form_of_several_parts_is_hidden_whole(recorded: Recorded) -> None:
    asked = {"Content-Type": "multipart/form-data; boundary=x"}
    exchange = only(recorded(entry(url=f"{BASE}/login", method="POST", asked=asked, posted=f"--x\r\n\r\n{SECRET}")))
    assert exchange.request.body == "«redacted»".encode()


KEYED = """\
openapi: 3.1.0
info: {title: Keyed, version: 1.0.0}
servers: [{url: https://api.example}]
paths:
  /all:
    get:
      operationId: all
      security: [{header: []}, {query: []}, {cookie: []}]
      responses: {"200": {description: OK, content: {application/json: {schema: {type: object}}}}}
components:
  securitySchemes:
    header: {type: apiKey, in: header, name: X-Customer}
    query: {type: apiKey, in: query, name: customer}
    cookie: {type: apiKey, in: cookie, name: customer}
"""


@pytest.mark.parametrize(
    ("holding", "shown"),
    [
        ({"asked": {"x-customer": SECRET}}, "«credential:header»"),
        ({"url": f"https://api.example/all?customer={SECRET}", "asked": {}}, "customer=«credential:query»"),
        ({"asked": {"Cookie": f"a=b; customer={SECRET}"}}, "a=«redacted»; customer=«credential:cookie»"),
        ({"asked": {"x-customer": "short"}}, "«credential:header»"),
    ],
    ids=["header", "query", "cookie", "short"],
)
def test_a_key_of_the_document_is_a_credential(holding: Any, shown: str, tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(KEYED)
    (tmp_path / "a.har").write_text(json.dumps(archive(entry(**{"url": "https://api.example/all", **holding}))))
    ledger = claims.ledger(contract.load(tmp_path / "openapi.yaml"))
    whole = traffic.load(tmp_path / "a.har", ledger.contract)
    request = only(whole).request
    assert shown in (request.url, *request.url.split("?"), *(value for _, value in request.headers))
    assert whole.header.short_secrets == (("header",) if "short" in str(holding) else ())
