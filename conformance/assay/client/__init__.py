"""A package's name + contract → the generated client: the function of each operation, and the types that it promises.

What it looks for is what openapi-python-client writes for any document: `<package>.api.<tag>.<operation>` with
`_get_kwargs` and `sync_detailed`, `<package>.models`, `<package>.client.AuthenticatedClient`. An operation's function
is known by the request that it makes, not by its name. Not a use of the client, nor a judgement of it: that is
`subject`'s.
"""

import functools
import importlib
import inspect
import pkgutil
import re
import types
import typing
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import attrs
from attrs import field, frozen

from assay import pointer
from assay.contract import Contract
from assay.errors import UserError

_NOWHERE = {"base_url": "https://recording.invalid", "token": "-"}
"""What a client is made with that never sends anything."""

_ALIKE = re.compile(r"[\W_]")
"""What two spellings of one name may differ by, beside upper and lower case."""


class _StandIn(str):
    """Passes for any argument of a generated function: a request that a recording answers need not be right."""

    __slots__ = ()

    @property
    def value(self) -> str:
        return str(self)

    payload = value

    def isoformat(self) -> str:
        return str(self)

    def to_dict(self) -> dict[str, Any]:
        return {}

    def to_multipart(self) -> list[Any]:
        return []

    def __iter__(self) -> Iterator[Any]:
        return iter(())


_STAND_IN = _StandIn("stand-in")


@frozen
class Function:
    """How an operation is called: the function, an argument for each parameter that needs one, the type it gives."""

    call: Callable[..., Any]
    arguments: dict[str, Any]
    promised: Any


@frozen
class Client:
    """`functions`: by operation id, without those that the client lacks. `hints`: model → the types of its fields."""

    package: str
    make: Callable[..., Any] = field(repr=False)
    functions: dict[str, Function] = field(repr=False)
    hints: dict[type, dict[str, Any]] = field(repr=False)
    _classes: dict[str, type] = field(repr=False)
    """The classes of its models, by name as far as all spellings of it agree."""

    def is_own(self, error: Exception) -> bool:
        """Whether the class of an exception is one of the package's."""
        return f"{type(error).__module__}.".startswith(f"{self.package}.")

    def is_model(self, value: Any) -> bool:
        return type(value) in self.hints

    def documented(self, contract: Contract, schema: str) -> type | None:
        """The class of the component that a schema refers to; None where the client has no class of that name."""
        raw = pointer.at(contract.data, schema) if schema else {}
        reference = raw.get("$ref") if isinstance(raw, dict) else None
        return self._classes.get(_alike(pointer.split(pointer.of_reference(reference))[-1])) if reference else None

    def misfit(self, value: Any, hint: Any, at: str = "it") -> str:
        """The first part of a decoded value that is not of the type that the client says; empty if there is none."""
        waiting = [(value, hint, at)]
        while waiting:
            part, kind, here = waiting.pop()
            kinds = typing.get_args(kind) if typing.get_origin(kind) in (typing.Union, types.UnionType) else (kind,)
            fitting = [each for each in kinds if _is_of(part, each)]
            if len(fitting) == 1:
                waiting += reversed(list(self._parts(part, typing.get_args(fitting[0]), here)))
                continue
            faults = [self.misfit(part, each, here) for each in fitting]
            if all(faults):
                return faults[0] if faults else _is_not(part, kind, here)
        return ""

    def _parts(self, value: Any, arguments: tuple[Any, ...], at: str) -> Iterator[tuple[Any, Any, str]]:
        """What a decoded value is made of: (value, its type, where it is)."""
        if isinstance(value, list) and arguments:
            yield from ((item, arguments[0], f"{at}[{index}]") for index, item in enumerate(value))
        elif isinstance(value, dict) and arguments:
            yield from ((member, arguments[1], f"{at}[{name!r}]") for name, member in value.items())
        elif type(value) in self.hints:
            yield from ((getattr(value, name), hint, f"{at}.{name}") for name, hint in self.hints[type(value)].items())


def load(package: str, contract: Contract) -> Client:
    """Import all of it. Raises UserError: it is not installed, does not import, or is the client of something else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            client = _loaded(package, contract)
        except Exception as error:  # its code may raise anything
            raise _unusable(package, error) from error
    if not client.functions:
        raise UserError(
            f"the client {package!r} has no function for any operation of {contract.title}",
            where=contract.source.shown,
            todo="give the package that was generated from this document",
        )
    return client


def _loaded(package: str, contract: Contract) -> Client:
    make = functools.partial(importlib.import_module(f"{package}.client").AuthenticatedClient, **_NOWHERE)
    make()
    models = vars(importlib.import_module(f"{package}.models"))
    classes = {name: each for name, each in models.items() if isinstance(each, type)}
    by_request = {_request(module): module.sync_detailed for module in _modules(package)}
    functions = {}
    for operation in contract.operations:
        found = by_request.get((operation.method, re.sub(r"\{[^}]*\}", _STAND_IN, operation.path)))
        if found is not None:
            given = typing.get_args(typing.get_type_hints(found)["return"])
            functions[operation.id] = Function(found, _stand_ins(found), next(iter(given), Any))
    hints = {each: typing.get_type_hints(each, localns=classes) for each in classes.values() if attrs.has(each)}
    return Client(package, make, functions, hints, {_alike(name): each for name, each in classes.items()})


def _stand_ins(function: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters.values()
    return {each.name: _STAND_IN for each in parameters if each.default is each.empty and each.name != "client"}


def _modules(package: str) -> Iterator[Any]:
    api = importlib.import_module(f"{package}.api")
    for found in pkgutil.walk_packages(api.__path__, f"{package}.api."):
        module = importlib.import_module(found.name)
        if hasattr(module, "_get_kwargs") and hasattr(module, "sync_detailed"):
            yield module


def _request(module: Any) -> tuple[str, str]:
    """Method and URL of the request that an operation's module makes, with stand-ins for its parameters."""
    make = vars(module)["_get_kwargs"]
    made = make(**_stand_ins(make))
    return made["method"].upper(), made["url"]


def _unusable(package: str, error: Exception) -> UserError:
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    missing = f"{name}." if name else ""
    if missing and f"{package}.".startswith(missing):
        return UserError(
            f"the client {package!r} is not installed",
            todo="install it beside assay; without --client and `client` in [tool.assay] nothing is said of a client",
        )
    if missing.startswith(f"{package}."):
        return UserError(
            f"{package!r} is no client that openapi-python-client wrote: there is no {name}",
            todo="give the package that it wrote from the document",
        )
    return UserError(
        f"the client {package!r} cannot be used: {type(error).__name__}: {error}",
        todo="install what it needs, or generate it again",
    )


def _is_of(value: Any, hint: Any) -> bool:
    """By the outermost type, as type checkers see it: an integer is a float too (PEP 484), a boolean neither."""
    kind = typing.get_origin(hint) or hint
    if kind is typing.Literal:
        return value in typing.get_args(hint)
    if kind in (int, float) and isinstance(value, bool):
        return False
    return kind is Any or not isinstance(kind, type) or isinstance(value, (int, float) if kind is float else kind)


def _is_not(value: Any, hint: Any, at: str) -> str:
    said = hint.__qualname__ if isinstance(hint, type) else re.sub(r"\b(?:\w+\.)+(?=\w)", "", str(hint))
    return f"{at} is {type(value).__qualname__}, not {said}"


def _alike(name: str) -> str:
    return _ALIKE.sub("", name).lower()
