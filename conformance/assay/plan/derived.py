"""An operation → the requests that follow from its document: its ordinary one, and those that a status follows from.

Values are the state's, or the document's own, or made up; the credential is the target's. Which request brings about
which response is `plan`'s part.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from attrs import evolve

from assay.contract import Operation, Parameter, Response
from assay.contract.styles import usual
from assay.errors import UserError
from assay.plan.authorisation import unserved
from assay.plan.calls import Call
from assay.plan.links import Link
from assay.plan.samples import Samples
from assay.target import State, Target

_MALFORMED_BODY = b'{"'


class Requests:
    """The requests that one document and one target lead to."""

    def __init__(self, target: Target, samples: Samples) -> None:
        self._target = target
        self._samples = samples

    def ordinary(self, operation: Operation) -> Call:
        """What the operation needs, with values that are known or made up, and the default credential.

        Where its schemas allow no value at all, an empty one: what a refusal follows from needs no valid request.
        """
        return self._with(operation, {}, {}, {}, None, "", valid=False)

    def of_state(self, operation: Operation, state: State) -> Call:
        """The ordinary one, with the state's values over it."""
        return self._with(operation, state.path, state.query, state.headers, state.body, state.credentials)

    def linked(self, operation: Operation, link: Link) -> Call:
        """The ordinary one, with the values of a link over it."""
        return self._with(operation, link.path, link.query, link.headers, link.body, "")

    def unknown(self, operation: Operation) -> frozenset[tuple[str, str]]:
        """Place and name of each parameter that the operation needs and the document knows no value of.

        Of one with few values each is worth a read.
        """
        needed = (each for each in operation.parameters if _needed(each) and self._samples.known(each) is None)
        return frozenset((each.place, each.name) for each in needed if not (operation.safe and self._samples.few(each)))

    def wrong_body(self, operation: Operation, response: Response) -> Any:
        """A body that is due a 400 or 422; None where none is. A 422 beside a 400 is for JSON that lacks something."""
        if operation.body is None:
            return None
        beside = response.status == "422" and any(each.status == "400" for each in operation.responses)
        return self._samples.lacking(operation) if beside else _MALFORMED_BODY

    def lacks(self, operation: Operation, state: State) -> str | None:
        """What is to be filled in, or the required parameter that neither state nor document give a value for."""
        if state.todo:
            return f"the state is to be filled in: {state.todo}"
        if state.setup is not None or state.status[0] != "2":
            return None
        for parameter in operation.parameters:
            if _needed(parameter) and not _gives(state, parameter) and self._samples.known(parameter) is None:
                return f"the state gives no {parameter.place} value for {parameter.name!r}"
        return None

    def unserved(self, operation: Operation) -> str:
        """Why the default credential is none for the operation; empty where it is, or none is needed."""
        return unserved(operation, self._target.credentials.get("default"))

    def derived(self, operation: Operation, response: Response, *, beside: bool) -> Call | None:
        """The request from which this status follows; None where none does. `beside`: declared states exist too."""
        documented = {each.status for each in operation.responses}
        match response.status:
            case "401" if operation.protected:
                return evolve(self.ordinary(operation), credential=None)
            case "404" if not (operation.method == "PUT" and "201" in documented):  # it makes what there is not
                return self.of_nothing(operation)
            case "400":
                return self.malformed(operation)
            case "422" if "400" not in documented and not beside:
                return self.malformed(operation)
            # where it takes a body, one that is valid would be made or changed after all if the path does not matter
            case "4XX" | "default" if not beside and "404" not in documented and not operation.body:
                return self.of_nothing(operation)
            case status if status[0] == "2" and operation.safe and not beside:
                needed = [each for each in operation.parameters if each.required]
                known = all(self._samples.known(each) is not None for each in needed)
                first = next(each for each in operation.responses if each.status[0] == "2")
                fits = known and first is response and not self.unserved(operation)
                return self.ordinary(operation) if fits else None
        return None

    def of_nothing(self, operation: Operation) -> Call | None:
        """The ordinary one, for what there is not; None where each value of its path may well name something."""
        path = [each for each in operation.parameters if each.place == "path"]
        unknown = {each.name: self._samples.nothing(operation, each) for each in path}
        unknown = {name: value for name, value in unknown.items() if value is not None}
        if not unknown:
            return None
        call = self.ordinary(operation)
        return evolve(call, path={**call.path, **unknown})

    def of_no_resource(self, operation: Operation) -> Call | None:
        """One that meets nothing whatever it does: for what there is not, else with a path value that is none."""
        nothing = self.of_nothing(operation)
        if nothing is not None:
            return nothing
        wrong = {each.name: self._samples.malformed(each) for each in operation.parameters if each.place == "path"}
        wrong = {name: text for name, text in wrong.items() if text is not None}
        call = self.ordinary(operation)
        return evolve(call, path={**call.path, **wrong}) if wrong else None

    def of_chance(self, operation: Operation) -> Call | None:
        """The ordinary one, for what there may be or not; None where there are too few values to guess."""
        path = [each for each in operation.parameters if each.place == "path" and not self._samples.few(each)]
        drawn = {
            each.name: self._drawn(partial(self._samples.random, operation, each), "", valid=False) for each in path
        }
        call = self.ordinary(operation)
        return evolve(call, path={**call.path, **drawn}) if drawn else None

    def malformed(self, operation: Operation) -> Call | None:
        """The ordinary one, with a value or a body that is none; None where the operation takes nothing such."""
        call = self.ordinary(operation)
        for parameter in sorted(
            operation.parameters,
            key=lambda each: ("path", "query").index(each.place) if each.place in ("path", "query") else 2,
        ):
            text = self._samples.malformed(parameter)
            if text is not None and parameter.place == "path":
                return evolve(call, path={**call.path, parameter.name: text})
            if text is not None and parameter.place == "query":
                return evolve(call, query={**call.query, parameter.name: text})
        # one that names nothing may be refused for that
        named = any(place == "path" for place, _ in self.unknown(operation))
        return evolve(call, body=_MALFORMED_BODY) if operation.body is not None and not named else None

    def _with(
        self, operation: Operation, path: dict[str, Any], query: dict[str, Any], headers: dict[str, str],
        body: Any, credentials: str, *, valid: bool = True,
    ) -> Call:  # fmt: skip
        """The operation's request with the given values; what it needs beside them is known or drawn.

        Raises UserError: it has to be `valid`, and no value is.
        """
        values: dict[str, dict[str, Any]] = {
            "path": dict(path),
            "query": dict(query),
            "header": dict(headers),
            "cookie": _cookies(headers),
        }
        for parameter in operation.parameters:
            if _needed(parameter) and not _has(values[parameter.place], parameter):
                values[parameter.place][parameter.name] = self._value(operation, parameter, valid=valid)
        if body is None and (operation.body or {}).get("required"):
            body = self._drawn(partial(self._samples.body, operation), {}, valid=valid)
        written = operation.styles
        named = {
            name: written.get(("header", name), usual("header", name)).in_header(value)
            for name, value in values["header"].items() if name.lower() != "cookie"
        }  # fmt: skip
        if values["cookie"]:
            named["Cookie"] = "; ".join(
                f"{name}={written.get(('cookie', name), usual('cookie', name)).in_cookie(value)}"
                for name, value in values["cookie"].items()
            )
        return Call(
            operation,
            values["path"],
            values["query"],
            named,
            body,
            self._target.credentials.get(credentials or "default"),
        )

    def _value(self, operation: Operation, parameter: Parameter, *, valid: bool) -> Any:
        known = self._samples.known(parameter)
        if known is not None:
            return known
        return self._drawn(partial(self._samples.random, operation, parameter), "", valid=valid)

    def _drawn(self, draw: Callable[[], Any], otherwise: Any, *, valid: bool) -> Any:
        try:
            return draw()
        except UserError:
            if valid:
                raise
            return otherwise


def _needed(parameter: Parameter) -> bool:
    """OpenAPI 3.1, 4.8.12: definitions of these headers are ignored; media types and security say what they are."""
    ignored = parameter.place == "header" and parameter.name.lower() in ("accept", "content-type", "authorization")
    return parameter.required and not ignored


def _has(values: dict[str, Any], parameter: Parameter) -> bool:
    """The names of headers have no case."""
    if parameter.place == "header":
        return parameter.name.lower() in {name.lower() for name in values}
    return parameter.name in values


def _gives(state: State, parameter: Parameter) -> bool:
    values = {"path": state.path, "query": state.query, "cookie": _cookies(state.headers)}
    return _has(values.get(parameter.place, state.headers), parameter)


def _cookies(headers: dict[str, str]) -> dict[str, str]:
    sent = "; ".join(value for name, value in headers.items() if name.lower() == "cookie")
    return {name.strip(): value for name, _, value in (pair.partition("=") for pair in sent.split(";")) if name.strip()}
