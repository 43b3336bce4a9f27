"""Folders are compared file by file, and replaced all or nothing."""

from pathlib import Path

import pytest

import trees
from assay.errors import UserError


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return _folder(tmp_path / "new", {"same": "1\n", "sub/other": "2\n"})


def test_equal_folders_do_not_differ(tmp_path: Path, new: Path) -> None:
    old = _folder(tmp_path / "old", {"same": "1\n", "sub/other": "2\n"})
    assert trees.differences(new, old, shown="old") == []


def test_a_missing_file_is_named(tmp_path: Path, new: Path) -> None:
    old = _folder(tmp_path / "old", {"same": "1\n"})
    assert trees.differences(new, old, shown="old") == ["missing: old/sub/other\n"]


def test_an_extra_file_is_named(tmp_path: Path, new: Path) -> None:
    old = _folder(tmp_path / "old", {"same": "1\n", "sub/other": "2\n", "sub/more": ""})
    assert trees.differences(new, old, shown="old") == ["not generated: old/sub/more\n"]


def test_a_changed_file_is_shown_as_a_diff_from_what_is_there(tmp_path: Path, new: Path) -> None:
    old = _folder(tmp_path / "old", {"same": "1\n", "sub/other": "3"})
    assert trees.differences(new, old, shown="old") == [
        "--- old/sub/other\n+++ old/sub/other (generated)\n@@ -1 +1 @@\n-3\n\\ No newline at end of file\n+2\n"
    ]


def test_a_folder_that_is_not_there_yet_is_written_with_the_folders_above(tmp_path: Path, new: Path) -> None:
    trees.replace(tmp_path / "a/b", new)
    assert trees.differences(new, tmp_path / "a/b", shown="b") == []


def test_nothing_of_the_old_folder_stays(tmp_path: Path, new: Path) -> None:
    old = _folder(tmp_path / "old", {"stale": ""})
    trees.replace(old, new)
    assert trees.differences(new, old, shown="old") == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"]


@pytest.mark.parametrize("interrupted_at", [1, 2])
def test_an_interrupted_swap_leaves_the_old_folder(
    tmp_path: Path, new: Path, monkeypatch: pytest.MonkeyPatch, interrupted_at: int
) -> None:
    old = _folder(tmp_path / "old", {"mine": ""})
    renames: list[Path] = []
    rename = Path.rename

    def interrupt(path: Path, target: Path) -> Path:
        renames.append(path)
        if len(renames) == interrupted_at:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupt)
    with pytest.raises(KeyboardInterrupt):
        trees.replace(old, new)
    assert [path.name for path in old.iterdir()] == ["mine"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"]


def test_a_place_that_cannot_be_written_to_is_a_user_error(tmp_path: Path, new: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"file/out: cannot be written: "):
        trees.replace(tmp_path / "file/out", new)


def _folder(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root
