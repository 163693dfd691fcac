"""Every file of the design's table, whole and the same each time."""

import errno
import json
import os
import sqlite3
from contextlib import closing
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest

from recallgeo.errors import ExportError, LedgerError
from recallgeo.export import commit, write, write_run
from recallgeo.export.readable import MAX_FIELDS, units_with_sites
from recallgeo.export.worklists import outreach_list
from recallgeo.provenance import sha256_of

FILES = {
    *("sites.geojson", "sites.parquet", "exposure.parquet", "incident.gpkg", "assets.parquet"),
    *("not_affected.parquet", "check_needed.csv", "unplaced.csv", "verify_first.csv"),
    *(
        "outreach.csv",
        "near_misses.csv",
        "set_aside.csv",
        "ledger.json",
        "quality.csv",
        "briefing.html",
    ),
}
SAME_BYTES = (".geojson", ".parquet", ".csv", ".json")


def read_csv(path):
    return pd.read_csv(path, encoding="utf-8-sig", dtype="str")


def all_text(folder):
    """Give everything that can be read from a folder, compressed columns and names included."""
    parts = []
    for path in sorted(folder.rglob("*")):
        parts.append(path.relative_to(folder).as_posix())
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            parts += [str(table.to_pylist()), str(table.schema), str(table.schema.metadata)]
        elif path.is_file():
            parts.append(path.read_bytes().decode("utf-8", "ignore"))
        if path.suffix == ".gpkg":
            with closing(sqlite3.connect(path)) as database:
                parts += list(database.iterdump())
    return "\n".join(parts)


def test_every_file_of_the_table_is_there(written):
    names = {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()}
    packs = {name for name in names if name.startswith("partners/")}
    assert names - packs == FILES | {"manifest.json", "outreach.gpkg"}
    assert len(packs) == 2


def test_manifest_lists_every_output_with_its_hash_and_the_log_as_an_input(written):
    manifest = json.loads((written / "manifest.json").read_text())
    packs = {f"partners/{path.name}" for path in (written / "partners").iterdir()}
    assert set(manifest["outputs"]) == FILES | packs
    for name, output in manifest["outputs"].items():
        assert output == {
            "sha256": sha256_of(written / name),
            "bytes": (written / name).stat().st_size,
        }
    assert manifest["inputs"]["outreach log"] == sha256_of(written / "outreach.gpkg")
    assert manifest["incident"]["as_of"] == "2022-06-30"
    assert manifest["attributions"] == ["OpenStreetMap (ODbL 1.0)", "coarse default (CC0)"]


def test_no_protocol_file_is_left(written):
    assert not (written / ".next").exists()
    assert not (written / "commit.json").exists()


def test_geojson_holds_the_placed_sites_in_rank_order(written):
    data = json.loads((written / "sites.geojson").read_text(encoding="utf-8"))
    assert [feature["id"] for feature in data["features"]] == ["s1", "s2", "s3", "s5", "s4"]
    fields = data["features"][0]["properties"]
    assert len(fields) <= MAX_FIELDS
    assert fields["tier_label"] == "Tier 0: accident reported"
    assert fields["colour"] == "#7f0000"
    assert fields["surroundings"] == "school 120 m"
    assert data["title"] == "DRILL: Chargers"
    assert data["attribution"] == ["OpenStreetMap (ODbL 1.0)", "coarse default (CC0)"]


def test_sites_parquet_holds_the_whole_planned_table_in_rank_order(run, written):
    back = gpd.read_parquet(written / "sites.parquet")
    assert back.index.tolist() == ["s1", "s2", "s3", "s5", "s4", "s6"]
    expected = run.plan.frame.loc[back.index]
    pd.testing.assert_frame_equal(
        pd.DataFrame(back.drop(columns="geometry")), pd.DataFrame(expected.drop(columns="geometry"))
    )
    assert back.geometry.isna().tolist() == [False] * 5 + [True]


def test_every_unit_is_in_exactly_one_of_the_unit_tables(run, written):
    found = gpd.read_parquet(written / "assets.parquet")
    clear = pd.read_parquet(written / "not_affected.parquet")
    assert sorted([*found.index, *clear.index]) == sorted(run.scoped.index)
    assert found.loc["a8", ["site_cause"]].tolist() == ["in_channel"]
    assert found["site_cause"].notna().all()
    assert clear.loc["n1", "near_miss_why"] == "one digit"
    assert pd.isna(clear.loc["n2", "near_miss_why"])


def test_units_to_check_and_unplaced_sites_have_their_lists(written):
    check = read_csv(written / "check_needed.csv")
    assert check["asset_id"].tolist() == ["a6", "a9"]
    assert check["site_cause"].tolist() == ["placed", "nowhere"]
    unplaced = read_csv(written / "unplaced.csv")
    assert unplaced["site_id"].tolist() == ["s6"]
    assert unplaced["channel"].notna().all()


def test_outreach_holds_every_site_once_in_the_order_of_work(run, written):
    work = read_csv(written / "outreach.csv")
    assert work["site_id"].tolist() == run.plan.frame.index.tolist()
    assert work["work_order"].astype(int).tolist() == list(range(1, 7))
    assert work["contact"][0].startswith("'@")


