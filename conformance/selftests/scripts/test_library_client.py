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

LOAN = {"id": "4be2f1a6-0a3c-4c58-9d0e-6f1f0f6f7c11", "item": 7, "state": "lent"}

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
    items = _answer(load, 200, [BOOK, FILM]).items.list_items()
    assert [type(item).__name__ for item in items] == ["Book", "Film"]
    assert (items[0].shelf, items[0].pages, items[1].languages["de"]) == (None, 474, "Titel")
    assert [item.to_dict() for item in items] == [BOOK, FILM]


def test_a_tree_decodes_at_every_depth(load: Load) -> None:
    topic = _answer(load, 200, {"name": "all", "parts": [{"name": "art", "parts": []}]}).items.get_topics()
    assert [type(topic).__name__, type(topic.parts[0]).__name__, topic.parts[0].name] == ["Topic", "Topic", "art"]


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        (
            {"name": "all", "parts": [{"name": "art", "parts": [{"name": 3}]}]},
            "/parts/0/parts/0/name",
            "3 is not of type",
        ),
        ({"name": "all", "parts": [{}]}, "/parts/0/name", "it is missing"),
        ({"name": "all", "parts": {}}, "/parts", "{} is not of type array"),
    ],
)
def test_a_wrong_field_is_named_however_deep(load: Load, body: Any, field: str, reason: str) -> None:
    with pytest.raises(load("errors").DecodingError, match=reason) as caught:
        _answer(load, 200, body).items.get_topics()
    assert caught.value.field == field


def test_of_alternatives_the_one_that_fits_best_tells_what_is_wrong(load: Load) -> None:
    with pytest.raises(load("errors").DecodingError) as caught:
        _answer(load, 200, [BOOK, FILM | {"languages": {"de": 3}}]).items.list_items()
    assert caught.value.field == "/1/languages/de"


@pytest.mark.parametrize(
    ("call", "status", "name"),
    [
        pytest.param(lambda api: api.items.list_items(), 418, "OtherClientError", id="a range"),
        pytest.param(lambda api: api.items.list_items(), 404, "NotFoundError", id="a status known from elsewhere"),
        pytest.param(lambda api: api.items.remove_item(7), 409, "ConflictError", id="beside one without a body"),
        pytest.param(lambda api: api.loans.get_loan(LOAN["id"]), 503, "OtherStatusError", id="the default"),
        pytest.param(lambda api: api.items.list_items(), 503, "UndocumentedStatusError", id="outside the range"),
    ],
)
def test_a_refusal_is_raised(load: Load, call: Callable[[Any], Any], status: int, name: str) -> None:
    with pytest.raises(getattr(load("errors"), name)) as caught:
        call(_answer(load, status, PROBLEM))
    assert (caught.value.status, caught.value.response.json()) == (status, PROBLEM)
    if name != "UndocumentedStatusError":
        assert caught.value.body.fields[0].why == "too many"


def test_an_operation_without_a_body_in_its_answer_gives_none(load: Load) -> None:
    assert _answer(load, 204, None).items.remove_item(7, x_reason=load("models").RemoveItemXReason.LOST) is None


def test_a_body_is_sent(load: Load) -> None:
    seen: list[httpx.Request] = []
    item = load("models").NewItem(title="Emma", kind=load("models").Kind.BOOK)
    _answer(load, 201, BOOK, seen).items.add_item(body=item)
    assert (seen[0].method, seen[0].read()) == ("POST", b'{"title":"Emma","kind":"book"}')


def test_what_is_not_idempotent_is_not_repeated(load: Load) -> None:
    seen: list[httpx.Request] = []
    item = load("models").NewItem(title="Emma", kind=load("models").Kind.BOOK)
    with pytest.raises(load("errors").OtherStatusError):
        _answer(load, 503, PROBLEM, seen).items.add_item(body=item)
    assert len(seen) == 1


def test_the_key_goes_where_the_document_says_and_only_where_it_is_asked_for(load: Load) -> None:
    seen: list[httpx.Request] = []
    _answer(load, 200, [], seen).items.list_items(limit=5, topic=["art", "law"])
    _answer(load, 200, {"name": "all"}, seen).items.get_topics()
    assert seen[0].headers["X-Library-Card"] == "key"
    assert str(seen[0].url) == "https://library.example/api/items?limit=5&topic=art&topic=law"
    assert "X-Library-Card" not in seen[1].headers


def test_without_a_key_what_needs_none_can_be_called(load: Load) -> None:
    api = load("").Client(http_client=_http(200, {"name": "all"}))
    assert api.items.get_topics().name == "all"
    with pytest.raises(load("errors").MissingCredentialError, match="give api_key or set TOWN_LIBRARY_API_KEY"):
        api.items.list_items()


@pytest.mark.parametrize("number", ["", ".", ".."])
def test_what_would_lead_to_another_path_is_not_sent(load: Load, number: Any) -> None:
    with pytest.raises(load("errors").InvalidArgumentError, match="number goes into the path"):
        _answer(load, 200, BOOK).items.get_item(number)


def test_a_resource_with_a_course_has_a_waiter(load: Load) -> None:
    seen: list[Any] = []
    api = _answer(load, 200, LOAN | {"state": "returned"})
    assert api.loans.wait_for_loan(LOAN["id"], on_progress=seen.append).state == "returned"
    assert [loan.state for loan in seen] == ["returned"]
    assert not hasattr(api.loans, "wait_for_borrow")


def test_the_functions_of_the_modules_stand_on_their_own(load: Load) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(409, json=PROBLEM))
    with load("").AuthenticatedClient(token="key", httpx_args={"transport": transport}) as client:
        response = load("api.items.remove_item").sync_detailed(7, client=client)
    assert (response.status_code, response.parsed.title) == (409, "No")


def _answer(load: Load, status: int, body: Any, seen: list[httpx.Request] | None = None) -> Any:
    """A client whose server always answers so."""
    return load("").Client("key", http_client=_http(status, body, seen))


def _http(status: int, body: Any, seen: list[httpx.Request] | None = None) -> httpx.Client:
    def respond(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return httpx.Response(status) if body is None else httpx.Response(status, json=body)

    return httpx.Client(transport=httpx.MockTransport(respond))
