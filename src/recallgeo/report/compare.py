"""What changed between two runs."""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from recallgeo.errors import SourceUnavailableError
from recallgeo.export import roll_forward
from recallgeo.scoring import compare_rankings
from recallgeo.sources.run_folder import read_run_table

if TYPE_CHECKING:
    from recallgeo.export import Run

__all__ = ["compare_runs"]


def compare_runs(
    old: "Run | str | PathLike[str]", new: "Run | str | PathLike[str]"
) -> pd.DataFrame:
    """Compare the sites of two runs: which came, went and moved, and by what.

    Parameters
    ----------
    old, new : Run or path
        Runs, or folders of finished runs.

    Returns
    -------
    DataFrame, index ``site_id``
        As `recallgeo.scoring.compare_rankings` gives it.

    Raises
    ------
    SourceUnavailableError
        If a folder holds no finished run.
    """
    return compare_rankings(_sites_of(old), _sites_of(new))


def _sites_of(run: "Run | str | PathLike[str]") -> pd.DataFrame:
    if not isinstance(run, (str, PathLike)):
        return run.plan.frame
    folder = Path(run)
    roll_forward(folder)
    if not (folder / "manifest.json").exists():
        message = f"{folder} holds no finished run (no manifest.json)"
        raise SourceUnavailableError(message) from FileNotFoundError()
    return read_run_table(folder / "sites.parquet")
