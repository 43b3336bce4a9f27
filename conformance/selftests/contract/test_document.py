"""Files as people write them, and files that no reader should trip over."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay import pointer
from assay.contract import document
from assay.errors import UserError

FILE = Path("api.yaml")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"])),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["a", "b/c", "~", "", "\u2713", "1"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def data(text: str) -> Any:
    return document.parse(FILE, text).data


def error(text: str) -> UserError:
    with pytest.raises(UserError) as caught:
        document.parse(FILE, text)
    return caught.value


class TestValues:
    """YAML 1.2's core schema, which OpenAPI prescribes."""

    @pytest.mark.parametrize("text", ["no", "yes", "on", "off", "y", "2024-01-01", "12:30:45", "1_000", ".inf", ".nan"])
    def test_what_only_yaml_1_1_reads_otherwise_stays_text(self, text: str) -> None:
        assert data(f"a: {text}") == {"a": text}

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("true", True), ("False", False), ("null", None), ("~", None), ("", None), ("7", 7), ("-7", -7), ("+7", 7),
            ("017", 17), ("0o17", 15), ("0x1F", 31), ("1.5", 1.5), ("1e3", 1000.0), (".5", 0.5), ("'7'", "7"),
            ("!!str 7", "7"), ("!!int '7'", 7), ("!!float 7", 7.0), ("!custom 7", "7"),
        ],
    )  # fmt: skip
    def test_a_scalar_is_what_the_core_schema_says(self, text: str, value: Any) -> None:
        read = data(f"a: {text}")["a"]
        assert (type(read), read) == (type(value), value)

    def test_a_key_is_a_string_though_it_looks_like_a_number(self) -> None:
        assert data("200: {404: x}") == {"200": {"404": "x"}}

    def test_what_json_would_escape_is_text_in_a_quoted_scalar(self) -> None:
        assert data(r"a: '\ud83d\ude00'") == {"a": r"\ud83d\ude00"}

    def test_a_key_that_says_null_or_true_is_a_string(self) -> None:
        assert data("{null: 1, true: 2}") == {"null": 1, "true": 2}

    def test_an_alias_is_written_out(self) -> None:
        assert data("a: &x {b: [1]}\nc: *x") == {"a": {"b": [1]}, "c": {"b": [1]}}

    def test_what_an_alias_names_is_not_shared(self) -> None:
        read = data("a: &x {b: 1}\nc: *x")
        read["a"]["b"] = 2
        assert read["c"] == {"b": 1}

    def test_an_empty_file_is_null(self) -> None:
        assert data("") is None

    def test_a_byte_order_mark_is_left_out(self) -> None:
        assert data('\ufeff{"a": 1}') == {"a": 1}

    @pytest.mark.parametrize("ascii_only", [True, False])
    @given(value=st.dictionaries(st.sampled_from(["a", "é", "😀", ""]), JSON, max_size=4))
    def test_a_json_file_reads_as_a_json_parser_would_read_it(self, ascii_only: bool, value: dict[str, Any]) -> None:
        """JSON is read as JSON, however its characters are escaped."""
        assert data(json.dumps(value, ensure_ascii=ascii_only)) == value

    def test_backslashes_before_an_escape_are_counted(self) -> None:
        value = {"a": "\\ud83d\\ude00", "b": "\\😀"}
        assert data(json.dumps(value)) == value


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "line", "what"),
        [
            ("a: [1", 2, "this is not valid YAML"),
            ("a: b: c", 1, "this is not valid YAML"),
            ("a: 1\n\tb: 2", 2, "this is not valid YAML"),
            ("a: 1\n---\nb: 2", 2, "another document"),
            ("a: *x", 1, "undefined alias"),
            ("a: 1\nb: 2\na: 3", 3, "the key 'a' stands here twice"),
            ("200: 1\n'200': 2", 2, "the key '200' stands here twice"),
            ("a: 1\n? [b]\n: 2", 2, "a key must be plain text"),
            ("a: &x {b: 1}\nc:\n  <<: *x", 3, "merge keys"),
            ("a:\n  b: &x\n    - *x", 2, "an alias stands inside the value that it names"),
            ("a: 1\nb: !!int foo", 2, "'foo' is no number that can be read"),
            ("a: 1\nb: !!float foo", 2, "'foo' is no number that can be read"),
            ("a: 1\nb: 1e999", 2, "'1e999' is no number that can be read"),
            (f"a: 1\nb: {'9' * 5000}", "2:4", "is no number that can be read"),
            (f"a: {'9' * 400}", "1:4", "is no number that can be read"),
            (
                json.dumps({"a" * 200: "\U0001f600", "b": 1})[:-1] + ', "b": 2}',
                "1:230",
                "the key 'b' stands here twice",
            ),
            (f'{{"a": "{"x" * 200}", ]', "1:211", "this is not valid YAML"),
            (f"a: '{chr(92)}ud83d{chr(92)}ude00{'x' * 200}': b", "1:218", "this is not valid YAML"),
        ],
    )
    def test_it_is_named_with_its_line_and_its_column_in_a_long_one(
        self, text: str, line: int | str, what: str
    ) -> None:
        raised = error(text)
        assert (raised.where, what in raised.what, bool(raised.todo)) == (f"api.yaml:{line}", True, True)

    def test_half_a_surrogate_pair_is_told_with_its_line(self) -> None:
        with pytest.raises(UserError) as caught:
            document.parse(Path("a.json"), '{"a": "\\ud83d\\ude00",\n"b": "\\ud800"}')
        assert caught.value.where == "a.json:2"

    def test_a_control_character_is_no_yaml(self) -> None:
        assert "control characters are not allowed" in error("a: \x01").what

    def test_a_long_number_is_not_repeated_in_full(self) -> None:
        assert len(error("a: " + "9" * 100_000).what) < 100

    def test_an_alias_bomb_stops(self) -> None:
        names = "abcdefghij"
        lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
        lines += [f"{new}: &{new} [{', '.join(['*' + old] * 9)}]" for old, new in itertools.pairwise(names)]
        assert "more than 5,000,000 values once the aliases are written out" in error("\n".join(lines)).what

    @pytest.mark.parametrize("depth", [150, 10_000, 1_000_000])
    @pytest.mark.parametrize("opening", ["[", "{a: ", '{"a":', "- ", "? "])
    def test_deep_nesting_is_refused(self, depth: int, opening: str) -> None:
        assert error(opening * min(depth, 10_000_000 // len(opening))).what == (
            "values are nested more than 100 levels deep"
        )

    def test_a_hundred_levels_are_read(self) -> None:
        assert data("[" * 100 + "]" * 100) is not None

    def test_depth_by_aliases_is_refused(self) -> None:
        lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200)]
        raised = error("\n".join(lines))
        assert raised.what == "values are nested more than 100 levels deep once the aliases are written out"

    @given(text=st.text(max_size=60) | st.text("a&*!{}[]:,-?|>'\"%@` \n~<0.eE+x", max_size=40))
    def test_text_is_read_or_refused(self, text: str) -> None:
        """Whatever a file says, there are data or a UserError that names the file."""
        try:
            read = document.parse(FILE, text)
        except UserError as raised:
            where = raised.where
        else:
            where = read.where()
        assert where.startswith("api.yaml")


