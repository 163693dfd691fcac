"""The page in Debian's Chromium, offline."""

import re

import pytest

from recallgeo.report import write_briefing

pytestmark = pytest.mark.browser

ROWS = "#sites tbody tr[data-row]"

WIDTH = """(() => {
    const range = Bokeh.documents[0].get_model_by_name("plot").x_range;
    return range.end - range.start;
})()"""

COLOURS = """() => {
    const find = (root) => root.querySelector("canvas")
        ?? [...root.querySelectorAll("*")]
            .map((element) => element.shadowRoot && find(element.shadowRoot)).find(Boolean);
    const canvas = find(document.getElementById("map"));
    const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let at = 0; at < image.data.length; at += 4) {
        seen.add(image.data[at] << 16 | image.data[at + 1] << 8 | image.data[at + 2]);
    }
    return [...seen];
}"""

MARKUP_IN_MAP = """() => {
    const count = (root) => [...root.querySelectorAll("*")].reduce(
        (sum, element) => sum + (element.shadowRoot ? count(element.shadowRoot) : 0),
        root.querySelectorAll("img, script").length);
    return count(document.getElementById("map"));
}"""


@pytest.fixture(scope="module")
def desk(open_page, page_file):
    return open_page(page_file)


@pytest.fixture
def page(desk):
    """The page as it opens: no filter, in the order of work, all sites on the map."""
    yield desk
    desk.emulate_media(media="screen")
    desk.click("#filters button[type=reset]")
    desk.wait_for_selector("#found:has-text('5 of 5 sites')")
    if desk.get_attribute("#sites th:has(button[data-key=order])", "aria-sort") != "ascending":
        desk.click("#sites button[data-key=order]")
    desk.click("#fit-all")


@pytest.fixture
def phone(open_page, page_file):
    return open_page(page_file, width=390, height=844)


def shown_marks(page):
    return int(page.get_attribute("#map", "data-shown"))


def widest(page):
    return page.evaluate("document.documentElement.scrollWidth")


def wait_for_rows(page, count):
    page.wait_for_selector(f"#found:has-text('{count} of 5 sites')")
    assert page.locator(ROWS).count() == count


def row_of(page, name):
    return page.locator(ROWS).filter(has_text=name)


def test_page_opens_without_faults_or_outside_requests(page):
    assert page.faults == []
    assert [url for url in page.requests if not url.startswith("file://")] == []


def test_table_and_map_hold_every_site(page):
    assert page.locator(ROWS).count() == 5
    assert shown_marks(page) == 4
    assert "5 of 5 sites, 8 units; 1 of the sites are not on the map" in page.inner_text("#found")


def test_map_is_drawn(page):
    colours = page.evaluate(COLOURS)
    assert {0xDBE7EE, 0xF2EFE9} <= set(colours)  # sea and land
    assert 0x8FB8DE in colours  # a square of tier 3


@pytest.mark.parametrize(
    ("field", "value", "rows", "marks"),
    [
        ("country", "FI", 3, 2),
        ("partner", "Handel AG", 2, 2),
        ("support_status", "unknown", 1, 1),
        ("placed", "area", 1, 0),
        ("near", "0", 1, 1),
    ],
)
def test_filter_narrows_table_and_map_together(page, field, value, rows, marks):
    page.select_option(f"#filters [name={field}]", value)
    wait_for_rows(page, rows)
    assert shown_marks(page) == marks


def test_search_finds_a_serial_and_clear_brings_all_back(page):
    page.fill("#filters [name=words]", "sn-0003")
    wait_for_rows(page, 1)
    assert "Delta depot" in page.inner_text(ROWS)
    page.click("#filters button[type=reset]")
    wait_for_rows(page, 5)


def test_search_without_hit_says_so(page):
    page.fill("#filters [name=words]", "no such place")
    page.wait_for_selector("text=No site fits these filters.")
    assert shown_marks(page) == 0


def test_click_on_a_row_shows_reason_and_lineage(page):
    row_of(page, "Delta depot").click()
    detail = page.inner_text("#detail")
    assert "Delta depot" in detail
    assert "3 affected units" in detail
    assert "register.csv line 5" in detail
    assert "SN-0003" in detail


def test_click_on_a_mark_chooses_its_row(page):
    place = page.evaluate(
        """() => {
            const doc = Bokeh.documents[0];
            const plot = doc.get_model_by_name("plot");
            const data = doc.get_model_by_name("sites").data;
            const at = data.label.findIndex((label) => label.includes("Gamma"));
            const box = document.getElementById("map").getBoundingClientRect();
            const share = (range, value) => (value - range.start) / (range.end - range.start);
            return [box.left + share(plot.x_range, data.x[at]) * box.width,
                    box.bottom - share(plot.y_range, data.y[at]) * box.height];
        }"""
    )
    page.mouse.click(*place)
    page.wait_for_selector("#detail h3:has-text('Gamma')")
    assert "Gamma" in page.inner_text(f"{ROWS}[aria-current]")


