"""A response schema → a tree of checks, one for each keyword that can fail.

The rules:

- A keyword is exercised only by a value that it constrains: `format` by a string, `items` by an array that has some,
  the parts of `then` by a value that matches `if`. What was not exercised was not seen to hold.
- `required` is one check a property. Below `not`, `if`, `anyOf`, `oneOf`, `contains` and `propertyNames` a keyword
  fails nothing by itself: the applicator above it is the check.
- A property that is `writeOnly` is a check too: that it is not given.
- A `format` that the validator does not assert is no check, nor is a keyword that nothing can break (`minLength: 0`).
- A `$ref` met again on its own path leads back to its first visit, so a recursive schema is a finite tree. Schemas
  that lead to each other are written out where the cycle is entered and one step further; what is met beyond that
  leads to a visit that there is, or the tree would grow with the factorial of their number.

Not what a check means to anyone: that is `claims`'.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
from attrs import field, frozen

from assay import pointer
from assay.claims.checks import Check, Node, Validator
from assay.claims.cycles import Cycles
from assay.contract import Contract, dialect, resolve
from assay.contract.structure import DATA_KEYS, NAMING
from assay.errors import UserError

_BASE = "urn:assay:contract"
"""The name under which sub-schemas with references find the rest of the contract."""

_Applies = Callable[[Any], bool]


@frozen
class _Way:
    """How a schema was come to. `open`: the references that are being visited: the node of each, and its place in the
    body. `cycles`: the cycles that were entered: every visit to one of their schemas, and how many lie on the way.
    """

    open: dict[str, tuple[Node, str]] = field(factory=dict)
    cycles: dict[str, tuple[dict[str, Node], int]] = field(factory=dict)

    def to(self, target: str, group: str | None, node: Node, place: str) -> "_Way":
        """The way with one more reference on it."""
        further = {**self.open, target: (node, place)}
        if group is None:
            return _Way(further, self.cycles)
        visits, steps = self.cycles.get(group, ({}, 0))
        visits.setdefault(target, node)
        return _Way(further, {**self.cycles, group: (visits, steps + 1)})

    def visited(self, target: str, group: str | None) -> Node | None:
        """An earlier visit that this one leads to, since it lies deep enough in a cycle."""
        visits, steps = self.cycles.get(group or "", ({}, 0))
        return visits.get(target) if steps > 1 else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _is_array(value: Any) -> bool:
    return isinstance(value, list)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _always(_: Any) -> bool:
    return True


_APPLIES: dict[str, _Applies] = {
    **dict.fromkeys(("type", "enum", "const", "not", "anyOf", "oneOf", "$dynamicRef"), _always),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), _is_number),
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), _is_string),
    **dict.fromkeys(("minItems", "maxItems", "contains", "unevaluatedItems"), _is_array),
    "uniqueItems": lambda value: isinstance(value, list) and len(value) > 1,
    **dict.fromkeys(("minProperties", "maxProperties", "unevaluatedProperties"), _is_object),
    "propertyNames": lambda value: isinstance(value, dict) and bool(value),
}
"""Which values a keyword constrains (JSON Schema Validation, section 6 and Core, section 10)."""

_HARMLESS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("minLength", "minItems", "minProperties"), (0,)),
    "uniqueItems": (False,),
    **dict.fromkeys(("propertyNames", "unevaluatedItems", "unevaluatedProperties"), (True, {})),
    "not": (False,),
}
"""Values with which a keyword can never fail. (`contains: true` can, on an empty array: see `_harmless`.)"""

_TYPES = frozenset({"null", "boolean", "number", "string", "array", "object"})

MOST_SCHEMAS = 250_000
"""In one, once its references are written out: where each leads to two, and those again to two, it is a bomb."""

_FORMAT_PROBES = ("\u0000 %zz [", "{", "(", "é", "/~2", "1", "-")


class Schemas:
    """The schemas of one contract, ready to be taken apart. Build once a contract: it copies the document."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self.data = dialect.response_schemas(contract.data, contract.openapi)
        self._registry = jsonschema_rs.Registry([(_BASE, self.data)])
        self._cycles = Cycles(self.data)

    def tree(self, at: str) -> Node:
        """The checks of the schema at a pointer of the contract. Raises UserError: it cannot be checked."""
        try:
            self.validator(at)  # which reads all of it, also what stands below `not` and beside a `$ref`
            size = self._cycles.size(at)
            if size <= MOST_SCHEMAS:
                return _Builder(self._contract, self.data, self._registry, self._cycles).node(at, (), "", _Way())
            fault = f"more than {MOST_SCHEMAS:,} schemas once its references are written out"
        except (jsonschema_rs.ValidationError, ValueError) as error:
            fault = str(getattr(error, "message", error))
        except RecursionError:
            fault = "its references lead too deep"
        what = f"a schema that cannot be checked: {fault}"
        raise UserError(what, where=self._contract.where(at), todo="mend the schema there")

    def validator(self, at: str) -> Validator:
        """The schema as a whole: the tree's checks (but `writeOnly`) all hold exactly when it accepts."""
        return _compiled({"$ref": pointer.reference(at)}, self._registry)


