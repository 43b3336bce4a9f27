"""The rules that are probed → the requests that probe them. Planned here, judged by `refusals`."""

import base64
import random
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from attrs import evolve, frozen

from assay.claims import Ledger
from assay.claims.probes import CREDENTIALS, HOSTILE_VALUES, accepting, hostile_parameter, undocumented_methods
from assay.contract import Operation, Security
from assay.plan.authorisation import SPOILED, carried, spoilable, without
from assay.plan.calls import Call, Encoded
from assay.plan.expressions import Need

HOSTILE_PATHS = {
    "empty": "",
    "dot": "%2E",
    "dots": "%2E%2E",
    "dots up": "%2E%2E%2F%2E%2E",
    "slash": "a%2Fb",
    "backslash": "a%5Cb",
    "NUL": "%00",
    "newline": "a%0D%0Ab",
    "escape": "%1B",
    "over 2 kB": "a" * 2100,
}
"""Path segments, percent-encoded already, that routers and intermediaries stumble over."""


@frozen
class ProbeStep:
    """One request of a probe. `id` is the claim's id, and what was tried after a `#`.

    `needs`: what the call takes values from; `otherwise` is sent where that could not be had.
    """

    id: str
    call: Call
    needs: tuple[Need, ...] = ()
    otherwise: Call | None = None


@frozen
class Wrong:
    """Credentials that are not valid anywhere, so that their echo is found like that of the right ones."""

    token: str
    broken: str

    @classmethod
    def from_seed(cls, seed: int) -> "Wrong":
        letters = random.Random(f"credential/{seed}").choices("abcdefghijkmnpqrstuvwxyz23456789", k=48)  # noqa: S311
        return cls(token="wrong" + "".join(letters[:24]), broken="broken" + "".join(letters[24:]))

    @property
    def secrets(self) -> dict[str, str]:
        return {"probe.wrong": self.token, "probe.malformed": self.broken}


MOST_RESOURCES = 5
"""Resources that are asked for without a credential: whether one is open to all may depend on its state."""


def probe_steps(
    ledger: Ledger, operation: Operation, good: Sequence[Call], unknown: Call | None, seed: int
) -> Iterator[ProbeStep]:
    """`good`: requests that are fine as a rule, at least one; `unknown`: one for a resource that does not exist, if
    any.
    """
    if operation.protected:
        yield from _security(ledger, operation, good, Wrong.from_seed(seed))
    yield from _hygiene(ledger, operation, good[0], unknown)


def _security(ledger: Ledger, operation: Operation, good: Sequence[Call], wrong: Wrong) -> Iterator[ProbeStep]:
    scheme = next(scheme for alternative in operation.security for scheme in alternative)
    claims = {variant: _id(ledger, operation, "security", variant) for variant in CREDENTIALS}
    for variant, claim in claims.items():
        yield ProbeStep(claim, _with(good[0], *_credential(variant, scheme, wrong)))
    if scheme.kind == "bearer":
        yield ProbeStep(f"{claims['malformed']}#empty", _with(good[0], {"Authorization": "Bearer"}, {}))
    for number, call in enumerate(good[1:MOST_RESOURCES], start=2):
        yield ProbeStep(f"{claims['missing']}#resource {number}", _with(call, {}, {}))
    if spoilable(operation, good[0].credential) and not carried(operation, good[0].headers, good[0].query):
        # what is nearly the right one tells whether all of it is looked at
        for how in SPOILED:
            yield ProbeStep(f"{claims['wrong']}#{how}", evolve(good[0], spoiled=how))


def _with(good: Call, headers: dict[str, str], query: dict[str, str]) -> Call:
    """The request with nothing but these for a credential."""
    other_headers, other_query = without(good.operation, good.headers, good.query)
    return evolve(good, credential=None, headers=other_headers | headers, query=other_query | query)


def _hygiene(ledger: Ledger, operation: Operation, good: Call, unknown: Call | None) -> Iterator[ProbeStep]:
    parameter = hostile_parameter(operation)
    if parameter is None:
        return
    if unknown is not None:
        for method in undocumented_methods(ledger.contract, operation):
            claim = _id(ledger, operation, "hygiene", "method", method)
            yield ProbeStep(claim, evolve(unknown, method=method, body=None))
    hostile: dict[str, dict[str, str]] = {
        "hostile-path": {label: Encoded(text) for label, text in HOSTILE_PATHS.items()},
        "hostile-value": HOSTILE_VALUES,
    }
    accepts = accepting(ledger.contract, parameter.schema) or (lambda _: False)
    for name, values in hostile.items():
        claim = _id(ledger, operation, "hygiene", name)
        # what the schema allows may be refused or not, so it shows nothing where a refusal is due
        strict = ledger.rules[claim] in ("hostile-path", "hostile-value")
        for label, value in values.items():
            plain = unquote(str(value)) if isinstance(value, Encoded) else value
            if not (strict and accepts(plain)):
                yield ProbeStep(f"{claim}#{label}", evolve(good, path={**good.path, parameter.name: value}))


def _id(ledger: Ledger, operation: Operation, *name: str) -> str:
    return ledger.operations[operation.id].probes[name].id


def _credential(variant: str, scheme: Security, wrong: Wrong) -> tuple[dict[str, str], dict[str, str]]:
    """Headers and query parameters of a credential that has to be refused."""
    if variant == "missing":
        return {}, {}
    if variant == "other-scheme":
        pair = base64.b64encode(f"assay:{wrong.token}".encode()).decode()
        return {"Authorization": f"Bearer {wrong.token}" if scheme.kind == "basic" else f"Basic {pair}"}, {}
    secret = wrong.token if variant == "wrong" else f"{wrong.broken} {wrong.broken}"
    if scheme.kind == "basic":
        pair = base64.b64encode(f"assay:{wrong.token}".encode()).decode()
        return {"Authorization": f"Basic {pair}" if variant == "wrong" else f"Basic {wrong.broken}!"}, {}
    if scheme.kind == "apiKey" and scheme.place == "query":
        return {}, {scheme.parameter: secret}
    if scheme.kind == "apiKey" and scheme.place == "cookie":
        return {"Cookie": f"{scheme.parameter}={secret.replace(' ', '')}"}, {}
    return {scheme.parameter if scheme.kind == "apiKey" else "Authorization": _header(scheme, secret)}, {}


def _header(scheme: Security, secret: str) -> str:
    return secret if scheme.kind == "apiKey" else f"Bearer {secret}"
