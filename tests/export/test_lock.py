"""Two runs never write to one folder at once, and readers leave a writer alone."""

import subprocess
import sys

import pytest

from recallgeo.errors import ExportError
from recallgeo.export import roll_forward, write_run
from recallgeo.export.commit import STAGING
from recallgeo.export.lock import only_writer, sole_writer


def test_second_run_into_a_folder_is_refused(run, tmp_path):
    with only_writer(tmp_path), pytest.raises(ExportError, match="another run is writing"):
        write_run(run, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_reader_leaves_the_staging_of_a_living_run_alone(tmp_path):
    (tmp_path / STAGING).mkdir()
    with only_writer(tmp_path):
        assert roll_forward(tmp_path) is False
        assert (tmp_path / STAGING).exists()
    assert roll_forward(tmp_path) is False
    assert not (tmp_path / STAGING).exists()


def test_lock_of_a_killed_process_is_free(tmp_path):
    script = (
        "import os, pathlib, sys\n"
        "from recallgeo.export.lock import only_writer\n"
        "with only_writer(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        with sole_writer(tmp_path) as alone:
            assert not alone
        other.kill()
        other.wait()
    with sole_writer(tmp_path) as alone:
        assert alone


def test_lock_leaves_no_file(tmp_path):
    with only_writer(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