@frozen
class _Builder:
    contract: Contract
    data: dict[str, Any]
    registry: jsonschema_rs.Registry
    cycles: Cycles

    def node(self, at: str, name: tuple[str, ...], place: str, way: _Way, into: Node | None = None) -> Node:
        """The node of the schema at a pointer. `into`: that of the reference which led here, to be filled."""
        schema = pointer.at(self.data, at)
        node = Node() if into is None else into
        if schema is False:
            node.checks.append(self._check("false", False, at, name, place, _always, False))
        if not isinstance(schema, dict):
            return node
        reference = schema.get("$ref")
        if isinstance(reference, str):
            target = pointer.of_reference(reference)
            group = self.cycles.group(target)
            known, met_at = way.open.get(target, (way.visited(target, group), None))
            if known is not None:
                # at the same place it would say of the same value what is being said already
                if met_at == place:
                    pass
                elif len(schema) == 1 and into is None:
                    return known
                else:
                    node.same.append(known)
            elif not _says_more(schema):
                return self.node(target, name, place, way.to(target, group, node, place), node)
            else:
                inner = Node()
                node.same.append(inner)
                self.node(target, (*name, "$ref"), place, way.to(target, group, inner, place), inner)
        self._own(node, schema, at, name, place, way)
        return node

    def _own(
        self,
        node: Node,
        schema: dict[str, Any],
        at: str,
        name: tuple[str, ...],
        place: str,
        way: _Way,
    ) -> None:
        node.checks += self._keyword_checks(schema, at, name, place)
        node.checks += self._member_checks(schema, at, name, place)
        child = functools.partial(self._child, at, name, way)
        node.same = node.same + [child(("allOf", str(index)), place) for index in range(len(schema.get("allOf", ())))]
        if "if" in schema and ("then" in schema or "else" in schema):
            node.condition = _compiled(schema["if"], self.registry)
            node.then = child(("then",), place) if "then" in schema else None
            node.otherwise = child(("else",), place) if "else" in schema else None
        node.dependent = {key: child(("dependentSchemas", key), place) for key in schema.get("dependentSchemas", {})}
        node.properties = {
            key: Node() if sub is False else child(("properties", key), place + pointer.join(key))
            for key, sub in schema.get("properties", {}).items()
        }
        node.patterns = [
            (
                _compiled({"pattern": key}, self.registry),
                Node() if sub is False else child(("patternProperties", key), f"{place}/*"),
            )
            for key, sub in schema.get("patternProperties", {}).items()
        ]
        if isinstance(schema.get("additionalProperties"), dict):
            node.additional = child(("additionalProperties",), f"{place}/*")
        node.prefix = [
            child(("prefixItems", str(index)), f"{place}/{index}")
            for index in range(len(schema.get("prefixItems", ())))
        ]
        if isinstance(schema.get("items"), dict):
            node.items = child(("items",), f"{place}/*")

    def _child(self, at: str, name: tuple[str, ...], way: _Way, tokens: tuple[str, ...], place: str) -> Node:
        return self.node(at + pointer.join(*tokens), name + tokens, place, way)

    def _keyword_checks(self, schema: dict[str, Any], at: str, name: tuple[str, ...], place: str) -> Iterator[Check]:
        """The keywords that speak of the value itself."""
        for keyword, applies in _APPLIES.items():
            if keyword not in schema or _harmless(keyword, schema):
                continue
            alone: Any = {keyword: schema[keyword]}
            if keyword == "contains":
                alone |= {key: schema[key] for key in ("minContains", "maxContains") if key in schema}
            elif keyword in ("oneOf", "anyOf") and "discriminator" in schema:
                # which asserts nothing, but tells which of them was meant
                alone["discriminator"] = schema["discriminator"]
            elif keyword.startswith("unevaluated"):
                alone = schema
            yield self._check(
                keyword, schema[keyword], at + pointer.join(keyword), (*name, keyword), place, applies, alone
            )

    def _member_checks(self, schema: dict[str, Any], at: str, name: tuple[str, ...], place: str) -> Iterator[Check]:
        """The keywords that speak of which members or items there are."""
        written = pointer.at(self.contract.data, at).get("required", [])
        for member in schema.get("required", ()):
            here = at + pointer.join("required", written.index(member))
            yield self._check(
                "required",
                member,
                here,
                (*name, "required", member),
                place,
                _is_object,
                {"required": [member]},
            )
        depending = schema.get("dependentRequired", {}).items()
        for trigger, members in (pair for pair in depending if not {*pair[1]} <= {pair[0]}):
            tokens = ("dependentRequired", trigger)
            yield self._check(
                "dependentRequired", members, at + pointer.join(*tokens), name + tokens, place,
                functools.partial(_has, trigger), {"dependentRequired": {trigger: members}},
            )  # fmt: skip
        yield from self._barred(schema, at, name, place)

    def _barred(self, schema: dict[str, Any], at: str, name: tuple[str, ...], place: str) -> Iterator[Check]:
        """Of those, the ones that say which there must not be."""
        known = {key: dict.fromkeys(schema.get(key, {}), True) for key in ("properties", "patternProperties")}
        if schema.get("additionalProperties") is False:
            yield self._check(
                "additionalProperties", False, at + "/additionalProperties", (*name, "additionalProperties"), place,
                _is_object, known | {"additionalProperties": False},
            )  # fmt: skip
        for key in known:
            for member in (member for member, sub in schema.get(key, {}).items() if sub is False):
                yield self._check(
                    "false", False, at + pointer.join(key, member), (*name, key, member), place,
                    _is_object, {key: {member: False}},
                )  # fmt: skip
        for member in filter(lambda each: self._write_only(schema, at, each), schema.get("properties", {})):
            only = ("properties", member, "writeOnly")
            yield self._check(
                "writeOnly", member, at + pointer.join(*only), (*name, *only), place,
                _is_object, {"properties": {member: False}},
            )  # fmt: skip
        if schema.get("items") is False:
            prefix = [True] * len(schema.get("prefixItems", ()))
            alone: dict[str, Any] = {"items": False} | ({"prefixItems": prefix} if prefix else {})
            yield self._check("items", False, at + "/items", (*name, "items"), place, _is_array, alone)

    def _write_only(self, schema: dict[str, Any], at: str, member: str) -> bool:
        declared = schema["properties"][member]
        if isinstance(declared, dict) and "$ref" in declared and "writeOnly" not in declared:
            declared = resolve(self.data, at + pointer.join("properties", member))[1]
        return isinstance(declared, dict) and declared.get("writeOnly") is True

    def _check(
        self,
        keyword: str,
        value: Any,
        at: str,
        name: tuple[str, ...],
        place: str,
        applies: _Applies,
        alone: Any,
    ) -> Check:
        compiler = functools.partial(_compiled, registry=self.registry)
        return Check(pointer.join(*name)[1:], keyword, value, at, place, applies, alone, compiler)


