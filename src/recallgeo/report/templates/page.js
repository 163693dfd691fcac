// Ties map, filters, table and detail together. One row number means one site everywhere.
const PAGE_ROWS = 200;
const NARROW = window.matchMedia("screen and (max-width: 900px)");

async function start() {
  const page = JSON.parse(document.getElementById("page").textContent);
  const data = await openPack(document.getElementById("data").textContent.trim());
  const describe = makeDetail(data, page);
  const body = document.querySelector("#sites tbody");
  const panel = document.getElementById("detail");
  const found = document.getElementById("found");
  const state = { rows: [], first: 0, chosen: null, key: "order", down: false };
  const map = await drawMap(data, page, (row) => choose(row, { reveal: true }));
  const filters = makeFilters(data, page, () => refresh());

  function refresh() {
    state.rows = sortRows(data, filters.passing(), state.key, state.down);
    state.first = 0;
    map.show(state.rows);
    draw();
  }

  function draw() {
    panel.remove();
    const shown = state.rows.slice(state.first, state.first + PAGE_ROWS);
    body.replaceChildren(...shown.map(makeRow));
    document.getElementById("detail-home").append(panel);
    if (!shown.length) body.append(make("tr", {}, make("td", { colspan: 7 }, "No site fits these filters.")));
    const away = state.rows.filter((row) => !map.isPlaced(row)).length;
    const units = state.rows.reduce((sum, row) => sum + data.values("affected_units")[row] + data.values("check_units")[row], 0);
    found.textContent = `${counted.format(state.rows.length)} of ${counted.format(data.length("tier"))} sites, ${counted.format(units)} units; ${counted.format(away)} of the sites are not on the map`;
    const last = Math.min(state.first + PAGE_ROWS, state.rows.length);
    document.getElementById("span").textContent = state.rows.length ? `rows ${state.first + 1} to ${last} of ${counted.format(state.rows.length)}` : "";
    document.getElementById("back").disabled = state.first === 0;
    document.getElementById("on").disabled = last >= state.rows.length;
    const current = shown.includes(state.chosen) ? state.chosen : shown[0];
    for (const button of body.querySelectorAll("button")) button.tabIndex = Number(button.dataset.row) === current ? 0 : -1;
    if (shown.includes(state.chosen)) mark(state.chosen);
  }

  function makeRow(row) {
    const [rank, best, worst] = ["rank", "rank_best", "rank_worst"].map((name) => data.number(name, row));
    const [tier, tierWorst, wave] = ["tier", "tier_worst", "wave"].map((name) => data.number(name, row));
    const check = data.number("check_units", row);
    const doubt = data.number("uncertainty_m", row);
    const sure = map.isPlaced(row)
      ? `${plain(data.text("match_level", row))}${doubt === null ? "" : `, within ${metres(doubt)}`}`
      : "area only, not on the map";
    const range = best === null || best === worst ? "" : `${best}\u2013${worst}`;
    const name = make("button", { type: "button", class: "site", "data-row": row }, foreign(data.text("name", row) || "no name", 120));
    const place = [data.text("city", row), data.text("country", row)].filter(Boolean).join(", ");
    return make(
      "tr",
      { "data-row": row },
      make("td", { class: "number" }, wave === null ? "done" : `${row + 1}`),
      make("td", { class: "number mid" }, rank === null ? "\u2013" : `${rank}`, make("small", {}, range)),
      make("td", { class: "tier" }, tierMark(tier), `${tier}`, make("small", {}, tierWorst < tier ? `may be ${tierWorst}` : "")),
      make("td", {}, name, make("small", {}, foreign(place, 80)), make("small", { class: map.isPlaced(row) ? "" : "unknown" }, sure)),
      make("td", { class: "number" }, `${data.number("affected_units", row)}`, make("small", {}, check ? `+${check} to check` : "")),
      make("td", { class: "wide" }, wave === null ? "" : `${wave}`, make("small", {}, data.text("due_on", row)), make("small", {}, data.text("channel", row))),
      make("td", { class: "wide why" }, foreign(data.text("reason", row), 170)),
    );
  }

  function mark(row) {
    for (const line of body.querySelectorAll("tr[aria-current]")) line.removeAttribute("aria-current");
    const line = body.querySelector(`tr[data-row="${row}"]`);
    if (!line) return null;
    line.setAttribute("aria-current", "true");
    for (const button of body.querySelectorAll("button.site")) button.tabIndex = -1;
    line.querySelector("button").tabIndex = 0;
    body.querySelector("tr.unfolded")?.remove();
    if (NARROW.matches) line.after(make("tr", { class: "unfolded" }, make("td", { colspan: 7 }, panel)));
    else document.getElementById("detail-home").append(panel);
    return line;
  }

  function choose(row, { reveal = false } = {}) {
    state.chosen = row;
    map.choose(row);
    const closer = make("button", { type: "button", id: "approach" }, "Show close up on the map");
    closer.addEventListener("click", () => {
      map.approach(row);
      map.choose(row);
      document.getElementById("map").scrollIntoView({ block: "nearest" });
    });
    panel.replaceChildren(...describe(row), ...(map.isPlaced(row) ? [closer] : []));
    panel.scrollTop = 0;
    if (reveal) turnTo(row);
    const line = mark(row);
    if (reveal && line) scrollWithin(line);
  }

  function turnTo(row) {
    let at = state.rows.indexOf(row);
    if (at < 0) {
      document.getElementById("filters").reset();
      refresh();
      at = state.rows.indexOf(row);
    }
    if (at < state.first || at >= state.first + PAGE_ROWS) {
      state.first = Math.floor(at / PAGE_ROWS) * PAGE_ROWS;
      draw();
    }
  }

  function scrollWithin(line) {
    const frame = document.getElementById("table-frame");
    frame.scrollTop += line.getBoundingClientRect().top - frame.getBoundingClientRect().top - frame.clientHeight / 3;
  }

  body.addEventListener("click", (event) => {
    const line = event.target.closest("tr[data-row]");
    if (line) choose(Number(line.dataset.row));
  });
  body.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches("button.site")) return;
    const buttons = [...body.querySelectorAll("button.site")];
    const next = buttons[buttons.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  document.querySelector("#sites thead").addEventListener("click", (event) => {
    const button = event.target.closest("button[data-key]");
    if (!button) return;
    const { key } = button.dataset;
    state.down = state.key === key ? !state.down : key === "units";
    state.key = key;
    for (const head of document.querySelectorAll("#sites th[aria-sort]")) head.removeAttribute("aria-sort");
    button.closest("th").setAttribute("aria-sort", state.down ? "descending" : "ascending");
    refresh();
  });
  const turn = (rows) => () => {
    state.first += rows;
    draw();
    document.getElementById("table-frame").scrollTop = 0;
  };
  const actions = {
    back: turn(-PAGE_ROWS),
    on: turn(PAGE_ROWS),
    "zoom-in": () => map.zoom(0.5),
    "zoom-out": () => map.zoom(2),
    "fit-all": () => map.fit(state.rows),
    "fit-densest": () => map.fit(map.densest()),
    "list-unplaced": () => {
      filters.set("placed", "area");
      document.getElementById("work").scrollIntoView();
    },
  };
  for (const [id, action] of Object.entries(actions)) document.getElementById(id)?.addEventListener("click", action);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("button[data-site-row]");
    if (!link) return;
    choose(Number(link.dataset.siteRow), { reveal: true });
    document.getElementById("work").scrollIntoView();
  });
  NARROW.addEventListener("change", () => draw());
  refresh();
  map.fit(state.rows);
  if (state.rows.length && !NARROW.matches) choose(state.rows[0]);
  document.body.dataset.ready = "yes";
}

start().catch((error) => {
  document.getElementById("found").textContent = `The map and the table cannot be shown: ${error.message}`;
  throw error;
});
