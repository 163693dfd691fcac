"""Write a run: every file of the design's table, committed as one."""

import errno
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, Literal, cast, get_args

import geopandas as gpd
import pandas as pd
import pyogrio.errors

from recallgeo.errors import ExportError, LedgerError, nearest_name
from recallgeo.export.commit import (
    COMMIT,
    STAGING,
    commit_files,
    discard_staging,
    open_staging,
    write_json,
)
from recallgeo.export.delimited import write_csv
from recallgeo.export.exposure_table import long_exposure
from recallgeo.export.geojson import write_geojson
from recallgeo.export.geopackage import write_geopackage
from recallgeo.export.geoparquet import write_geoparquet, write_parquet
from recallgeo.export.lock import only_writer
from recallgeo.export.map_layers import area_layer, attributions, incident_layers
from recallgeo.export.outreach_log import LOG_NAME, ensure_outreach_log
from recallgeo.export.partners import partner_packs
from recallgeo.export.public import FEWEST_SITES, customers_of_sites, public_areas
from recallgeo.export.readable import (
    is_drill,
    mark_drill,
    possible_with_sites,
    readable_sites,
    sites_by_rank,
    units_with_sites,
)
from recallgeo.export.run import Run
from recallgeo.export.worklists import (
    check_list,
    not_affected_units,
    outreach_list,
    unplaced_list,
    verify_list,
)
from recallgeo.frames import LOCATED, PLANNED, SCOPED
from recallgeo.progress import Progress, silent
from recallgeo.provenance import sha256_of

__all__ = ["Profile", "ReportWriter", "write_run"]

Profile = Literal["internal", "partner", "public"]
ReportWriter = Callable[[Run, Path], None]


