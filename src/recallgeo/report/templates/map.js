// Fills and drives the Bokeh map: one source of sites, one filter of indices.
const DM = 0.1;
const SMALLEST_SPAN_M = 800;
const WORLD = { west: -2.0e7, south: -7.5e6, east: 2.0e7, north: 1.5e7 };
const STREET_SCALE = 60; // metres a pixel from which streets and places are drawn

async function drawMap(data, page, onTap) {
  const box = document.getElementById("map");
  await Bokeh.embed.embed_item(JSON.parse(document.getElementById("map-document").textContent));
  const plotDocument = Bokeh.documents[0];
  const model = (name) => plotDocument.get_model_by_name(name);
  const { x_range: across, y_range: up } = model("plot");
  const sites = model("sites");
  const chosen = model("chosen");
  const count = data.length("x");
  const placed = [];
  for (let row = 0; row < count; row += 1) if (data.number("x", row) !== null) placed.push(row);
  const tiers = data.values("tier");
  placed.sort((one, other) => tiers[other] - tiers[one] || other - one); // the worst on top
  const markOf = new Map(placed.map((row, mark) => [row, mark]));
  const x = (row) => data.values("x")[row] * DM;
  const y = (row) => data.values("y")[row] * DM;
  const symbol = (row) => page.tiers[Math.min(tiers[row], page.tiers.length - 1)];
  const ring = (row) => page.rings[data.text("support_status", row) || "unknown"];
  const baseSizes = placed.map((row) => symbol(row).size);
  const baseRings = placed.map((row) => ring(row).width);

  sites.data = {
    x: placed.map(x),
    y: placed.map(y),
    size: baseSizes.slice(),
    marker: placed.map((row) => symbol(row).marker),
    colour: placed.map((row) => symbol(row).colour),
    ring: placed.map((row) => ring(row).colour),
    ring_width: baseRings.slice(),
    dash: placed.map((row) => ring(row).dash),
    label: placed.map((row) => `${data.number("rank", row)}. ${shorten(data.text("name", row), 60)}`),
    where: placed.map((row) => `tier ${tiers[row]}, ${shorten(data.text("city", row), 40)}`),
  };
  fillGround(model, data, page);

  const perPixel = () => (across.end - across.start) / Math.max(1, box.clientWidth);
  const state = { growth: 0 };

  function look(centreX, centreY, scale) {
    const halfX = (scale * Math.max(1, box.clientWidth)) / 2;
    const halfY = (scale * Math.max(1, box.clientHeight)) / 2;
    across.setv({ start: centreX - halfX, end: centreX + halfX });
    up.setv({ start: centreY - halfY, end: centreY + halfY });
    refresh();
  }

  function refresh() {
    const scale = perPixel();
    const growth = 1 + Math.min(1, Math.max(0, Math.log2(5000 / scale) / Math.log2(2500)));
    const stepped = Math.round(growth * 10) / 10;
    if (stepped !== state.growth) {
      state.growth = stepped;
      sites.data = {
        ...sites.data,
        size: baseSizes.map((size) => size * stepped),
        ring_width: baseRings.map((width) => width * (stepped - 0.3)),
      };
    }
    const near = scale < STREET_SCALE;
    for (const name of ["street", "main", "rail", "water", "places"]) {
      model(`${name}_drawn`).visible = near;
    }
    model("land_drawn").visible = !near; // coarse outlines would draw a false shore
    model("plot").background_fill_color = near ? page.land : page.water;
    drawScale(box, scale, (up.start + up.end) / 2);
  }

  function fit(rows) {
    const shown = rows.filter((row) => markOf.has(row));
    const edges = shown.length ? { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity } : { ...WORLD };
    for (const row of shown) {
      edges.west = Math.min(edges.west, x(row));
      edges.east = Math.max(edges.east, x(row));
      edges.south = Math.min(edges.south, y(row));
      edges.north = Math.max(edges.north, y(row));
    }
    const wide = Math.max(SMALLEST_SPAN_M, edges.east - edges.west) * 1.12;
    const high = Math.max(SMALLEST_SPAN_M, edges.north - edges.south) * 1.16;
    const scale = Math.max(wide / Math.max(1, box.clientWidth), high / Math.max(1, box.clientHeight));
    look((edges.west + edges.east) / 2, (edges.south + edges.north) / 2, scale);
  }

  function zoom(factor) {
    look((across.start + across.end) / 2, (up.start + up.end) / 2, perPixel() * factor);
  }

  function choose(row) {
    sites.selected.indices = [];
    if (row === null || !markOf.has(row)) {
      chosen.data = { x: [], y: [], radius: [] };
      return;
    }
    const stretch = Math.cosh(y(row) / 6378137); // Mercator metres in one metre there
    const radius = (data.number("uncertainty_m", row) ?? 0) * stretch;
    chosen.data = { x: [x(row)], y: [y(row)], radius: [radius] };
    const inside = x(row) > across.start && x(row) < across.end && y(row) > up.start && y(row) < up.end;
    if (!inside) look(x(row), y(row), perPixel());
  }

  sites.selected.change.connect(() => {
    const marks = sites.selected.indices;
    if (marks.length) onTap(placed[Math.max(...marks)]);
  });
  for (const range of [across, up]) range.change.connect(() => requestAnimationFrame(refresh));
  let width = box.clientWidth;
  new ResizeObserver(() => {
    const scale = (across.end - across.start) / Math.max(1, width);
    if (width === box.clientWidth || !box.clientWidth) return;
    width = box.clientWidth;
    look((across.start + across.end) / 2, (up.start + up.end) / 2, scale);
  }).observe(box);

  // Paper is narrower than the screen: a picture shrinks, a canvas would be cut.
  const picture = document.getElementById("map-picture");
  window.addEventListener("beforeprint", () => {
    const canvas = canvasWithin(box);
    if (canvas.width && canvas.height) picture.src = canvas.toDataURL("image/png");
  });

  return {
    fit,
    zoom,
    choose,
    approach: (row) => look(x(row), y(row), (SMALLEST_SPAN_M * 2) / Math.max(1, box.clientWidth)),
    isPlaced: (row) => markOf.has(row),
    show: (rows) => {
      const marks = rows.filter((row) => markOf.has(row)).map((row) => markOf.get(row));
      model("shown").indices = marks.sort((one, other) => one - other);
      box.dataset.shown = marks.length;
    },
    densest: () => densest(placed, x, y),
  };
}

