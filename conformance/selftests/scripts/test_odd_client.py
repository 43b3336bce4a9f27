"""The client of a document in which all is unusual that the other two do as everybody does."""

import importlib
import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

PROBLEM = {"type": "object", "required": ["code"], "properties": {"code": {"type": "integer", "enum": [1, 2]}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": 'The "odd" \\ one', "version": "0.1.0", "description": '"""'},
    "security": [{"key": [], "login": []}, {"cookie": []}],
    "paths": {
        "/things": {
            "get": {
                "operationId": "list",
                "tags": ["close"],
                "description": 'Lists """all""" \\ of it.',
                "parameters": [{"name": "timeout", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "2XX": {
                        "description": "All.",
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Close"}}
                            }
                        },
                    },
                    "404": {
                        "description": "None.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NotFoundError"}}},
                    },
                    "529": {"description": "Overloaded."},
                },
            }
        },
        "/things/new": {"get": {"responses": {"200": {"description": "No body."}}}},
        "/things/{thing}": {
            "get": {
                "operationId": "readThing",
                "parameters": [
                    {"name": "thing", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "timeout", "in": "query", "schema": {"type": "integer"}},
                    {"name": "endpoint", "in": "query", "schema": {"type": "string"}},
                ],
                "security": [],
                "responses": {
                    "200": {
                        "description": "It.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Close"}}},
                    },
                    "default": {"description": "Text.", "content": {"text/plain": {"schema": {"type": "string"}}}},
                },
            }
        },
    },
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "query", "name": "key"},
            "login": {"type": "http", "scheme": "basic"},
            "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
        },
        "schemas": {
            "NotFoundError": PROBLEM,
            "Close": {
                "type": "object",
                "required": ["state"],
                "properties": {"state": {"type": "object", "properties": {"now": {"type": "string"}}}},
                "x-relations": [
                    {
                        "kind": "states",
                        "field": "/state",
                        "initial": ["new"],
                        "transitions": {"new": ["old"]},
                        "terminal": ["old"],
                        "sentence": "It grows old.",
                        "basis": "stated",
                        "level": "must",
                    }
                ],
            },
        },
    },
}
"""A server of no name, a tag, an operation, parameters and models called as what the client has, codes of nobody."""

Load = Callable[[str], Any]


@pytest.fixture(scope="module")
def load(run: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    folder: Path = tmp_path_factory.mktemp("odd")
    (folder / "api.json").write_text(json.dumps(DOCUMENT))
    ran = run("--spec", folder / "api.json", "--out", folder / "client", "--package", "odd_client")
    assert ran.returncode == 0, ran.stderr
    sys.path.insert(0, str(folder / "client"))
    yield lambda name: importlib.import_module(f"odd_client.{name}" if name else "odd_client")
    sys.path.remove(str(folder / "client"))
    for name in [name for name in sys.modules if name.partition(".")[0] == "odd_client"]:
        del sys.modules[name]


def test_names_that_are_taken_get_an_underscore(load: Load) -> None:
    seen: list[httpx.Request] = []
    things = _api(load, 200, [{"state": {}}], seen).close_.list_(timeout=3)
    assert [type(thing).__name__ for thing in things] == ["Close"]
    assert seen[0].url.params["timeout"] == "3"


def test_an_option_of_waiting_makes_room_for_a_parameter(load: Load) -> None:
    seen: list[httpx.Request] = []
    api = _api(load, 200, {"state": {}}, seen)
    with pytest.raises(load("errors").WaitTimeoutError):
        api.default.wait_for_thing("x", timeout=3, endpoint="y", wait_timeout=0.01)
    assert dict(seen[0].url.params) == {"timeout": "3", "endpoint": "y"}


def test_each_credential_goes_to_its_place(load: Load) -> None:
    seen: list[httpx.Request] = []
    _api(load, 200, [], seen).close_.list_()
    assert seen[0].url.params["key"] == "k-1"
    assert seen[0].headers["Authorization"] == "Basic bWU6cHc="
    _api(load, 200, [], seen, key=None, login=None, cookie="c-1").close_.list_()
    assert (seen[1].headers["Cookie"], "key" in seen[1].url.params) == ("session=c-1", False)


def test_half_of_a_credential_is_none(load: Load) -> None:
    said = "give key or set ODD_KEY and login or set ODD_LOGIN"
    with pytest.raises(load("errors").MissingCredentialError, match=said):
        _api(load, 200, [], login=None).close_.list_()
    with pytest.raises(load("errors").ConfigurationError, match="must be of the form user:password"):
        _api(load, 200, [], login="me")


def test_a_key_in_the_query_is_in_no_log(load: Load, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        _api(load, 200, []).close_.list_(timeout=3)
    assert "timeout=3&key=credential" in caplog.text
    assert "k-1" not in caplog.text


def test_without_a_server_the_base_url_is_asked_for(load: Load) -> None:
    with pytest.raises(
        load("errors").ConfigurationError, match="the document names no server: give base_url or set ODD_B"
    ):
        load("").Client()


def test_a_model_called_as_an_exception_is_beside_it(load: Load) -> None:
    with pytest.raises(load("errors").NotFoundError) as caught:
        _api(load, 404, {"code": 7}).close_.list_()
    assert type(caught.value.body) is load("models").NotFoundError


def test_a_number_that_an_enum_does_not_have_decodes(load: Load) -> None:
    with pytest.raises(load("errors").ApiError) as caught:
        _api(load, 404, {"code": 7}).close_.list_()
    assert (caught.value.body.code, caught.value.body.to_dict()) == (7, {"code": 7})


def test_a_status_that_no_standard_knows_has_an_exception(load: Load) -> None:
    with pytest.raises(load("errors").Status529Error, match=r"^529: it says no more"):
        _api(load, 529, None).close_.list_()


def test_the_functions_of_the_modules_give_it_back_too(load: Load) -> None:
    client = _api(load, 529, None)._client
    given = load("api.close.list_").sync_detailed(client=client)
    assert (given.status_code, given.parsed) == (529, None)


def test_a_range_is_a_success(load: Load) -> None:
    assert _api(load, 299, []).close_.list_() == []


def test_an_error_that_is_text_is_text(load: Load) -> None:
    with pytest.raises(load("errors").OtherStatusError) as caught:
        _api(load, 500, None, text="oh dear").default.read_thing("x")
    assert caught.value.body == "oh dear"
    assert "oh dear" in str(caught.value)


def test_the_path_without_parameters_is_known_from_the_one_with_them(load: Load) -> None:
    assert _api(load, 200, None).default.get_things_new() is None
    assert _api(load, 200, {"state": {}}).default.read_thing("new%2Fer").to_dict() == {"state": {}}


def _api(
    load: Load, status: int, body: Any, seen: list[httpx.Request] | None = None, text: str = "", **credentials: Any
) -> Any:
    def respond(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return httpx.Response(status, text=text) if body is None else httpx.Response(status, json=body)

    http = httpx.Client(transport=httpx.MockTransport(respond))
    given = {"key": "k-1", "login": "me:pw"} | credentials
    return load("").Client(**given, base_url="https://odd.example", http_client=http, max_retries=0)