def test_site_known_by_its_city_says_so(page):
    row_of(page, "Epsilon hall").click()
    detail = page.inner_text("#detail")
    assert "only an area is known" in detail
    assert page.locator("#approach").count() == 0


def test_keyboard_reaches_a_site_and_moves_between_rows(page):
    page.locator("#sites tbody button").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    second = page.locator(ROWS).nth(1)
    assert second.get_attribute("aria-current") == "true"
    assert second.locator("button").inner_text() in page.inner_text("#detail h3")


def test_order_by_units_puts_the_largest_first(page):
    page.click("#sites button[data-key=units]")
    assert "Delta depot" in page.locator(ROWS).first.inner_text()
    assert page.get_attribute("#sites th:has(button[data-key=units])", "aria-sort") == "descending"


def test_zoom_buttons_change_the_map(page):
    before = page.evaluate(WIDTH)
    page.click("#zoom-in")
    assert page.evaluate(WIDTH) == pytest.approx(before / 2)


def test_page_fits_a_phone_and_unfolds_the_detail_under_its_row(phone):
    assert phone.faults == []
    assert widest(phone) == 390
    row_of(phone, "Beta office").locator("button").click()
    assert phone.locator("tr.unfolded #detail").count() == 1
    box = phone.locator("#detail").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_hostile_names_stay_text(hostile_run, hostile_names, open_page, tmp_path):
    write_briefing(hostile_run, tmp_path / "briefing.html")
    page = open_page(tmp_path / "briefing.html")
    assert page.title().startswith("DRILL: Chargers <drill> & co")
    for row in page.locator(ROWS).all():
        row.click()
    row_of(page, hostile_names["script"]).click()
    assert hostile_names["script"] in page.inner_text("#detail h3")
    assert page.locator("main img:not(#map-picture), main script").count() == 0
    assert page.title().startswith("DRILL: Chargers <drill> & co")
    assert page.faults == []
    assert [url for url in page.requests if not url.startswith("file://")] == []
    assert widest(page) == 1440


def test_hover_over_a_hostile_name_stays_text(hostile_run, open_page, tmp_path):
    write_briefing(hostile_run, tmp_path / "briefing.html")
    page = open_page(tmp_path / "briefing.html")
    page.locator("#map").hover()
    for step in range(0, 900, 15):
        box = page.locator("#map").bounding_box()
        page.mouse.move(box["x"] + step, box["y"] + box["height"] / 2)
    markup = page.evaluate(MARKUP_IN_MAP)
    assert markup == 0
    assert page.faults == []
    assert page.title().startswith("DRILL: Chargers <drill> & co")


def test_run_without_sites_opens(empty_run, open_page, tmp_path):
    write_briefing(empty_run, tmp_path / "briefing.html")
    page = open_page(tmp_path / "briefing.html")
    assert page.faults == []
    assert shown_marks(page) == 0
    assert "0 of 0 sites" in page.inner_text("#found")


@pytest.mark.parametrize(
    ("points", "wide_km"),
    [
        ([(24.94, 60.17)], 3),
        ([(24.94, 60.17)] * 3, 3),
        ([None, None], 100_000),
        ([(179.9, -17.0), (-179.9, -17.1)], 60),
        ([(0.0, 89.9), (0.0, -89.9)], 100_000),
    ],
    ids=["one", "all at one point", "no points", "antimeridian", "poles"],
)
def test_odd_places_open_in_a_map_that_fits(points, wide_km, run, place, open_page, tmp_path):
    write_briefing(place(run, points), tmp_path / "briefing.html")
    page = open_page(tmp_path / "briefing.html")
    assert page.faults == []
    assert shown_marks(page) == sum(point is not None for point in points)
    assert page.locator(ROWS).count() == len(points)
    assert page.evaluate(WIDTH) < wide_km * 1000


def test_print_shows_the_table_whole_and_no_filters(page):
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert 1 <= sheets <= 6
    page.emulate_media(media="print")
    assert not page.is_visible("#filters")
    assert not page.is_visible("#detail")
    frame = page.locator("#table-frame").evaluate("e => e.scrollHeight - e.clientHeight")
    assert frame <= 1
    picture = page.locator("#map-picture")
    assert picture.get_attribute("src").startswith("data:image/png")
    assert picture.is_visible()
    assert picture.evaluate("image => image.naturalWidth") > 300


@pytest.mark.slow
def test_20_000_sites_open_and_filter_quickly(run, grow, open_page, tmp_path):
    write_briefing(grow(run, 20_000), tmp_path / "briefing.html")
    page = open_page(tmp_path / "briefing.html")
    assert page.locator(ROWS).count() == 200
    assert page.evaluate("performance.now()") < 10_000
    page.select_option("#filters [name=country]", "AT")
    page.wait_for_selector("#found:has-text('4,000 of 20,000')")
    assert shown_marks(page) == 4_000
