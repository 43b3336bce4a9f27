"""What is said of a value that fits none of several shapes, too many of them, or one that it must not fit."""

from collections.abc import Callable
from typing import Any

import pytest

from assay.claims import checks
from assay.claims.keywords import Schemas

OBJECT: dict[str, Any] = {"type": "object"}
SCHEMAS = {
    "Cat": OBJECT | {"required": ["kind", "name"], "properties": {"name": {"type": "string"}}},
    "Dog": OBJECT | {"required": ["kind", "bark"], "properties": {"bark": {"type": "boolean"}}},
    "a/b": {"type": "integer"},
}
CAT, DOG = ({"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog"))
PETS = {"oneOf": [CAT, DOG]}
MAPPING = {"cat": "#/components/schemas/Cat", "dog": "Dog"}
BY_KIND = PETS | {"discriminator": {"propertyName": "kind", "mapping": MAPPING}}
BY_NAME = PETS | {"discriminator": {"propertyName": "kind"}}
FELINE = {"kind": "cat", "name": "x", "bark": True}


@pytest.fixture(scope="session")
def got(schemas_of: Callable[..., Schemas], at_schema: str) -> Callable[..., str | None]:
    def find(schema: Any, value: Any, version: str = "3.1.0") -> str | None:
        tree = schemas_of(schema, version, SCHEMAS).tree(at_schema)
        [fault] = [each.fault for each in checks.walk(tree, value) if each.check.keyword in ("oneOf", "anyOf", "not")]
        return fault

    return find


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        pytest.param(
            PETS, {"kind": "cat", "name": 1},
            'fits none of 2 shapes; not Cat: at /name 1 is not of type "string"; '
            'not Dog: "bark" is a required property',
            id="none",
        ),
        pytest.param(
            PETS, {"name": "x"}, 'fits none of 2 shapes; not Cat: "kind" is a required property; '
            'not Dog: "kind" is a required property and 1 more', id="several reasons",
        ),
        pytest.param(PETS, FELINE, "fits 2 of 2 shapes, and has to fit exactly one: Cat, Dog", id="too many"),
        pytest.param(
            BY_KIND, {"kind": "cat", "name": 1},
            '/kind is "cat", which means Cat, which it does not fit: at /name 1 is not of type "string"',
            id="not the one that its discriminator names",
        ),
        pytest.param(
            BY_KIND, {"kind": "dog", "bark": 1},
            '/kind is "dog", which means Dog, which it does not fit: at /bark 1 is not of type "boolean"',
            id="mapped to a name",
        ),
        pytest.param(
            BY_NAME, {"kind": "Dog"}, '/kind is "Dog", which means Dog, which it does not fit: '
            '"bark" is a required property', id="without a mapping",
        ),
        pytest.param(
            BY_KIND, {"kind": "bird"}, 'fits none of 2 shapes; /kind is "bird", which names none of them (cat, dog)',
            id="names none",
        ),
        pytest.param(
            BY_NAME, {"kind": "bird"}, 'fits none of 2 shapes; /kind is "bird", which names none of them (Cat, Dog)',
            id="names none, without a mapping",
        ),
        pytest.param(
            BY_KIND, {"kind": 3}, "fits none of 2 shapes; /kind is 3, which names none of them (cat, dog)",
            id="no name at all",
        ),
        pytest.param(
            BY_KIND, {"name": "x"}, "fits none of 2 shapes; /kind, which tells them apart, is missing", id="missing"
        ),
        pytest.param(
            BY_KIND, FELINE,
            'fits 2 of 2 shapes, and has to fit exactly one: Cat, Dog; /kind is "cat", which means Cat',
            id="too many, and the discriminator",
        ),
        pytest.param(
            BY_KIND, 3, 'fits none of 2 shapes; not Cat: 3 is not of type "object"; '
            'not Dog: 3 is not of type "object"', id="nothing that could have a discriminator",
        ),
        pytest.param(
            PETS | {"discriminator": {"propertyName": 7}}, FELINE,
            "fits 2 of 2 shapes, and has to fit exactly one: Cat, Dog", id="a discriminator that is none",
        ),
        pytest.param(
            PETS | {"discriminator": {"propertyName": "kind", "mapping": {"cat": 1}}}, {"kind": "cat"},
            'fits none of 2 shapes; /kind is "cat", which names none of them (cat)', id="a mapping that is none",
        ),
        pytest.param(
            {"anyOf": [{"type": "string"}, {"title": "A number", "type": "integer"}]}, [1] * 300,
            f'fits none of 2 shapes; not shape 1: [{"1," * 29}1…{"1," * 17}1] is not of type "string"; '
            f'not A number: [{"1," * 29}1…,{"1," * 16}1] is not of type "integer"',
            id="titles and places, values cut",
        ),
        pytest.param(
            {"oneOf": [{"const": number} for number in range(7)]}, 9,
            "fits none of 7 shapes; " + "".join(f"not shape {number}: {number - 1} was expected; "
                                                for number in range(1, 6)) + "nor 2 more", id="many",
        ),
        pytest.param({"not": {"required": ["error"]}}, {"error": 1}, 'has the member "error"', id="a member"),
        pytest.param(
            {"not": {"required": ["a", "b"]}}, {"a": 1, "b": 2}, 'has the members "a", "b"', id="members together"
        ),
        pytest.param({"not": CAT}, FELINE | {"bark": 1},
                     '{"kind": "cat", "name": "x", "bark": 1}, which fits Cat', id="a shape"),
        pytest.param({"not": {"$ref": "#/components/schemas/a~1b"}}, 1, "1, which fits a/b", id="an escaped name"),
        pytest.param({"not": {"enum": [1, 2]}}, 1, '1, which fits {"enum": [1, 2]}', id="no name"),
        pytest.param({"not": True}, 1, "1, which fits true", id="anything"),
    ],
)  # fmt: skip
def test_it_is_a_sentence_that_a_person_can_act_on(
    schema: Any, value: Any, said: str, got: Callable[..., str | None]
) -> None:
    assert got(schema, value) == said


def test_openapi_3_0_has_discriminators_too(got: Callable[..., str | None]) -> None:
    assert str(got(BY_KIND, {"kind": "cat"}, "3.0.3")).startswith('/kind is "cat", which means Cat, which')


@pytest.mark.parametrize("value", [{"kind": "cat", "name": "x"}, {"kind": "Dog", "bark": True}])
def test_a_discriminator_refuses_nothing(value: Any, got: Callable[..., str | None]) -> None:
    assert got(BY_KIND, value) is None