function canvasWithin(root) {
  const own = root.querySelector("canvas");
  if (own) return own;
  for (const element of root.querySelectorAll("*")) {
    const inner = element.shadowRoot && canvasWithin(element.shadowRoot);
    if (inner) return inner;
  }
  return null;
}

function fillGround(model, data, page) {
  for (const kind of ["land", "water", "street", "main", "rail"]) {
    const unit = kind === "land" ? page.landUnit * DM : DM;
    model(kind).data = paths(data, kind, unit);
  }
  const marks = Array.from(data.values("place_x"), (_, row) => row);
  model("places").data = {
    x: marks.map((row) => data.values("place_x")[row] * DM),
    y: marks.map((row) => data.values("place_y")[row] * DM),
    label: marks.map((row) => `${plain(data.text("place_kind", row))} ${shorten(data.text("place_name", row), 60)}`),
  };
}

function paths(data, kind, unit) {
  const [stepsX, stepsY] = [data.values(`${kind}_x`), data.values(`${kind}_y`)];
  const xs = [];
  const ys = [];
  let [at, x, y] = [0, 0, 0];
  for (const size of data.values(`${kind}_sizes`)) {
    const lineX = new Float64Array(size);
    const lineY = new Float64Array(size);
    for (let point = 0; point < size; point += 1, at += 1) {
      x += stepsX[at];
      y += stepsY[at];
      lineX[point] = x * unit;
      lineY[point] = y * unit;
    }
    xs.push(lineX);
    ys.push(lineY);
  }
  return { xs, ys };
}

// The sites of the fullest cell of 50 km and of its neighbours.
function densest(placed, x, y) {
  const cell = 50000;
  const counts = new Map();
  let best = null;
  for (const row of placed) {
    const key = `${Math.floor(x(row) / cell)} ${Math.floor(y(row) / cell)}`;
    const rows = counts.get(key) ?? [];
    rows.push(row);
    counts.set(key, rows);
    if (best === null || rows.length > best.length) best = rows;
  }
  if (best === null) return [];
  const middle = (values) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)];
  const [centreX, centreY] = [middle(best.map(x)), middle(best.map(y))];
  return placed.filter((row) => Math.hypot(x(row) - centreX, y(row) - centreY) < cell / 2);
}

function drawScale(box, mercatorPerPixel, y) {
  const perPixel = mercatorPerPixel / Math.cosh(y / 6378137);
  const most = perPixel * 120;
  const unit = 10 ** Math.floor(Math.log10(most));
  const length = unit * [5, 2, 1].find((step) => step * unit <= most);
  const bar = document.getElementById("scale");
  bar.style.width = `${length / perPixel}px`;
  bar.textContent = length >= 1000 ? `${counted.format(length / 1000)} km` : `${length} m`;
}