def write_run(
    run: Run,
    out: str | PathLike[str],
    *,
    report: Mapping[str, ReportWriter] | None = None,
    log: str | PathLike[str] | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Write a run into a folder; readers see the earlier run or the whole new one.

    The profile stands in ``run.manifest["incident"]["profile"]``. ``internal`` writes everything;
    ``partner`` the partner packs alone; ``public`` areas with at least 5 sites of at
    least 5 customers, the ledger, and nothing about any single site, unit or customer (the report
    writers are not called).

    Parameters
    ----------
    run : Run
        One incident, worked through.
    out : path
        Folder; made if absent. Files that no run wrote are never replaced or removed.
    report : mapping of file name to writer, optional
        Further files, such as ``{"briefing.html": write_briefing, "map.png": write_map}``; each
        writer takes the run and the path.
    log : path, optional
        The outreach log; ``outreach.gpkg`` in `out` where missing. Made if absent, never
        replaced.
    progress : callable
        Told the share done.

    Returns
    -------
    dict
        The manifest as it was written, with ``outputs``: sha256 and bytes by name.

    Raises
    ------
    ExportError
        If the folder cannot be written, the disk is full, a file is in the way, or another run
        is writing there. The earlier run is intact; or, once the commit has begun, the next
        command finishes the new one.
    LedgerError
        If a unit or site would be in no file.
    """
    folder = Path(out)
    profile = _profile_of(run)
    with _as_export_error(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with only_writer(folder):
            staging = open_staging(folder)
            try:
                inputs = _log_input(folder, log) if profile == "internal" else {}
                _stage(run, staging, profile, report or {}, progress)
                manifest = _manifest(run, staging, profile, inputs)
                commit_files(folder, manifest)
            finally:
                discard_staging(folder)
    progress(1.0, "write files")
    return manifest


def _profile_of(run: Run) -> Profile:
    profile = run.manifest["incident"].get("profile", "internal")
    if profile not in get_args(Profile):
        hint = nearest_name(str(profile), get_args(Profile))
        message = f"profile {profile!r} is not known; {hint}"
        raise ExportError(message)
    return cast("Profile", profile)


def _stage(
    run: Run,
    staging: Path,
    profile: Profile,
    report: Mapping[str, ReportWriter],
    progress: Progress,
) -> None:
    """Write the profile's files into the staging folder."""
    if profile == "public":
        _stage_public(run, staging)
        return
    if profile == "partner":
        _stage_partners(run, staging, units_with_sites(run), possible_with_sites(run))
        return
    units, possible = units_with_sites(run), possible_with_sites(run)
    steps: list[Callable[[], None]] = [
        lambda: _stage_sites(run, staging, units),
        lambda: _stage_units(run, staging, units, possible),
        lambda: _stage_partners(run, staging, units, possible),
        lambda: _stage_books(run, staging),
        *(lambda name=name: report[name](run, staging / name) for name in report),
    ]
    for number, step in enumerate(steps):
        progress(number / (len(steps) + 1), "write files")
        step()


def _stage_sites(run: Run, staging: Path, units: gpd.GeoDataFrame) -> None:
    planned = sites_by_rank(run)
    shown = readable_sites(run, planned)
    write_geojson(shown, staging / "sites.geojson", members=_members(run))
    write_geoparquet(planned, staging / "sites.parquet", schema=PLANNED)
    write_parquet(long_exposure(planned), staging / "exposure.parquet")
    write_geopackage(
        incident_layers(run, shown, planned, units),
        staging / "incident.gpkg",
        title=_title(run),
        as_of=str(run.manifest["incident"]["as_of"]),
    )


def _stage_units(
    run: Run, staging: Path, units: gpd.GeoDataFrame, possible: gpd.GeoDataFrame
) -> None:
    clear = not_affected_units(run)
    if len(units) + len(clear) != len(run.scoped):
        message = (
            f"write_run: {len(run.scoped)} rows have a verdict, but {len(units)} are located and "
            f"{len(clear)} are not affected"
        )
        raise LedgerError(message)
    write_geoparquet(units, staging / "assets.parquet", schema=LOCATED)
    write_parquet(clear, staging / "not_affected.parquet", schema=SCOPED)
    write_csv(check_list(run, units, possible), staging / "check_needed.csv")
    known = gpd.GeoDataFrame(pd.concat([units, possible])) if len(possible) else units
    work = outreach_list(run, known)
    write_csv(work, staging / "outreach.csv")
    write_csv(unplaced_list(run, work), staging / "unplaced.csv")
    write_csv(verify_list(run, work), staging / "verify_first.csv")


def _stage_partners(
    run: Run, staging: Path, units: gpd.GeoDataFrame, possible: gpd.GeoDataFrame
) -> None:
    folder = staging / "partners"
    folder.mkdir(exist_ok=True)
    for name, pack in partner_packs(run, units, possible):
        write_csv(pack, folder / name)


def _stage_books(run: Run, staging: Path) -> None:
    write_csv(mark_drill(run, run.near_misses), staging / "near_misses.csv")
    write_csv(mark_drill(run, run.set_aside), staging / "set_aside.csv")
    write_csv(mark_drill(run, run.quality), staging / "quality.csv")
    write_json(staging / "ledger.json", run.ledger.to_dict())


def _stage_public(run: Run, staging: Path) -> None:
    units = pd.concat([units_with_sites(run), possible_with_sites(run)])
    areas = mark_drill(run, public_areas(sites_by_rank(run), customers_of_sites(units)))
    write_geojson(areas, staging / "sites.geojson", members=_members(run))
    write_geoparquet(areas, staging / "sites.parquet")
    write_geopackage(
        [area_layer(areas, fewest=FEWEST_SITES)],
        staging / "incident.gpkg",
        title=_title(run),
        as_of=str(run.manifest["incident"]["as_of"]),
    )
    write_json(staging / "ledger.json", run.ledger.to_dict())


def _members(run: Run) -> dict[str, Any]:
    """Give what stands at the head of the GeoJSON beside the features."""
    return {
        "name": "affected_sites",
        "title": _title(run),
        "drill": is_drill(run),
        "attribution": attributions(run),
    }


def _title(run: Run) -> str:
    name = str(run.manifest["incident"].get("name", run.recall.id))
    return f"DRILL: {name}" if is_drill(run) else name


def _log_input(folder: Path, log: str | PathLike[str] | None) -> dict[str, str]:
    """Make the outreach log where there is none, and give its line among the inputs."""
    path = folder / LOG_NAME if log is None else Path(log)
    ensure_outreach_log(path)
    return {"outreach log": sha256_of(path)}


def _manifest(
    run: Run, staging: Path, profile: Profile, inputs: Mapping[str, Any]
) -> dict[str, Any]:
    """Give the manifest: what came in, how it was worked, what came out."""
    files = sorted(path for path in staging.rglob("*") if path.is_file())
    outputs = {
        path.relative_to(staging).as_posix(): {
            "sha256": sha256_of(path),
            "bytes": path.stat().st_size,
        }
        for path in files
    }
    manifest = {**run.manifest, "attributions": attributions(run)}
    manifest["inputs"] = {**run.manifest.get("inputs", {}), **inputs}
    if profile != "internal":  # inputs, model and capacities are nobody else's business
        shown = ("incident", "versions", "attributions")
        manifest = {name: manifest[name] for name in shown if name in manifest}
    return {**manifest, "outputs": outputs}


@contextmanager
def _as_export_error(folder: Path) -> Iterator[None]:
    """Turn a failure of the disk into an error that says what stands there now."""
    try:
        yield
    except (OSError, sqlite3.Error, *_PYOGRIO) as error:
        code = error.errno if isinstance(error, OSError) else None
        step = _STEPS.get(code or 0, "check the folder and the disk")
        state = (
            f"the new run is whole in {STAGING}; run again to finish moving it"
            if (folder / COMMIT).exists()
            else "what stood there before is intact"
        )
        cause = error.strerror if isinstance(error, OSError) and error.strerror else error
        message = f"{folder.name or folder} cannot be written: {cause}; {step}; {state}"
        raise ExportError(message) from error


_PYOGRIO = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
)
_STEPS = {
    errno.ENOSPC: "free some space or choose another folder",
    errno.EDQUOT: "free some space or choose another folder",
    errno.EACCES: "choose a folder that you may write, or close the file in other programs",
    errno.EPERM: "choose a folder that you may write, or close the file in other programs",
    errno.EROFS: "choose a folder that you may write",
    errno.ENOTDIR: "choose a folder, not a file",
    errno.EEXIST: "choose a folder, not a file",
    errno.EISDIR: "move that folder away or choose another one",
}