def test_what_to_check_first_says_whom_to_ask(written):
    checks = read_csv(written / "verify_first.csv")
    assert "s2" in checks["site_id"].tolist()
    assert checks["name"].notna().all()


def test_every_table_of_a_drill_says_so(written):
    tables = sorted(written.rglob("*.csv"))
    assert len(tables) == 9
    for path in tables:
        table = read_csv(path)
        assert (table["drill"] == "DRILL").all(), path.name
        assert "index" not in table, path.name
    for layer in ("affected_sites", "assets", "because", "doubt"):
        back = pyogrio.read_dataframe(written / "incident.gpkg", layer=layer)
        assert (back["drill"] == "DRILL").all(), layer


def test_real_incident_is_not_marked_as_a_drill(tmp_path, make_run):
    write_run(make_run(mock=False), tmp_path)
    assert "DRILL" not in all_text(tmp_path)


def test_two_writes_of_a_run_give_the_same_bytes(run, written, tmp_path):
    write_run(run, tmp_path, report={"briefing.html": lambda _, path: path.write_text("<p>page")})
    first = json.loads((written / "manifest.json").read_text())["outputs"]
    second = json.loads((tmp_path / "manifest.json").read_text())["outputs"]
    assert set(first) == set(second)
    alike = [name for name in first if name.endswith(SAME_BYTES)]
    assert len(alike) >= 12
    assert {name: first[name] for name in alike} == {name: second[name] for name in alike}


def test_order_of_units_and_layers_does_not_change_the_bytes(run, written, tmp_path):
    turned = replace(
        run, unit_sites=run.unit_sites.iloc[::-1], near_misses=run.near_misses.iloc[::-1]
    )
    write_run(turned, tmp_path)
    for name in ("sites.geojson", "outreach.csv", "check_needed.csv", "assets.parquet"):
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes(), name


def test_second_run_replaces_the_first_and_keeps_the_log(run, tmp_path):
    write_run(run, tmp_path)
    log = pd.DataFrame({"site_id": ["s1"], "state": ["reached"], "at": ["2022-07-05"]})
    pyogrio.write_dataframe(
        log, tmp_path / "outreach.gpkg", layer="outreach_log", driver="GPKG", append=True
    )
    kept = (tmp_path / "outreach.gpkg").read_bytes()
    alone = run.located.assign(
        distributor=run.located["distributor"].mask(run.located["distributor"] == "Alpha Oy")
    )
    write_run(replace(run, located=alone), tmp_path)
    assert (tmp_path / "outreach.gpkg").read_bytes() == kept
    packs = [path.name for path in (tmp_path / "partners").iterdir()]
    assert [name[:4] for name in packs] == ["beta"]


def test_log_may_live_elsewhere(run, tmp_path):
    log = tmp_path / "history" / "calls.gpkg"
    log.parent.mkdir()
    manifest = write_run(run, tmp_path / "out", log=log)
    assert log.exists()
    assert not (tmp_path / "out" / "outreach.gpkg").exists()
    assert manifest["inputs"]["outreach log"] == sha256_of(log)


def test_public_run_holds_no_personal_value_anywhere(public_run, tmp_path, personal):
    write_run(public_run, tmp_path, report={"briefing.html": lambda _, path: path.touch()})
    text = all_text(tmp_path)
    assert (
        json.loads((tmp_path / "sites.geojson").read_text())["features"][0]["properties"]["sites"]
        == 5
    )
    for value in (personal, "Alpha Oy", "Beta AG", "register.csv", "47.1,", "scope fire", "'s1'"):
        assert value not in text, value


def test_internal_run_does_hold_the_values_that_the_search_looks_for(written, personal):
    text = all_text(written)
    for value in (personal, "Alpha Oy", "Beta AG", "register.csv", "scope fire", "'s1'"):
        assert value in text, value


def test_partner_run_holds_the_packs_alone(partner_run, tmp_path):
    manifest = write_run(partner_run, tmp_path)
    assert all(name.startswith("partners/") for name in manifest["outputs"])
    assert len(manifest["outputs"]) == 2
    assert not (tmp_path / "outreach.gpkg").exists()


def test_manifest_for_partners_names_no_register_model_or_capacity(partner_run, tmp_path, personal):
    manifest = write_run(partner_run, tmp_path)
    assert set(manifest) == {"incident", "versions", "attributions", "outputs"}
    text = (tmp_path / "manifest.json").read_text()
    for value in (personal, "register", "capacity", "0" * 64):
        assert value not in text, value


def test_other_place_of_a_unit_is_listed_and_counted_nowhere(written, with_possible, tmp_path):
    write_run(with_possible, tmp_path)
    check = read_csv(tmp_path / "check_needed.csv").set_index("asset_id")
    assert check.index.tolist() == ["z1", "a6", "a9"]
    assert check.loc["z1", ["site_id", "site_cause", "counted_as"]].tolist() == [
        *("s3", "possible_place", "a1")
    ]
    assert check.loc[["a6", "a9"], "counted_as"].isna().all()
    for name in ("assets.parquet", "not_affected.parquet", "sites.parquet", "ledger.json"):
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes(), name


