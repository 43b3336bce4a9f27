"""The client is found by configuration, its functions by what they ask for; what is wrong with a package is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay import claims, client, contract
from assay.claims import Ledger
from assay.client import Client
from assay.errors import UserError
from assay.recording.exchange import Exchange, Reply

Importable = Callable[[Path], None]
Found = Callable[..., dict[str, Any]]
Made = Callable[..., Exchange]

EVERY_KIND = """\
openapi: 3.1.0
info: {title: Every Kind, version: 1.0.0}
paths:
  /a/{text}/{number}/{when}/{id}/{flag}:
    post:
      tags: [x y]
      operationId: everyKind
      parameters:
        - {name: text, in: path, required: true, schema: {type: string, enum: [a, b]}}
        - {name: number, in: path, required: true, schema: {type: integer}}
        - {name: when, in: path, required: true, schema: {type: string, format: date-time}}
        - {name: id, in: path, required: true, schema: {type: string, format: uuid}}
        - {name: flag, in: path, required: true, schema: {type: boolean}}
        - {name: on, in: query, required: true, schema: {type: array, items: {type: string, format: date}}}
        - {name: since, in: query, required: true, schema: {type: string, format: date}}
        - {name: at, in: query, required: true, schema: {type: [string, "null"], format: date}}
        - {name: by, in: query, required: true, schema: {type: object, properties: {a: {type: string}}}}
        - {name: X-Flag, in: header, required: true, schema: {type: boolean}}
        - {name: X-Kind, in: header, required: true, schema: {type: string, enum: [c, d]}}
        - {name: session, in: cookie, required: true, schema: {type: string}}
        - {name: size, in: query, schema: {type: string, enum: [e, f], default: e}}
      requestBody:
        required: true
        content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Part"}}}}
      responses: {"200": {description: OK, content: {text/plain: {schema: {type: string}}}}}
  /form:
    post:
      operationId: sendForm
      requestBody:
        required: true
        content: {application/x-www-form-urlencoded: {schema: {$ref: "#/components/schemas/Part"}}}
      responses: {"204": {description: Done}}
  /file:
    put:
      operationId: putFile
      requestBody: {required: true, content: {application/octet-stream: {schema: {type: string, format: binary}}}}
      responses:
        "200": {description: OK, content: {application/octet-stream: {schema: {type: string, format: binary}}}}
    post:
      operationId: sendFile
      requestBody:
        required: true
        content: {multipart/form-data: {schema: {$ref: "#/components/schemas/Part"}}}
      responses:
        "200":
          description: OK
          content: {application/json: {schema: {type: array, items: {type: string, format: date}}}}
components:
  schemas:
    Part: {type: object, required: [name], properties: {name: {type: string}}}
