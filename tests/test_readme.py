"""The README's script runs as it stands."""

import re
from pathlib import Path

import pytest

from recallgeo.demo import write_demo_inputs

README = Path(__file__).resolve().parents[1] / "README.md"


@pytest.mark.filterwarnings("default::recallgeo.errors.RecallGeoWarning")
def test_script_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_demo_inputs(tmp_path / "demo-out" / "inputs")
    script = re.search(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert script is not None
    exec(compile(script[1], "README.md", "exec"), {})  # noqa: S102  # the test is to run it
    assert "wave 1" in capsys.readouterr().out
    assert (tmp_path / "out" / "manifest.json").exists()


def test_picture_of_the_readme_is_there():
    for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README.read_text("utf-8")):
        assert (README.parent / name).exists(), name
