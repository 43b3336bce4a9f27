"""Generated package → the operations and statuses that its code handles, held against those of the contract.

The generator drops what it cannot parse, and lets two operations with one name overwrite each other, so what counts
is the code that it wrote: it is read, never run. What the functions do with a response is not looked at here.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from assay.contract import Contract, Operation
from assay.errors import UserError


@frozen
class Endpoint:
    """The module of one operation. `path` has its parameters' names taken out: they may be spelled otherwise.

    `statuses` are as a document writes them: 404, 4XX, default. `arguments` are those that a call needs.
    """

    module: str
    method: str
    path: str
    statuses: frozenset[str]
    arguments: tuple[str, ...]


def find(package: Path) -> list[Endpoint]:
    """Every endpoint in the package's `api`, by module name."""
    files = sorted((package / "api").glob("*/*.py"))
    return [_endpoint(package, file) for file in files if file.name != "__init__.py"]


def matched(contract: Contract, found: list[Endpoint]) -> list[tuple[Operation, Endpoint]]:
    """Each operation of the contract with its endpoint.

    Raises UserError naming every documented operation and response that the client lacks.
    """
    pairs = _pairs(contract, found)
    lost = lacking(contract, found)
    if lost:
        raise UserError(
            "the generated client lacks, without the generator having said so:\n"
            + "\n".join(f"    {each}" for each in lost),
            where=contract.source.shown,
            todo="give each operation an operationId of its own, or say these in another way",
        )
    return pairs


def lacking(contract: Contract, found: list[Endpoint]) -> list[str]:
    """Every documented operation and response that the client lacks: `GET /pets`, `GET /pets, response 404`."""
    by_id = {operation.id: endpoint for operation, endpoint in _pairs(contract, found)}
    lost = []
    for operation in contract.operations:
        request, endpoint = f"{operation.method} {operation.path}", by_id.get(operation.id)
        documented = [response.status for response in operation.responses]
        if endpoint is None:
            lost.append(request)
        else:
            lost += [f"{request}, response {status}" for status in documented if status not in endpoint.statuses]
    return lost


def _pairs(contract: Contract, found: list[Endpoint]) -> list[tuple[Operation, Endpoint]]:
    by_request = {(endpoint.method, endpoint.path): endpoint for endpoint in found}
    requests = ((operation, (operation.method, _nameless(operation.path))) for operation in contract.operations)
    return [(operation, by_request[request]) for operation, request in requests if request in by_request]


def _nameless(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def _endpoint(package: Path, file: Path) -> Endpoint:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    request = _request(functions["_get_kwargs"])
    return Endpoint(
        module=".".join(file.relative_to(package.parent).with_suffix("").parts),
        method=request["method"].upper(),
        path=_nameless(request["url"]),
        statuses=frozenset(_statuses(functions["_parse_response"])),
        arguments=tuple(_needed(functions["sync_detailed"].args)),
    )


def _request(function: ast.FunctionDef) -> dict[str, str]:
    """Method and URL, out of `{"method": "get", "url": "/jobs/{id}".format(…)}`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            found = {key.value: _text(value) for key, value in pairs if isinstance(key, ast.Constant)}
            if {"method", "url"} <= found.keys():
                return {str(key): text for key, text in found.items()}
    raise ValueError(f"{function.name} makes no request")


def _text(value: ast.expr) -> str:
    """The outermost literal in an expression."""
    return next((str(each.value) for each in ast.walk(value) if isinstance(each, ast.Constant)), "")


def _statuses(function: ast.FunctionDef) -> Iterator[str]:
    """Out of `status_code == 404` and `400 <= status_code <= 499`; without the last resort there is a default."""
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and "status_code" in ast.dump(node):
            numbers = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
            yield str(numbers[0]) if len(numbers) == 1 else f"{str(numbers[0])[0]}XX"
    if "UnexpectedStatus" not in ast.dump(function):
        yield "default"


def _needed(arguments: ast.arguments) -> Iterator[str]:
    positional = arguments.posonlyargs + arguments.args
    yield from (each.arg for each in positional[: len(positional) - len(arguments.defaults)])
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is None and each.arg != "client":
            yield each.arg