"""


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory: pytest.TempPathFactory, generated: Callable[..., Client]) -> tuple[Ledger, Client]:
    spec = tmp_path_factory.mktemp("every-kind") / "openapi.yaml"
    spec.write_text(EVERY_KIND)
    ledger = claims.ledger(contract.load(spec))
    return ledger, generated(ledger, "every_kind_as_subject")


class TestFunctions:
    def test_each_operation_has_the_one_that_asks_for_it(self, library: Client) -> None:
        assert {each: found.call.__module__.partition(".api.")[2] for each, found in library.functions.items()} == {
            "listItems": "items.list_items",
            "addItem": "items.add_item",
            "getItem": "items.get_item",
            "removeItem": "items.remove_item",
            "GET /topics": "items.get_topics",
            "borrow": "loans.borrow",
            "getLoan": "loans.get_loan",
        }

    @pytest.mark.parametrize(
        ("operation", "status", "body", "media"),
        [
            ("everyKind", 200, "Grüße".encode(), "text/plain; charset=utf-8"),
            ("everyKind", 200, "Grüße".encode("latin-1"), "text/plain; charset=iso-8859-1"),
            ("sendForm", 204, b"", ""),
            ("putFile", 200, b"\xff\x00", "application/octet-stream"),
            ("sendFile", 200, ["2026-03-01"], "application/json"),
        ],
    )
    def test_arguments_of_every_kind_can_be_stood_in_for(
        self, operation: str, status: int, body: Any, media: str,
        every_kind: tuple[Ledger, Client], found: Found, exchange: Made,
    ) -> None:  # fmt: skip
        ledger, shipped = every_kind
        seen = found(shipped, exchange(status, body, media, operation=operation), of=ledger)
        assert {name: each.reason for name, each in seen.items() if each.verdict == "violated"} == {}
        assert seen[f"{status}/decodes"].exercised == 1

    def test_one_that_is_missing_is_the_clients_fault(
        self, library: Client, library_ledger: Ledger, changed: Callable[..., Client], found: Found, exchange: Made
    ) -> None:
        moved = '"/items/{number}"', '"/things/{number}"'
        lacking = changed("api/items/remove_item.py", *moved, original=library, of=library_ledger)
        seen = found(lacking, exchange(204, b"", "", operation="removeItem"), of=library_ledger)
        expected = "LookupError: it has no function for DELETE /items/{number}"
        assert seen["204/decodes"].failures[0].got == expected


class TestMistakes:
    @pytest.fixture
    def package(self, importable: Importable, tmp_path: Path) -> Path:
        """An empty one, importable."""
        made = tmp_path / f"{tmp_path.name}_as_subject"
        made.mkdir()
        (made / "__init__.py").write_text("")
        importable(made)
        return made

    def test_it_is_not_installed(self, ledger: Ledger) -> None:
        with pytest.raises(UserError, match=r"'no_such_client' is not installed\n  install it beside assay"):
            client.load("no_such_client", ledger.contract)

    @pytest.mark.parametrize("name", ["", ".", "a-b", "..x", "no_such.client"])
    def test_its_name_is_none(self, name: str, ledger: Ledger) -> None:
        with pytest.raises(UserError):
            client.load(name, ledger.contract)

    def test_it_is_no_generated_client(self, package: Path, ledger: Ledger) -> None:
        with pytest.raises(
            UserError, match=r"no client that openapi-python-client wrote: there is no .*_as_subject\.client"
        ):
            client.load(package.name, ledger.contract)

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            ("import no_such_dependency", "ModuleNotFoundError: No module named 'no_such_dependency'"),
            ("1 / 0", "ZeroDivisionError: division by zero"),
            ("def (", "SyntaxError: "),
            ("", "AttributeError: .* has no attribute 'AuthenticatedClient'"),
            ("class AuthenticatedClient: ...", r"TypeError: AuthenticatedClient\(\) takes no arguments"),
        ],
    )
    def test_its_import_fails(self, code: str, message: str, package: Path, ledger: Ledger) -> None:
        (package / "client.py").write_text(code)
        (package / "models.py").write_text("")
        with pytest.raises(UserError, match=f"cannot be used: {message}.*\n  install what it needs"):
            client.load(package.name, ledger.contract)

    def test_it_is_the_client_of_another_document(self, library: Client, ledger: Ledger) -> None:
        with pytest.raises(UserError, match="has no function for any operation of Generation Jobs"):
            client.load(library.package, ledger.contract)

    def test_what_it_warns_of_is_its_own_affair(self, package: Path, ledger: Ledger) -> None:
        """The suite turns warnings into errors: a client must not be accused for that."""
        (package / "client.py").write_text("import warnings\nwarnings.warn('old')\n")
        with pytest.raises(UserError, match="AttributeError"):
            client.load(package.name, ledger.contract)


def test_a_client_that_warns_is_not_accused(changed: Callable[..., Client], found: Found, exchange: Made) -> None:
    decoding = "        d = dict(src_dict)"
    warns = "        import warnings\n        warnings.warn('old')\n"
    seen = found(changed("models/error.py", decoding, warns + decoding), exchange(404, {"error": "x", "message": "y"}))
    assert seen["404/decodes"].verdict == "held"


def test_only_the_replys_own_content_is_played(jobs: Client, found: Found, exchange: Made) -> None:
    """Two answers in a row, of which the second is no repetition of the first."""
    one = exchange(404, {"error": "x", "message": "y"})
    other = exchange(404, reply=Reply(404, (), b'{"error": "z", "message": "y"}'))
    seen = found(jobs, one, other)
    assert (seen["404/round-trip"].exercised, seen["undocumented"].exercised) == (1, 1)
