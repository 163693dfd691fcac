"""Pictures: the same bytes in every run, and the words that must stand on them."""

import dataclasses
import io

import matplotlib as mpl
import numpy as np
import pytest

from recallgeo.report import draw_map, plot_sites, write_map

mpl.use("Agg")


@pytest.fixture
def axes():
    from matplotlib.figure import Figure

    return Figure().subplots()


def words_of(axes):
    return [
        axes.get_title(loc="left"),
        axes.get_xlabel(),
        *(text.get_text() for text in axes.texts),
    ]


def test_map_is_the_same_bytes_twice(run, tmp_path):
    write_map(run, tmp_path / "one.png")
    write_map(run, tmp_path / "two.png")
    first = (tmp_path / "one.png").read_bytes()
    assert first.startswith(b"\x89PNG")
    assert first == (tmp_path / "two.png").read_bytes()


def test_worst_tier_is_drawn_on_top(run, axes):
    plot_sites(run.plan.frame, ax=axes)
    marks = {
        dot.get_zorder(): len(dot.get_offsets()) for dot in axes.collections if dot.get_zorder() > 5
    }
    tiers = run.plan.frame.loc[run.plan.frame.geometry.notna(), "tier"].value_counts()
    assert marks == {10 - int(tier): int(count) for tier, count in tiers.items()}


def test_sites_without_a_point_and_the_source_are_named(run, axes):
    plot_sites(run.plan.frame, ax=axes, title="All", source="© somebody")
    words = words_of(axes)
    assert "All" in words
    assert "1 sites known only by an area are not on the map\n© somebody" in words
    assert any(word.endswith(" km") for word in words)  # the scale bar


def test_coarse_population_stands_in_the_title(run):
    from recallgeo.report.facts import gather_facts
    from recallgeo.report.plots import _title_lines

    assert run.population.coarse_default
    facts = gather_facts(run)
    assert any(line.startswith("coarse default population") for line in _title_lines(run, facts))
    fine = dataclasses.replace(
        run, population=dataclasses.replace(run.population, coarse_default=False)
    )
    assert not any("coarse" in line for line in _title_lines(fine, facts))


def test_map_across_the_antimeridian_is_narrow(run, place, axes):
    frame = place(run, [(179.9, -17.0), (-179.9, -17.1)]).plan.frame
    plot_sites(frame, ax=axes)
    west, east = axes.get_xlim()
    assert 0.2 < east - west < 0.3
    assert west < 180 < east


@pytest.mark.parametrize("points", [[], [None], [(0.0, 0.0)], [(0.0, 90.0), (0.0, -90.0)]], ids=str)
def test_odd_places_are_drawn(points, run, place):
    picture = io.BytesIO()
    draw_map(place(run, points), picture)
    assert picture.getvalue().startswith(b"\x89PNG")


def test_plot_does_not_alter_the_sites(run, axes):
    before = run.plan.frame.copy()
    plot_sites(run.plan.frame, ax=axes)
    assert before.equals(run.plan.frame)
    assert np.isfinite(axes.get_xlim()).all()
