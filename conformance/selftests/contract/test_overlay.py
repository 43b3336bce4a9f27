"""OpenAPI Overlay 1.0: what an action writes, what it must not do, and whose promise a pointer is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from assay.contract import document, overlay
from assay.contract.document import Document
from assay.contract.overlay import NotCheckable, Promise
from assay.errors import UserError

DATA = {
    "schemas": {
        "Job": {"type": "object", "properties": {"id": {"type": "string"}, "size": {"type": "integer"}}},
        "Error": {"type": "object", "required": ["code", "message"], "properties": {"code": {}}},
    },
    "list": [1, 2, 3],
}


def layer(*actions: dict[str, Any], **more: Any) -> Document:
    """An overlay, each of whose actions begins on a line that `line_of` knows."""
    head = {"overlay": "1.0.0", "info": {"title": "Promises", "version": "1"}, "actions": list(actions), **more}
    return document.parse(Path("promises.yaml"), yaml.safe_dump(head, sort_keys=False))


def applied(*actions: dict[str, Any]) -> tuple[Any, dict[str, Promise]]:
    written: dict[str, Promise] = {}
    return overlay.apply(DATA, layer(*actions), written), written


def error(*actions: dict[str, Any], **more: Any) -> UserError:
    with pytest.raises(UserError) as caught:
        overlay.apply(DATA, layer(*actions, **more), {})
    return caught.value


class TestUpdate:
    def test_objects_are_merged(self) -> None:
        merged, _ = applied({"target": "$.schemas.Job.properties.id", "update": {"format": "uuid"}})
        assert merged["schemas"]["Job"]["properties"]["id"] == {"type": "string", "format": "uuid"}

    def test_it_merges_at_every_depth(self) -> None:
        merged, written = applied({"target": "$", "update": {"schemas": {"Job": {"properties": {"id": {"a": 1}}}}}})
        assert merged["schemas"]["Job"]["properties"]["id"] == {"type": "string", "a": 1}
        assert list(written) == ["/schemas/Job/properties/id/a"]

    def test_a_scalar_member_is_replaced(self) -> None:
        merged, written = applied({"target": "$.schemas.Job.properties.size", "update": {"type": "number"}})
        assert merged["schemas"]["Job"]["properties"]["size"] == {"type": "number"}
        assert list(written) == ["/schemas/Job/properties/size/type"]

    def test_a_member_of_another_kind_is_replaced(self) -> None:
        merged, written = applied({"target": "$.schemas.Error", "update": {"required": {"a": 1}}})
        assert merged["schemas"]["Error"]["required"] == {"a": 1}
        assert list(written) == ["/schemas/Error/required"]

    def test_arrays_concatenate(self) -> None:
        merged, written = applied({"target": "$.schemas.Error", "update": {"required": ["id"]}})
        assert merged["schemas"]["Error"]["required"] == ["code", "message", "id"]
        assert list(written) == ["/schemas/Error/required/2"]

    @pytest.mark.parametrize("update", [4, [4]])
    def test_an_array_that_is_the_target_gets_the_entry(self, update: Any) -> None:
        assert applied({"target": "$.list", "update": update})[0]["list"] == [1, 2, 3, 4]

    def test_it_writes_into_everything_that_matches(self) -> None:
        merged, written = applied({"target": "$.schemas[?@.properties]", "update": {"x": 1}})
        assert [schema["x"] for schema in merged["schemas"].values()] == [1, 1]
        assert sorted(written) == ["/schemas/Error/x", "/schemas/Job/x"]

    def test_a_node_that_a_path_names_twice_is_written_once(self) -> None:
        assert applied({"target": "$['list','list']", "update": [4]})[0]["list"] == [1, 2, 3, 4]

    def test_what_is_written_is_not_shared(self) -> None:
        merged, _ = applied({"target": "$.schemas.*", "update": {"x": {"y": [1]}}})
        merged["schemas"]["Job"]["x"]["y"].append(2)
        assert merged["schemas"]["Error"]["x"] == {"y": [1]}

    def test_the_document_itself_stays_as_it_was(self) -> None:
        applied({"target": "$.list", "update": 4}, {"target": "$.schemas", "remove": True})
        assert (DATA["list"], len(DATA["schemas"])) == ([1, 2, 3], 2)

    def test_actions_see_what_those_before_them_did(self) -> None:
        merged, _ = applied({"target": "$", "update": {"new": {}}}, {"target": "$.new", "update": {"a": 1}})
        assert merged["new"] == {"a": 1}

    def test_equal_numbers_of_other_types_are_other_entries(self) -> None:
        assert applied({"target": "$.list", "update": True})[0]["list"][3] is True


class TestRemove:
    def test_a_member_goes(self) -> None:
        assert list(applied({"target": "$.schemas.Job", "remove": True})[0]["schemas"]) == ["Error"]

    @pytest.mark.parametrize("target", ["$.list[0,1]", "$.list[1,0]", "$.list[1,0,1]", "$.list[?@ < 3]"])
    def test_entries_go_in_whatever_order_they_are_named(self, target: str) -> None:
        assert applied({"target": target, "remove": True})[0]["list"] == [3]

    def test_what_is_inside_goes_before_what_it_is_in(self) -> None:
        assert applied({"target": "$.schemas..*", "remove": True})[0]["schemas"] == {}

    def test_the_promises_of_later_entries_move_up_with_them(self) -> None:
        merged, written = applied(
            {"target": "$.list", "update": [{"a": 1}], "description": "first"},
            {"target": "$.list", "update": [5], "description": "second"},
            {"target": "$.list", "update": [6, 7], "description": "third"},
            {"target": "$.list[0,2,5]", "remove": True},
        )
        sentences = {at: promise.sentence for at, promise in written.items()}
        assert merged["list"] == [2, {"a": 1}, 5, 7]
        assert sentences == {"/list/1": "first", "/list/2": "second", "/list/3": "third"}

    def test_the_promise_of_what_goes_is_forgotten(self) -> None:
        _, written = applied(
            {"target": "$", "update": {"new": {"a": 1}, "newer": 1}}, {"target": "$.new", "remove": True}
        )
        assert list(written) == ["/newer"]

    def test_the_promise_of_an_entry_that_goes_is_forgotten(self) -> None:
        _, written = applied({"target": "$.list", "update": 4}, {"target": "$.list[3]", "remove": True})
        assert written == {}

    def test_what_replaces_a_value_does_not_inherit_its_promises(self) -> None:
        _, written = applied(
            {"target": "$.schemas.Error.properties.code", "update": {"minLength": 1}},
            {"target": "$.schemas.Error", "update": {"properties": [1]}, "description": "later"},
        )
        assert {at: promise.sentence for at, promise in written.items()} == {"/schemas/Error/properties": "later"}

    def test_the_whole_document_cannot_go(self) -> None:
        assert "would remove the whole document" in error({"target": "$", "remove": True}).what


class TestPromises:
    ACTION: ClassVar[dict[str, Any]] = {
        "target": "$.schemas.Job",
        "description": "A job\n  has an id.",
        "x-basis": "implied",
        "x-level": "should",
        "update": {"required": ["id"]},
    }

    def test_a_pointer_remembers_sentence_basis_level_and_line(self) -> None:
        _, written = applied({"target": "$.list", "update": 4}, self.ACTION)
        assert written["/schemas/Job/required"] == Promise("A job has an id.", "implied", "should", "promises.yaml:8")

    def test_what_an_action_leaves_out_is_stated_and_must(self) -> None:
        _, written = applied({"target": "$.list", "update": 4})
        assert written["/list/3"] == Promise("$.list", "stated", "must", "promises.yaml:6")

    def test_a_pointer_below_what_was_written_has_the_promise_too(self) -> None:
        _, written = applied(self.ACTION)
        promise = overlay.promise_at(written, "/schemas/Job/required/0")
        assert promise is not None
        assert promise.sentence == "A job has an id."

    def test_the_nearest_promise_counts(self) -> None:
        _, written = applied(
            {"target": "$", "update": {"new": {"a": {}}}, "description": "far"},
            {"target": "$.new.a", "update": {"b": 1}, "description": "near"},
        )
        found = [overlay.promise_at(written, at) for at in ("/new/a/b", "/new/a", "/new/ab")]
        assert [each and each.sentence for each in found] == ["near", "far", "far"]

    @pytest.mark.parametrize("at", ["", "/schemas/Job", "/schemas/Job/requiredness", "/list"])
    def test_what_the_document_says_itself_has_none(self, at: str) -> None:
        assert overlay.promise_at(applied(self.ACTION)[1], at) is None


class TestMistakes:
    @pytest.mark.parametrize(
        ("action", "what", "todo"),
        [
            ({"target": "$.nope", "update": {}}, "matches nothing in the document", "renamed"),
            ({"target": "$.list[7]", "remove": True}, "matches nothing in the document", "renamed"),
            ({"target": "schemas", "update": {}}, "is no JSONPath of RFC 9535", "mend its target"),
            ({"target": "$.schemas[?@.a ==]", "update": {}}, "is no JSONPath of RFC 9535", "mend its target"),
            ({"target": "", "update": {}}, "is no JSONPath of RFC 9535", "mend its target"),
            ({"target": "$.list", "update": [2]}, "adds 2 to /list, which has it already", "delete it"),
            ({"target": "$.list", "update": [4, 4]}, "adds 4 to /list, which has it already", "delete it"),
            ({"target": "$", "update": {"list": [1]}}, "adds 1 to /list, which has it already", "delete it"),
            ({"target": "$.list[0]", "update": {"a": 1}}, "updates /list/0, where an object cannot", "point it at"),
            ({"target": "$.schemas", "update": 7}, "updates /schemas, where an object cannot", "point it at"),
            ({"target": "$", "update": [7]}, "updates the root, where an object cannot", "point it at"),
        ],
    )  # fmt: skip
    def test_the_action_is_named_with_its_line(self, action: dict[str, Any], what: str, todo: str) -> None:
        raised = error({"target": "$.list", "update": 9}, action)
        assert raised.what.startswith(f"overlay action 2 ({action['target']}) {what}")
        assert (raised.where, todo in raised.todo) == ("promises.yaml:8", True)

    @pytest.mark.parametrize(
        ("action", "what"),
        [
            ({"target": "$.list"}, "/actions/0:"),
            ({"target": "$.list", "update": 4, "remove": True}, "/actions/0:"),
            ({"target": "$.list", "remove": False}, "/actions/0:"),
            ({"update": 4}, '/actions/0: "target" is a required property'),
            ({"target": 7, "update": 4}, "/actions/0/target:"),
            ({"target": "$", "update": 4, "x-level": "may"}, "/actions/0/x-level:"),
            ({"target": "$", "update": 4, "x-basis": "guessed"}, "/actions/0/x-basis:"),
        ],
    )
    def test_an_action_of_another_form_is_refused(self, action: dict[str, Any], what: str) -> None:
        assert error(action).what.startswith(what)

    def test_an_unknown_key_gets_the_nearest_known_one(self) -> None:
        raised = error({"target": "$", "updates": 4})
        assert (raised.what, raised.where) == ("unknown key 'updates'", "promises.yaml:7")
        assert raised.todo == "did you mean 'update'?"

    def test_another_version_is_named_with_what_is_read(self) -> None:
        raised = error({"target": "$.list", "update": 4}, overlay="2.0.0")
        assert (raised.where, "Overlay 1.x" in raised.todo) == ("promises.yaml:1", True)

    @pytest.mark.parametrize("text", ["", "[]", "text", "actions: []", "overlay: 1.0.0\nactions: {}"])
    def test_what_is_no_overlay_is_refused(self, text: str) -> None:
        with pytest.raises(UserError) as caught:
            overlay.apply(DATA, document.parse(Path("promises.yaml"), text), {})
        assert caught.value.where.startswith("promises.yaml:")


class TestNotCheckable:
    def test_sentences_come_with_their_reasons(self) -> None:
        listed = [{"sentence": "It is quick.", "reason": "Quick is no number."}]
        found = overlay.not_checkable(layer({"target": "$.list", "update": 4}, **{"x-not-checkable": listed}))
        assert found == [NotCheckable("It is quick.", "Quick is no number.")]

    def test_an_overlay_need_have_none(self) -> None:
        assert overlay.not_checkable(layer({"target": "$.list", "update": 4})) == []

    def test_those_of_all_overlays_are_the_contract_s(self, root: Path) -> None:
        listed = document.load(root / "spec/promises.overlay.yaml").data["x-not-checkable"]
        found = overlay.not_checkable(document.load(root / "spec/promises.overlay.yaml"))
        assert [each.sentence for each in found] == [each["sentence"] for each in listed]


class TestOfContract:
    def test_a_contract_says_where_a_promise_stands(
        self, loaded: Callable[..., Any], document_of: Callable[..., Any], at_schema: str
    ) -> None:
        contract = loaded(document_of({"type": "string"}), [{"target": "$..schema", "update": {"minLength": 1}}])
        assert Path(contract.where(f"{at_schema}/minLength").rpartition(":")[0]).name == "overlay0.yaml"
        assert Path(contract.where(f"{at_schema}/type").rpartition(":")[0]).name == "api.yaml"
