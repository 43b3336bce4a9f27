"""A parameter in each place and style, as OpenAPI 3.1 writes it in its table of style examples (4.8.12.6)."""

import re
from typing import Any

import pytest
import yaml
from attrs import evolve

from assay.contract import Operation, Parameter
from assay.contract.styles import style
from assay.plan.calls import Call, wire
from assay.plan.samples import Samples

EMPTY, STRING, ARRAY = "", "blue", ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}
OPERATION = Operation("get", "GET", "/x", "", (), None, (), (), ())


def _sent(place: str, value: Any, **raw: Any) -> str:
    declared = {"name": "color", "in": place, **raw}
    parameter = Parameter("color", place, True, "", {}, declared)  # type: ignore[arg-type]
    path = "/x/{color}" if place == "path" else "/x"
    operation = evolve(OPERATION, path=path, parameters=(parameter,))
    values = {"color": value}
    call = Call(operation, values if place == "path" else {}, values if place == "query" else {}, {})
    return wire(call, "").url.removeprefix("/x").removeprefix("/")


@pytest.mark.parametrize(
    ("name", "explode", "value", "text"),
    [
        ("simple", False, STRING, "blue"),
        ("simple", False, ARRAY, "blue,black,brown"),
        ("simple", False, OBJECT, "R,100,G,200,B,150"),
        ("simple", True, OBJECT, "R=100,G=200,B=150"),
        ("label", False, STRING, ".blue"),
        ("label", False, ARRAY, ".blue,black,brown"),
        ("label", False, OBJECT, ".R,100,G,200,B,150"),
        ("label", True, ARRAY, ".blue.black.brown"),
        ("label", True, OBJECT, ".R=100.G=200.B=150"),
        ("label", False, EMPTY, "%2E"),
        ("matrix", False, STRING, ";color=blue"),
        ("matrix", False, ARRAY, ";color=blue,black,brown"),
        ("matrix", False, OBJECT, ";color=R,100,G,200,B,150"),
        ("matrix", True, ARRAY, ";color=blue;color=black;color=brown"),
        ("matrix", True, OBJECT, ";R=100;G=200;B=150"),
    ],
)
def test_in_a_path(name: str, explode: bool, value: Any, text: str) -> None:
    assert _sent("path", value, style=name, explode=explode) == text


@pytest.mark.parametrize(
    ("declared", "value", "text"),
    [
        ({}, ARRAY, "?color=blue&color=black&color=brown"),
        ({}, OBJECT, "?R=100&G=200&B=150"),
        ({"style": "form", "explode": False}, STRING, "?color=blue"),
        ({"style": "form", "explode": False}, ["a,b", "c"], "?color=a%2Cb,c"),
        ({"style": "form", "explode": False}, OBJECT, "?color=R,100,G,200,B,150"),
        ({"style": "spaceDelimited"}, ARRAY, "?color=blue%20black%20brown"),
        ({"style": "spaceDelimited"}, OBJECT, "?color=R%20100%20G%20200%20B%20150"),
        ({"style": "pipeDelimited", "explode": False}, ARRAY, "?color=blue%7Cblack%7Cbrown"),
        ({"style": "deepObject"}, OBJECT, "?color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
        ({"content": {"application/json": {}}}, {"R": 1}, "?color=%7B%22R%22%3A%201%7D"),
        ({"content": {"application/json": {}}}, "written already", "?color=written%20already"),
        ({"allowReserved": True}, "a/b&c=d", "?color=a/b%26c%3Dd"),
        ({}, [], ""),
        ({}, None, ""),
        ({}, True, "?color=true"),
    ],
)
def test_in_a_query(declared: dict[str, Any], value: Any, text: str) -> None:
    assert _sent("query", value, **declared) == text


@pytest.mark.parametrize(
    ("explode", "value", "text"),
    [
        (False, STRING, "blue"),
        (False, ARRAY, "blue,black,brown"),
        (False, OBJECT, "R,100,G,200,B,150"),
        (True, OBJECT, "R=100,G=200,B=150"),
    ],
)
def test_in_a_header(explode: bool, value: Any, text: str) -> None:
    assert style({"name": "color", "in": "header", "explode": explode}).in_header(value) == text


def test_in_a_cookie() -> None:
    assert style({"name": "color", "in": "cookie"}).in_cookie(ARRAY) == "blue,black,brown"


STRINGS = {"type": "array", "minItems": 2, "items": {"type": "string", "minLength": 1}}
FLAGS = {
    "type": "object", "required": ["a", "b"], "properties": {"a": {"type": "boolean"}, "b": {"type": "boolean"}},
    "additionalProperties": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "shape"),
    [
        ({"in": "path", "schema": FLAGS}, r"/x/[ab],(true|false),[ab],(true|false)"),
        ({"in": "path", "schema": STRINGS, "style": "matrix", "explode": True}, r"/x/(;p=[^;]+){2,}"),
        ({"in": "query", "schema": FLAGS}, r"/x\?[ab]=(true|false)&[ab]=(true|false)"),
        (
            {"in": "query", "schema": FLAGS, "style": "deepObject"},
            r"/x\?p%5B[ab]%5D=(true|false)&p%5B[ab]%5D=(true|false)",
        ),
        ({"in": "query", "schema": STRINGS, "style": "pipeDelimited", "explode": False}, r"/x\?p=[^&]*%7C[^&]*"),
        ({"in": "query", "content": {"application/json": {"schema": FLAGS}}}, r"/x\?p=%7B%22[^&]*%7D"),
    ],
)
def test_a_value_that_is_made_up_is_written_so_too(ledger_of: Any, declared: dict[str, Any], shape: str) -> None:
    path = "/x/{p}" if declared["in"] == "path" else "/x"
    operation = {
        "parameters": [{"name": "p", "required": True, **declared}],
        "responses": {"200": {"description": "OK"}},
    }
    head = {"openapi": "3.1.0", "info": {"title": "Styles", "version": "1"}}
    contract = ledger_of(yaml.safe_dump({**head, "paths": {path: {"get": operation}}})).contract
    found = contract.operations[0]
    value = Samples(contract, 1).random(found, found.parameters[0])
    values = {"p": value}
    in_path = declared["in"] == "path"
    url = wire(Call(found, values if in_path else {}, {} if in_path else values, {}), "").url
    assert re.fullmatch(shape, url), url