class TestFiles:
    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="there is no such file") as caught:
            document.load(tmp_path / "nope.yaml")
        assert caught.value.where.endswith("nope.yaml")

    def test_a_folder_is_no_document(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="this is a folder, not a file"):
            document.load(tmp_path)

    def test_a_file_in_a_file_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_text("")
        with pytest.raises(UserError, match="cannot be read: Not a directory"):
            document.load(tmp_path / "a" / "b.yaml")

    def test_another_encoding_is_named_with_its_byte(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_bytes(b"a: \xff")
        with pytest.raises(UserError, match=r"this is not UTF-8 \(byte 3\)"):
            document.load(tmp_path / "a.yaml")

    def test_a_file_is_shown_as_one_would_type_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "spec").mkdir()
        (tmp_path / "spec/a.yaml").write_text("a: 1")
        monkeypatch.chdir(tmp_path)
        assert document.load(tmp_path / "spec/a.yaml").shown == str(Path("spec/a.yaml"))

    def test_a_file_elsewhere_is_shown_in_full(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_text("a: 1")
        assert document.load(tmp_path / "a.yaml").shown == str(tmp_path / "a.yaml")


class TestLines:
    TEXT = "a:\n  b:\n    - x\n    - c: 1\n\n      d: 2\n"

    @pytest.mark.parametrize(
        ("at", "line"),
        [("", 1), ("/a", 1), ("/a/b", 2), ("/a/b/1", 4), ("/a/b/1/d", 6)],
    )
    def test_a_value_is_found_by_its_pointer(self, at: str, line: int) -> None:
        assert document.parse(FILE, self.TEXT).where(at) == f"api.yaml:{line}"

    @pytest.mark.parametrize(("at", "line"), [("/a/b/1/e", 4), ("/a/b/7", 2), ("/a/b/x", 2), ("/a/b/0/y", 3)])
    def test_what_is_not_there_is_looked_for_above(self, at: str, line: int) -> None:
        assert document.parse(FILE, self.TEXT).where(at) == f"api.yaml:{line}"

    @pytest.mark.parametrize(
        "text", ['{"a": "\x7f"}', '{"%s": 1}' % ("a" * 2000), '{"a"\n: 1}'],
        ids=["DEL", "long name", "colon in a line of its own"],
    )  # fmt: skip
    def test_json_that_is_no_yaml_has_a_place_too(self, text: str) -> None:
        read = document.parse(Path("a.json"), text)
        assert read.where("/a").startswith("a.json:1")

    def test_an_empty_file_has_one_line(self) -> None:
        assert document.parse(FILE, "").where("/a") == "api.yaml:1"

    @pytest.mark.parametrize("ascii_only", [True, False])
    @pytest.mark.parametrize("before", ["", "é", "\u2713", "\U0001f600", "\\\U0001f600\U0001f600", "\ufeff"])
    def test_in_a_long_line_the_column_leads_to_the_key(self, before: str, ascii_only: bool) -> None:
        made = {"first": [1, {"said": before}], "long": "x" * 200, "last": {"item": ["a", "b"]}}
        text = json.dumps(made, ensure_ascii=ascii_only)
        read = document.parse(FILE, text)
        for at, stands in (("/first", '"first"'), ("/first/1/said", '"said"'), ("/last", '"last"'),
                           ("/last/item", '"item"'), ("/last/item/1", '"b"')):  # fmt: skip
            assert read.where(at) == f"api.yaml:1:{text.index(stands) + 1}"

    def test_a_column_is_told_in_long_lines_only(self) -> None:
        read = document.parse(FILE, f"a: {{b: {'x' * 200}, c: 1}}\nd: {{e: 1}}\n")
        assert [read.where(at) for at in ("/a/c", "/d/e", "")] == ["api.yaml:1:210", "api.yaml:2", "api.yaml:1"]


class TestCanonical:
    @given(value=st.dictionaries(st.text(max_size=5), JSON, max_size=6))
    def test_the_order_of_members_does_not_matter(self, value: dict[str, Any]) -> None:
        """Equal values have equal canonical forms."""
        turned = dict(reversed(list(value.items())))
        assert document.canonical(turned) == document.canonical(value)

    @given(one=JSON, other=JSON)
    def test_different_values_have_different_forms(self, one: Any, other: Any) -> None:
        """The canonical form can be read back."""
        assert json.loads(document.canonical(one)) == one
        assert (document.canonical(one) != document.canonical(other)) or one == other

    def test_half_a_surrogate_pair_has_a_form(self) -> None:
        assert document.canonical("\ud83d") == b'"\xed\xa0\xbd"'


class TestPointer:
    @given(tokens=st.lists(st.text()))
    def test_what_is_joined_is_split_again(self, tokens: list[str]) -> None:
        """split ∘ join is the identity on lists of tokens."""
        assert pointer.split(pointer.join(*tokens)) == tokens

    @given(value=JSON)
    def test_each_value_is_found_at_its_pointer(self, value: Any) -> None:
        """RFC 6901: a pointer made of the names and indices on the way leads to the value."""
        waiting = [("", value)]
        while waiting:
            at, each = waiting.pop()
            assert pointer.at(value, at) is each
            inner = each.items() if isinstance(each, dict) else enumerate(each) if isinstance(each, list) else ()
            waiting += [(at + pointer.join(name), member) for name, member in inner]

    @pytest.mark.parametrize("at", ["/b", "/a/2", "/a/-", "/a/-1", "/a/01x", "/a/0/x", "/a/²"])
    def test_what_is_not_there_is_missing(self, at: str) -> None:
        assert pointer.at({"a": [1, None]}, at) is pointer.MISSING

    def test_null_is_not_missing(self) -> None:
        assert pointer.at({"a": [1, None]}, "/a/1") is None


class TestUserError:
    def test_it_says_where_what_and_what_to_do(self) -> None:
        assert str(UserError("it is wrong", where="a.yaml:3", todo="mend it")) == "a.yaml:3: it is wrong\n  mend it"

    def test_what_is_not_known_is_left_out(self) -> None:
        assert str(UserError("it is wrong")) == "it is wrong"
