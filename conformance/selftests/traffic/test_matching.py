"""Which entries are about the API, and about which operation of it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assay import contract
from assay.errors import UserError
from assay.recording import Recording
from assay.recording.routes import Routes, bases
from selftests.traffic.conftest import BASE, entry

Recorded = Callable[..., Recording]


def asked(recorded: Recording) -> list[str]:
    return [each.request.url for each in recorded.exchanges]


def test_entries_of_other_servers_are_left_out_and_counted(recorded: Recorded) -> None:
    whole = recorded(
        entry(), entry(url="https://cdn.example/a.js"), entry(url="https://cdn.example/b.js"),
        entry(url="http://api.lending.example/v1/things/one"), entry(url="data:text/plain,abc"),
    )  # fmt: skip
    assert asked(whole) == [f"{BASE}/things/one"]
    (note,) = whole.header.notes
    assert note.startswith(f"traffic.har, recorded by WebInspector 537.36: 1 of 5 entries are about {BASE}; ")
    assert note.endswith("4 of other servers (https://cdn.example 2, http://api.lending.example 1, data 1)")


def test_what_the_document_does_not_know_is_counted(recorded: Recorded) -> None:
    whole = recorded(
        entry(), entry(method="OPTIONS"), entry(url=f"{BASE}/things/one/parts"), entry(url=f"{BASE}/things/"),
        entry(status=0),
    )  # fmt: skip
    assert len(whole.exchanges) == 1
    assert (
        "3 of no documented operation (OPTIONS /things/one 1, GET /things/one/parts 1, GET /things/ 1)"
        in (whole.header.notes[0])
    )
    assert "1 without an answer (getThing 1)" in whole.header.notes[0]


@pytest.mark.parametrize(
    "url",
    [
        f"{BASE}/things/one?x=1",
        f"{BASE}/things/one%2Ftwo",
        "https://API.lending.example:443/v1/things/one",
    ],
)
def test_a_url_may_be_written_in_several_ways(url: str, recorded: Recorded) -> None:
    assert [each.operation for each in recorded(entry(url=url)).exchanges] == ["getThing"]


def test_a_server_that_the_document_does_not_name_is_found_by_its_paths(recorded: Recorded) -> None:
    staging = "https://staging.example:8443/api/v1"
    whole = recorded(
        entry(url=f"{staging}/things/one"), entry(url=f"{staging}/me"), entry(url="https://other.example/me")
    )
    assert asked(whole) == [f"{staging}/things/one", f"{staging}/me"]
    assert whole.header.target["name"] == f"traffic with {staging}"


def test_of_two_servers_alike_none_is_guessed(recorded: Recorded) -> None:
    with pytest.raises(UserError, match="it cannot be told which server is meant") as told:
        recorded(entry(url="https://a.example/me"), entry(url="https://b.example/me"))
    assert "https://a.example or https://b.example" in str(told.value)
    assert "--url" in told.value.todo


def test_of_two_places_at_a_server_the_documented_one_is_meant(recorded: Recorded) -> None:
    whole = recorded(entry(url="https://a.example/v1/me"), entry(url="https://a.example/v0/me"))
    assert asked(whole) == ["https://a.example/v1/me"]


def test_traffic_with_others_only_is_a_mistake(recorded: Recorded, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no entry is about an operation of the document") as told:
        recorded(entry(url="https://a.example/x"), entry(url="https://a.example/y"))
    assert "https://a.example (2)" in told.value.what
    assert told.value.where == str(tmp_path / "traffic.har")


def test_a_url_that_is_given_counts_alone(recorded: Recorded) -> None:
    staging = "https://staging.example/base"
    whole = recorded(entry(), entry(url=f"{staging}/me"), url=f"{staging}/")
    assert asked(whole) == [f"{staging}/me"]
    assert recorded(entry(url="https://staging.example/basement/me"), url=staging).exchanges == ()


def test_a_password_in_the_address_is_shown_nowhere(recorded: Callable[..., Recording]) -> None:
    header = recorded(entry(), url=BASE.replace("://", "://me:between-us@")).header
    assert header.target["base_url"] == BASE
    assert "between-us" not in str(header)
    with pytest.raises(UserError, match="is no URL of a server") as caught:
        recorded(entry(), url="ftp://me:between-us@h")
    assert "between-us" not in str(caught.value)


@pytest.mark.parametrize("url", ["staging.example", "ftp://a.example", "https://", "https://a:x"])
def test_what_is_no_url_is_refused(url: str, recorded: Recorded) -> None:
    with pytest.raises(UserError, match="is no URL of a server"):
        recorded(entry(), url=url)


SERVER = "https://{region}.example.com:8443/{stage}"
PATHS = {
    "any": "/{any}", "things": "/things", "thing": "/things/{id}", "mine": "/things/mine", "pdf": "/things/{id}.pdf",
    "root": "/",
}  # fmt: skip
ROUTES = {
    "openapi": "3.1.0",
    "info": {"title": "Routes", "version": "1.0.0"},
    "servers": [{"url": SERVER, "variables": {"region": {"default": "eu"}, "stage": {"default": "v1"}}}],
    "paths": {
        path: {
            "get": {
                "operationId": name,
                "parameters": [
                    {"name": each, "in": "path", "required": True, "schema": {}} for each in re.findall("{(.*?)}", path)
                ],
                "responses": {"200": {"description": "OK"}},
            }
        }
        for name, path in PATHS.items()
    },
}


@pytest.fixture
def routed(tmp_path: Path) -> contract.Contract:
    (tmp_path / "openapi.yaml").write_text(json.dumps(ROUTES))
    return contract.load(tmp_path / "openapi.yaml")


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/things", "things"), ("/other", "any"), ("/things/mine", "mine"), ("/things/your", "thing"), ("/", "root"),
        ("/things/", None), ("/things/a/b", None), ("", None),
    ],
)  # fmt: skip
def test_what_is_fixed_comes_before_what_is_not(path: str, operation: str | None, routed: contract.Contract) -> None:
    found = Routes(routed).find("GET", path)
    assert (found and found.id) == operation


def test_variables_of_a_server_stand_for_anything(routed: contract.Contract) -> None:
    (base,) = bases(routed, [("GET", "https://us.example.com:8443/v2/things")])
    assert base.rest("https://us.example.com:8443/v2/things") == "/things"
    assert base.rest("https://us.example.com/v2/things") is None
    assert base.rest("https://us.example.com:8443/v2") == ""