def _has(trigger: str, value: Any) -> bool:
    return isinstance(value, dict) and trigger in value


_ANNOTATIONS = frozenset({"$ref", "title", "description", "deprecated", "readOnly", "writeOnly", "$comment"})


def _says_more(schema: dict[str, Any]) -> bool:
    """Whether a schema with a `$ref` asserts anything beside it."""
    return any(key not in _ANNOTATIONS | DATA_KEYS - {"const", "enum"} and not key.startswith("x-") for key in schema)


def _harmless(keyword: str, schema: dict[str, Any]) -> bool:
    value = schema[keyword]
    if keyword == "contains":
        return bool(schema.get("minContains") == 0 and "maxContains" not in schema)
    if keyword == "format":
        return not _asserted(str(value))
    if keyword == "type":
        return isinstance(value, list) and _TYPES.issubset(value)
    if keyword == "anyOf":
        return any(each in (True, {}) for each in value)
    return any(type(value) is type(harmless) and value == harmless for harmless in _HARMLESS.get(keyword, ()))


@functools.cache
def _asserted(name: str) -> bool:
    """Whether the validator refuses anything for this format: found by asking it, not from a list."""
    validator = Validator({"format": name}, validate_formats=True)
    return not all(validator.is_valid(probe) for probe in _FORMAT_PROBES)


def _compiled(schema: Any, registry: jsonschema_rs.Registry) -> Validator:
    return Validator(_absolute(schema), registry=registry, validate_formats=True)


def _absolute(schema: Any, *, names: bool = False) -> Any:
    """The schema with its references leading into the registered contract, wherever it now stands."""
    if isinstance(schema, list):
        return [_absolute(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _BASE + pointer.reference(pointer.of_reference(value))
        if key in ("$ref", "$dynamicRef") and isinstance(value, str) and value.startswith("#")
        else value if key in DATA_KEYS and not names else _absolute(value, names=key in NAMING and not names)
        for key, value in schema.items()
    }  # fmt: skip
