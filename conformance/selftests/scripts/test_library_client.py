"""The client of a document that no line of code knows: each of its features decodes."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import endpoints
from assay import contract

BOOK = {"number": 7, "title": "Emma", "added": "2026-01-31", "author": "J. A.", "shelf": None, "pages": 474}
FILM = {"number": 8, "title": "Metropolis", "added": "2026-01-31", "minutes": 153, "languages": {"de": "Titel"}}
PROBLEM = {"title": "No", "fields": [{"name": "weeks", "why": "too many"}]}

Load = Callable[[str], Any]


@pytest.fixture(scope="module")
def load(library: Path) -> Iterator[Load]:
    """Import a module of the client."""
    sys.path.insert(0, str(library))
    yield lambda name: importlib.import_module(f"town_library_client.{name}" if name else "town_library_client")
    sys.path.remove(str(library))
    for name in [name for name in sys.modules if name.partition(".")[0] == "town_library_client"]:
        del sys.modules[name]


def test_every_operation_and_every_status_is_there(library: Path, root: Path) -> None:
    agreed = contract.load(root / "conformance/selftests/documents/library.yaml")
    pairs = endpoints.matched(agreed, endpoints.find(library / "town_library_client"))
    assert {operation.id: endpoint.module.rpartition(".")[2] for operation, endpoint in pairs} == {
        "listItems": "list_items",
        "addItem": "add_item",
        "getItem": "get_item",
        "removeItem": "remove_item",
        "GET /topics": "get_topics",
        "borrow": "borrow",
        "getLoan": "get_loan",
    }
    assert {operation.id: set(endpoint.statuses) for operation, endpoint in pairs} == {
        operation.id: {response.status for response in operation.responses} for operation in agreed.operations
    }


def test_an_array_of_alternatives_decodes_each_as_its_own(load: Load) -> None:
    items = _answer(load, "items.list_items", 200, [BOOK, FILM])
    assert [type(item).__name__ for item in items] == ["Book", "Film"]
    assert (items[0].shelf, items[0].pages, items[1].languages["de"]) == (None, 474, "Titel")


def test_a_tree_decodes_at_every_depth(load: Load) -> None:
    topic = _answer(load, "items.get_topics", 200, {"name": "all", "parts": [{"name": "art", "parts": []}]})
    assert [type(topic).__name__, type(topic.parts[0]).__name__, topic.parts[0].name] == ["Topic", "Topic", "art"]


@pytest.mark.parametrize(
    ("module", "status", "arguments"),
    [
        pytest.param("items.list_items", 418, {}, id="a range of statuses"),
        pytest.param("items.remove_item", 409, {"number": 7}, id="a status beside one without a body"),
        pytest.param("loans.get_loan", 503, {"id": "x"}, id="the default"),
    ],
)
def test_a_refusal_decodes(load: Load, module: str, status: int, arguments: dict[str, Any]) -> None:
    problem = _answer(load, module, status, PROBLEM, **arguments)
    assert (type(problem).__name__, problem.fields[0].why) == ("Problem", "too many")


def test_an_operation_without_a_body_in_its_answer_gives_none(load: Load) -> None:
    assert _answer(load, "items.remove_item", 204, None, number=7) is None


def test_the_key_goes_where_the_document_says(load: Load) -> None:
    seen: list[httpx.Request] = []
    _answer(load, "items.list_items", 200, [], seen=seen, limit=5)
    assert seen[0].headers["X-Library-Card"] == "key"
    assert seen[0].url.params["limit"] == "5"


def _answer(
    load: Load, module: str, status: int, body: Any, *, seen: list[httpx.Request] | None = None, **arguments: Any
) -> Any:
    """What the client makes of one answer."""

    def respond(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return httpx.Response(status) if body is None else httpx.Response(status, json=body)

    client = load("").AuthenticatedClient(
        base_url="https://library.example",
        token="key",
        prefix="",
        auth_header_name="X-Library-Card",
        httpx_args={"transport": httpx.MockTransport(respond)},
    )
    with client:
        return load(f"api.{module}").sync_detailed(client=client, **arguments).parsed
