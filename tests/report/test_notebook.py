from recallgeo.report import run_html


def test_answer_unknowns_and_first_sites_stand_in_it(run):
    page = run_html(run)
    assert "8 units are affected" in page
    assert "DRILL" in page
    assert "Alpha school" in page
    assert "known only by an area" in page


def test_hostile_names_are_escaped_and_cut(hostile_run):
    page = run_html(hostile_run)
    assert "<script" not in page
    assert "<img" not in page
    assert "W" * 200 not in page


def test_run_without_sites_has_a_summary(empty_run):
    assert "0 units are affected" in run_html(empty_run)
