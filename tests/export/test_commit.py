"""A reader sees the earlier run or the whole new one, whatever step a run dies at."""

import json
import os
import shutil
from itertools import count
from pathlib import Path

import pytest

from recallgeo.errors import ExportError
from recallgeo.export.commit import (
    COMMIT,
    MANIFEST,
    STAGING,
    commit_files,
    discard_staging,
    open_staging,
    roll_forward,
)
from recallgeo.provenance import sha256_of

OLD = {"a.csv": "old a", "partners/x.csv": "old x", "partners/y.csv": "old y"}
NEW = {"a.csv": "new a", "b.csv": "new b", "partners/y.csv": "new y"}


class Killed(BaseException):
    """The process is gone."""


def write_set(folder, files):
    """Write a set of files the way `write_run` does."""
    staging = open_staging(folder)
    for name, text in files.items():
        (staging / name).parent.mkdir(exist_ok=True)
        (staging / name).write_text(text)
    outputs = {name: {"sha256": sha256_of(staging / name)} for name in files}
    commit_files(folder, {"outputs": outputs})


def content(folder):
    """Give what a reader finds, leaving out the protocol's own files."""
    files = [path for path in folder.rglob("*") if path.is_file() and STAGING not in path.parts]
    names = {path.relative_to(folder).as_posix(): path.read_text() for path in files}
    return {name: text for name, text in names.items() if name not in (MANIFEST, COMMIT)}


def manifest_fits(folder):
    outputs = json.loads((folder / MANIFEST).read_text())["outputs"]
    return all(
        (folder / name).is_file() and sha256_of(folder / name) == output["sha256"]
        for name, output in outputs.items()
    )


def die_at(monkeypatch, step):
    """Let the given call that touches the disk, and every later one, fail."""
    calls = count(1)

    def mortal(function):
        def call(*args, **options):
            if next(calls) >= step:
                raise Killed
            return function(*args, **options)

        return call

    for module, name in [
        (os, "replace"),
        (os, "fsync"),
        (os, "unlink"),
        (os, "rmdir"),
        (os, "mkdir"),
        (shutil, "rmtree"),
        (Path, "write_text"),
    ]:
        monkeypatch.setattr(module, name, mortal(getattr(module, name)))


def outlives(monkeypatch, step, work):
    """Do the work in a process that dies at a step; say whether it lived to the end."""
    with monkeypatch.context() as patch:
        die_at(patch, step)
        try:
            work()
        except Killed:
            return False
    return True


@pytest.mark.parametrize("step", range(1, 60))
def test_death_at_any_step_leaves_the_old_set_or_the_whole_new_one(tmp_path, monkeypatch, step):
    write_set(tmp_path, OLD)
    survived = outlives(monkeypatch, step, lambda: write_set(tmp_path, NEW))
    if manifest_fits(tmp_path):
        outputs = json.loads((tmp_path / MANIFEST).read_text())["outputs"]
        assert {name: content(tmp_path)[name] for name in outputs} in (OLD, NEW)
    roll_forward(tmp_path)
    assert content(tmp_path) in (OLD, NEW)
    assert manifest_fits(tmp_path)
    assert not (tmp_path / STAGING).exists()
    assert not (tmp_path / COMMIT).exists()
    assert content(tmp_path) == NEW or not survived


def test_steps_cover_the_whole_protocol(tmp_path, monkeypatch):
    """The last step of the test above comes after the end, the first before the start."""
    write_set(tmp_path, OLD)
    assert outlives(monkeypatch, 59, lambda: write_set(tmp_path, NEW))
    assert content(tmp_path) == NEW


@pytest.mark.parametrize("first", [1, 3, 5, 7, 9])
def test_death_during_the_roll_forward_is_survived_too(tmp_path, monkeypatch, first):
    write_set(tmp_path, OLD)
    assert not outlives(monkeypatch, 22, lambda: write_set(tmp_path, NEW))
    assert (tmp_path / COMMIT).exists()
    assert not outlives(monkeypatch, first, lambda: roll_forward(tmp_path))
    roll_forward(tmp_path)
    assert content(tmp_path) == NEW


def test_staging_without_a_commit_is_discarded(tmp_path):
    write_set(tmp_path, OLD)
    (tmp_path / STAGING).mkdir()
    (tmp_path / STAGING / "a.csv").write_text("torn")
    assert roll_forward(tmp_path) is False
    assert content(tmp_path) == OLD
    assert not (tmp_path / STAGING).exists()


def test_staging_with_a_commit_is_not_discarded(tmp_path):
    (tmp_path / STAGING).mkdir()
    (tmp_path / COMMIT).write_text("{}")
    discard_staging(tmp_path)
    assert (tmp_path / STAGING).exists()


def test_packs_of_the_earlier_run_go_and_foreign_files_stay(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    write_set(tmp_path, OLD)
    (tmp_path / "partners" / "mine.csv").write_text("mine")
    write_set(tmp_path, NEW)
    assert content(tmp_path) == {**NEW, "notes.txt": "mine", "partners/mine.csv": "mine"}


def test_empty_partner_folder_goes_with_its_last_pack(tmp_path):
    write_set(tmp_path, OLD)
    write_set(tmp_path, {"a.csv": "new"})
    assert not (tmp_path / "partners").exists()


def test_foreign_file_of_the_same_name_is_not_replaced(tmp_path):
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(ExportError, match=r"no run wrote \('a.csv'\)"):
        write_set(tmp_path, NEW)
    assert (tmp_path / "a.csv").read_text() == "mine"


def test_foreign_manifest_is_not_replaced(tmp_path):
    (tmp_path / MANIFEST).write_text('{"name": "a web app"}')
    with pytest.raises(ExportError, match="not the manifest of a run"):
        write_set(tmp_path, NEW)
    assert (tmp_path / MANIFEST).read_text() == '{"name": "a web app"}'


def test_altered_staging_is_not_rolled_forward(tmp_path, monkeypatch):
    write_set(tmp_path, OLD)
    assert not outlives(monkeypatch, 22, lambda: write_set(tmp_path, NEW))
    staged = next(path for path in (tmp_path / STAGING).rglob("*.csv"))
    staged.write_text("altered")
    with pytest.raises(ExportError, match="missing or altered"):
        roll_forward(tmp_path)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a\\..\\x", "c:x", ""])
def test_names_that_lead_out_of_the_folder_are_refused(tmp_path, name):
    (tmp_path / COMMIT).write_text(json.dumps({"files": {name: "0"}, "remove": []}))
    with pytest.raises(ExportError, match="not the name of a file inside"):
        roll_forward(tmp_path)
    (tmp_path / COMMIT).write_text(json.dumps({"files": {}, "remove": [name]}))
    with pytest.raises(ExportError, match="not the name of a file inside"):
        roll_forward(tmp_path)


def test_foreign_commit_file_is_refused(tmp_path):
    (tmp_path / COMMIT).write_text("[1, 2]")
    with pytest.raises(ExportError, match="not the commit of a run"):
        roll_forward(tmp_path)
