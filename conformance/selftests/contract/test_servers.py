"""Where an operation's requests go when its document names several servers."""

from typing import Any

import pytest

from assay.contract.servers import Server, server

DOCUMENT: dict[str, Any] = {"servers": [{"url": "https://api.example.com/v1"}, {"url": "https://other.example.com"}]}


def of(*owners: list[str], **document: Any) -> Server:
    return server(document or DOCUMENT, *({"servers": [{"url": url} for url in each]} for each in owners))


def test_without_servers_of_its_own_it_is_where_all_are() -> None:
    assert of([], []).base("http://localhost:8000/x") == "http://localhost:8000/x"


@pytest.mark.parametrize(
    ("base", "own", "expected"),
    [
        ("http://localhost/v1", "https://api.example.com/v2", "http://localhost/v2"),
        ("http://localhost/staging/v1", "https://api.example.com/v2/", "http://localhost/staging/v2"),
        ("http://localhost", "https://api.example.com/v2", "http://localhost"),
        ("http://localhost/v1", "https://api.example.com/v1", "http://localhost/v1"),
    ],
)
def test_another_path_of_the_same_host_stands_in_for_the_documents(base: str, own: str, expected: str) -> None:
    found = of([own])
    assert (found.base(base), found.elsewhere) == (expected, "")


def test_the_operations_own_comes_before_its_paths() -> None:
    assert of(["https://api.example.com/a"], ["https://api.example.com/b"]).path == "/a"
    assert of([], ["https://api.example.com/b"]).path == "/b"


def test_a_relative_server_is_below_the_same_host_where_the_document_names_none() -> None:
    assert of(["/files"], servers=[]).base("http://localhost") == "http://localhost/files"


def test_another_host_is_elsewhere_with_its_variables_filled() -> None:
    declared = {"url": "https://{region}.example.com/v1", "variables": {"region": {"default": "eu"}}}
    assert server(DOCUMENT, {"servers": [declared]}).elsewhere == "https://eu.example.com/v1"
