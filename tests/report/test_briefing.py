"""The page as text: what it says, what it holds, and what it must not."""

import re

import pytest

from recallgeo.report import briefing, write_briefing
from recallgeo.report.map_document import bokeh_scripts, map_document


@pytest.fixture(scope="module")
def text(page_file):
    return page_file.read_text(encoding="utf-8")


@pytest.fixture
def plain(text):
    """The page without its scripts."""
    return re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)


def written(run, folder):
    path = folder / "briefing.html"
    write_briefing(run, path)
    return path.read_text(encoding="utf-8")


def test_answer_comes_first(plain):
    heading = re.search(r"<h1>(.*?)</h1>", plain)[1]
    assert heading.startswith("8 units are affected, 0 more may be;")


def test_drill_stands_across_the_top_of_a_mock_run_only(plain, real_run, tmp_path):
    assert 'class="drill"' in plain
    assert 'class="drill"' not in written(real_run, tmp_path)


def test_bar_runs_from_made_to_done(plain):
    labels = re.findall(r"<li><span>(\w[\w ]*)</span><span class=\"track\"", plain)
    assert labels == ["made", "in a register", "affected", "placed", "done"]


def test_what_is_not_known_is_named(plain):
    unknown = plain.split('id="unknown-head"')[1].split("</section>")[0]
    assert "Recalled units made that are not known to be in a register: 20." in unknown
    assert "1 sites with 1 units are known only by an area" in unknown
    assert "coarse default" in unknown


def test_area_only_units_are_counted_beside_the_map(plain):
    assert "1 units at 1 sites in 1 cities are not on the map" in plain


def test_assumptions_name_their_source_or_say_judgement(plain):
    rests = plain.split("What the order rests on")[1].split("Layers and sources")[0]
    assert rests.count("judgement") >= 5
    assert "16 CFR 1115.12" in rests


def test_layers_and_outlines_are_named_with_licence(plain):
    sources = plain.split("Layers and sources")[1]
    assert "places.geojson" in sources
    assert "Natural Earth" in sources
    assert "1 school" in sources


def test_same_run_gives_the_same_bytes(run, page_file, tmp_path):
    write_briefing(run, tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == page_file.read_bytes()


def test_nothing_outside_the_page_is_named_as_a_source(text):
    markup = text.split("<script")[0]
    assert re.findall(r"<(?:link|img|iframe)[^>]+(?:src|href)\s*=", markup) == []
    assert not re.search(r"<script[^>]+src", text)


def test_policy_allows_these_scripts_alone(text):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert "script-src 'unsafe-inline'" not in policy
    assert policy.count("sha256-") == len(bokeh_scripts()) + 1


def test_scripts_cannot_be_ended_early():
    assert all("</script" not in script.lower() for script in bokeh_scripts())
    assert "<" not in briefing._inert(map_document())


def test_hostile_names_are_never_markup(hostile_run, tmp_path):
    page = written(hostile_run, tmp_path)
    images = re.findall(r"<img[^>]*>", page.split("<script")[0])
    assert images == ['<img id="map-picture" alt="">']
    assert 'document.title="owned"' not in page
    assert "W" * 1000 not in page


def test_page_holds_its_most_and_counts_the_rest(run, tmp_path, monkeypatch):
    monkeypatch.setattr(briefing, "PAGE_SITES", 3)
    page = written(run, tmp_path)
    assert "This page holds the first 3 sites in the order of work; 2 more stand in" in page


def test_run_without_sites_has_a_page(empty_run, tmp_path):
    page = written(empty_run, tmp_path)
    assert "0 units are affected, 0 more may be" in page
    assert "No site is left to contact." in page


@pytest.mark.slow
def test_20_000_sites_take_less_than_4_megabytes(run, grow, tmp_path):
    assert len(written(grow(run, 20_000), tmp_path)) < 4e6
