"""The schemas of `published/`, ready to hold a report against. Not those of assay's own formats."""

import json
from pathlib import Path

import jsonschema_rs
import xmlschema

_PUBLISHED = Path(__file__).parent / "published"


def junit() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(_PUBLISHED / "junit/junit-10.xsd"))


def sarif() -> jsonschema_rs.Validator:
    text = (_PUBLISHED / "sarif/sarif-2.1.0.json").read_text(encoding="utf-8")
    # a stray bracket, by which the pattern of a language is no regular expression to every library
    return jsonschema_rs.validator_for(json.loads(text.replace("{2}]?$", "{2}$")))
