"""An operation → the requests of its exploration.

Schemathesis makes valid and invalid ones (first its coverage phase, then fuzzing, driven by Hypothesis); resources that
are known to exist are read again and again, and lent to generated requests, so that faults that come now and then are
met. Not what is done with them: that is `explore`'s, which imports this in a thread, as it takes a while.

Left out are requests that say nothing about the operation: other methods, hostile paths (`probing` sends those), a
Content-Type that the document does not know, and whatever HTTP cannot carry.
"""

import functools
import json
import random
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote, unquote, urlencode

from attrs import evolve
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis.errors import HypothesisException
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.errors import SchemathesisError

from assay import pointer
from assay.contract import Contract, Operation, resolve
from assay.contract.media_types import is_json
from assay.plan import drawing
from assay.plan.calls import Call, Encoded, wire
from assay.recording.exchange import Request
from assay.run.shrinking import sendable

_LARGE = (2**31, 2**63)
"""The first integers that 32 and 64 bits with a sign cannot hold."""
_UUIDS = ("00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF")
"""The one of zeros, and one in capitals, which mean the same as small letters (RFC 9562, 4 and 5.9)."""

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?")
"""What HTTP carries as a header's name and value (RFC 9110, 5.6.2 and 5.5), ASCII only."""
_NOT_OURS = frozenset({
    "accept-encoding", "authorization", "connection", "content-length", "content-type", "cookie", "expect", "host",
    "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers that carry the credential or frame the message. A generated value would break another layer's work."""

_ONE_AT_A_TIME = threading.Lock()
"""Strategies that are built in several threads at once fail in CPython's parser, and are slower in any case."""


def generate(
    contract: Contract, operation: Operation, known: Sequence[Call], base: Call, *, seed: int, examples: int,
    drawn: Callable[[], None] = lambda: None,
) -> list[Call]:  # fmt: skip
    """The requests of an exploration: at most `examples`. The same arguments give the same requests.

    Where resources are known, half of them and whatever else is left read these as they are (not where that would
    change them), and of the generated ones every fourth takes the path of one. Generated requests have the credential
    of `base`, or of the resource that they take the path of. `drawn` is called for each case; what it
    raises ends this.
    """
    reads = examples // 2 if known and operation.safe else 0
    lent = known if operation.method != "DELETE" else ()
    with _ONE_AT_A_TIME:
        drawn()
        made = _generated(contract, operation, base, lent, seed, examples - reads, drawn)
        generated = list(islice(made, examples - reads))
    again = list(islice(cycle(known), examples - len(generated))) if reads else []
    return _interleaved(generated, again)


def _generated(
    contract: Contract, operation: Operation, base: Call, known: Sequence[Call], seed: int, most: int,
    drawn: Callable[[], None],
) -> Iterator[Call]:  # fmt: skip
    """Distinct requests; every fourth takes the path of a known resource, where there is more to it than the path."""
    more = operation.body is not None or any(each.place != "path" for each in operation.parameters)
    lenders = cycle(known if more else ())
    seen: set[Request] = set()
    rare = list(islice(_rare(contract, operation, known[0] if known else base), most))
    seen.update(wire(each, "") for each in rare)
    yield from rare
    for case in _cases(contract, operation, seed, most - len(rare), drawn):
        call = _call(operation, case, base)
        if call is not None and len(seen) % 4 == 3 and (lender := next(lenders, None)) is not None:
            call = evolve(call, path=lender.path, credential=lender.credential)
        if call is not None and sendable(call) and (request := wire(call, "")) not in seen:
            seen.add(request)
            yield call


def _rare(contract: Contract, operation: Operation, base: Call) -> Iterator[Call]:
    """An ordinary request with a value of its path or query that is as good as others, and that servers forget most.

    Integers too large for those of a database, and UUIDs that are not written as usual: drawn ones are such now and
    then only, or never.
    """
    for parameter in operation.parameters:
        for value in _forgotten(contract, parameter.schema):
            if parameter.place == "path":
                yield evolve(base, path={**base.path, parameter.name: value})
            elif parameter.place == "query":
                yield evolve(base, query={**base.query, parameter.name: value})


def _forgotten(contract: Contract, schema: Any) -> tuple[int, ...] | tuple[str, ...]:
    """By the types and the format of the schema, alone or beside null and other types."""
    if isinstance(schema, dict) and "$ref" in schema:
        schema = resolve(contract.data, pointer.of_reference(schema["$ref"]))[1]
    if not isinstance(schema, dict) or "enum" in schema:
        return ()
    every = [each for each in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())) if isinstance(each, dict)]
    kinds: list[Any] = []
    for each in every:
        kind = each.get("type")
        kinds += kind if isinstance(kind, list) else [kind]
    if "integer" in kinds:
        return _LARGE
    return _UUIDS if any(each.get("format") == "uuid" for each in every) else ()