def test_other_place_with_the_key_of_a_counted_unit_or_an_unknown_site_raises(
    with_possible, tmp_path
):
    other = with_possible.possible
    with pytest.raises(LedgerError, match="1 possible places have the key"):
        write_run(replace(with_possible, possible=other.set_axis(["a1"])), tmp_path)
    with pytest.raises(LedgerError, match="1 possible places name sites"):
        write_run(replace(with_possible, possible=other.assign(site_id="s9")), tmp_path)


def test_contact_of_a_site_is_that_of_one_unit(run):
    located = run.located.copy()
    fields = ["contact", "contact_phone", "contact_email"]
    located.loc["a1", fields] = ["Anna", None, None]
    located.loc["a2", fields] = ["Bob", "+41 44 2", None]
    work = outreach_list(run, units_with_sites(replace(run, located=located)))
    first = work.set_index("site_id").loc["s1", fields]
    assert first.iloc[:2].tolist() == ["Bob", "+41 44 2"]
    located.loc["a1", fields] = ["Anna", None, "anna@example.org"]
    work = outreach_list(run, units_with_sites(replace(run, located=located)))
    first = work.set_index("site_id").loc["s1", fields]
    assert first.iloc[[0, 2]].tolist() == ["Anna", "anna@example.org"]
    assert pd.isna(first["contact_phone"])


def test_site_that_only_an_other_place_makes_has_its_contact(with_possible, tmp_path):
    run = with_possible
    alone = replace(run, unit_sites=run.unit_sites.mask(run.unit_sites["site_id"] == "s3"))
    write_run(alone, tmp_path)
    work = read_csv(tmp_path / "outreach.csv").set_index("site_id")
    assert work.loc["s3", "contact"] == run.possible.loc["z1", "contact"]


def test_unknown_profile_is_refused_with_the_nearest(make_run, tmp_path):
    with pytest.raises(ExportError, match="did you mean 'public'"):
        write_run(make_run(profile="publik"), tmp_path)


def test_unit_without_site_or_cause_raises(run, tmp_path):
    with pytest.raises(LedgerError, match="1 located units have neither"):
        write_run(replace(run, unit_sites=run.unit_sites.iloc[1:]), tmp_path)
    assert not (tmp_path / "sites.geojson").exists()


def test_unit_that_was_judged_but_not_located_raises(run, tmp_path):
    with pytest.raises(LedgerError, match="11 rows have a verdict, but 8 are located"):
        write_run(replace(run, located=run.located.iloc[1:]), tmp_path)


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("code", "step"),
    [(errno.ENOSPC, "free some space"), (errno.EACCES, "folder that you may write")],
)
def test_disk_that_fails_leaves_the_earlier_run(run, tmp_path, monkeypatch, code, step):
    write_run(run, tmp_path)
    before = content(tmp_path)

    def fail(*_args, **_options):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(write, "write_geoparquet", fail)
    with pytest.raises(ExportError, match=f"{step}.*what stood there before is intact"):
        write_run(run, tmp_path)
    assert content(tmp_path) == before


def test_disk_that_fails_during_the_move_is_finished_by_the_next_run(run, tmp_path, monkeypatch):
    def fail(*_args):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(commit, "_remove", fail)
        with pytest.raises(ExportError, match="run again to finish moving it"):
            write_run(run, tmp_path)
    write_run(run, tmp_path)
    assert not (tmp_path / ".next").exists()
    assert not (tmp_path / "commit.json").exists()


def test_out_that_is_a_file_is_refused(run, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ExportError, match="choose a folder, not a file"):
        write_run(run, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_report_that_fails_leaves_nothing_behind(run, tmp_path):
    def broken(_run, _path):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_run(run, tmp_path, report={"briefing.html": broken})
    assert not (tmp_path / ".next").exists()
    assert not (tmp_path / "manifest.json").exists()


def test_input_is_not_altered(make_run, tmp_path):
    run = make_run()
    before = {name: getattr(run, name).copy() for name in ("scoped", "located", "unit_sites")}
    planned = run.plan.frame.copy()
    write_run(run, tmp_path)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(pd.DataFrame(getattr(run, name)), pd.DataFrame(frame))
    pd.testing.assert_frame_equal(pd.DataFrame(run.plan.frame), pd.DataFrame(planned))


def test_run_without_any_site_is_written(make_run, tmp_path):
    manifest = write_run(make_run(empty=True), tmp_path)
    assert json.loads((tmp_path / "sites.geojson").read_text())["features"] == []
    assert len(gpd.read_parquet(tmp_path / "sites.parquet")) == 0
    assert not any(name.startswith("partners/") for name in manifest["outputs"])
    assert len(pyogrio.list_layers(tmp_path / "incident.gpkg")) == 6


def test_progress_runs_to_one(run, tmp_path):
    shares = []
    write_run(run, tmp_path, progress=lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