def _cases(contract: Contract, operation: Operation, seed: int, most: int, drawn: Callable[[], None]) -> Iterator[Any]:
    """Schemathesis' cases: coverage for at most half, then fuzzing, two valid ones for each invalid one.

    Coverage is mostly of invalid values, and a fuzzed invalid case takes five times as long as a valid one.
    """
    schema = _read(contract)
    described = schema[operation.path][operation.method]
    covering = _covering(schema, described, operation.method, drawn)
    half = (most + 1) // 2
    if len(covering) > half:
        chosen = random.Random(f"{seed}/{operation.id}").sample(range(len(covering)), half)  # noqa: S311
        covering = [covering[index] for index in sorted(chosen)]
    yield from covering
    left = most - len(covering)
    # where coverage, which tries each keyword, found nothing that is invalid, a search for it would be long and vain
    invalid = left // 3 if any(case.meta.generation.mode is GenerationMode.NEGATIVE for case in covering) else 0
    yield from _fuzzed(described.as_strategy(generation_mode=GenerationMode.POSITIVE), seed, left - invalid, drawn)
    yield from _fuzzed(described.as_strategy(generation_mode=GenerationMode.NEGATIVE), seed, invalid, drawn)


@functools.lru_cache(maxsize=1)
def _read(contract: Contract) -> Any:
    """The document as Schemathesis reads it: once, since that takes longer than the requests of an operation."""
    schema = drawing.read(contract)
    # the credential is ours: cases that Schemathesis gives one lose it in every third case
    schema.config.generation.update(with_security_parameters=False)
    return schema


def _covering(schema: Any, described: Any, method: str, drawn: Callable[[], None]) -> list[Any]:
    """The coverage phase's cases of this method, without those that are about Content-Type only."""
    generation = schema.config.generation_for(operation=described, phase="coverage")
    cases = schema.iter_coverage_cases(described, generation_modes=list(GenerationMode), generation_config=generation)
    try:
        found = []
        for each in cases:
            drawn()
            if each.method.upper() == method and "Content-Type" not in each.headers:
                found.append(each)
    except (SchemathesisError, HypothesisException):
        return []
    return found


def _fuzzed(strategy: Any, seed: int, most: int, drawn: Callable[[], None]) -> list[Any]:
    """What one run of Hypothesis draws. Nothing where the schema allows nothing of the kind."""
    found: list[Any] = []
    if not most:
        return found

    @hypothesis_seed(seed)
    @settings(
        max_examples=most, database=None, phases=[Phase.generate], deadline=None, verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def draw(case: Any) -> None:
        drawn()
        found.append(case)

    try:
        draw()
    except (SchemathesisError, HypothesisException):
        return found
    return found


def _call(operation: Operation, case: Any, base: Call) -> Call | None:
    """A case as our request, with the credential of `base` and no other; None where its body cannot be sent."""
    own = {scheme.parameter.lower() for alternative in operation.security for scheme in alternative}
    body, headers = None, _headers(case, own)
    if case.body is not NOT_SET and case.media_type:
        headers["Content-Type"], body = case.media_type, _body(case)
        if body is None:
            return None
    # Schemathesis percent-encodes the path, and so does `wire`
    written = {name for (place, name), style in operation.styles.items() if place == "path" and style.style != "simple"}
    path = {
        name: value if not isinstance(value, str) else Encoded(value) if name in written else unquote(value)
        for name, value in case.path_parameters.items()
    }
    query = {
        name: json.dumps(value) if isinstance(value, dict) else value
        for name, value in case.query.items()
        if value is not None and name.lower() not in own
    }
    return Call(operation, path, query, headers, body, base.credential)


def _headers(case: Any, own: set[str]) -> dict[str, str]:
    """A case's headers and cookies, without what HTTP cannot carry and without the credential's (`own`)."""
    headers = {
        name: value.strip()
        for name, value in case.headers.items()
        if isinstance(value, str) and name.lower() not in _NOT_OURS | own
    }
    headers = {name: value for name, value in headers.items() if _TOKEN.fullmatch(name) and _VALUE.fullmatch(value)}
    cookies = (
        f"{name}={quote(str(value))}"
        for name, value in case.cookies.items()
        if _TOKEN.fullmatch(name) and name.lower() not in own
    )
    return headers | ({"Cookie": joined} if (joined := "; ".join(cookies)) else {})


def _body(case: Any) -> Any:
    """A value that goes out as JSON, or bytes. None where it is not made: a multipart body's boundary is random."""
    media_type = case.media_type.partition(";")[0].strip().lower()
    if isinstance(case.body, bytes):
        return case.body
    if is_json(media_type):
        return b"null" if case.body is None else case.body
    if media_type.startswith("multipart/"):
        return None
    try:
        data = case.as_transport_kwargs("http://unused").get("data")
    except SchemathesisError:
        return None
    if isinstance(data, dict):
        return urlencode(data, doseq=True).encode()
    return data.encode() if isinstance(data, str) else data


def _interleaved(some: Sequence[Call], others: Sequence[Call]) -> list[Call]:
    """Both, each in its order and evenly spread, so that what is in flight together is mixed."""
    placed = [((index + 0.5) / len(part), each) for part in (some, others) for index, each in enumerate(part)]
    return [call for _, call in sorted(placed, key=lambda pair: pair[0])]
