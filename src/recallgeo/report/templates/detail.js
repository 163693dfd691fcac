// The detail of one site: why it stands where it stands, how to reach it, where its data came from.
function makeDetail(data, page) {
  const count = data.length("tier");
  const around = rangesOf(data.values("around_site"), count);
  const units = rangesOf(data.values("unit_site"), count);
  page.serialsOf = (row) => {
    const serials = [];
    for (let unit = units[row]; unit < units[row + 1]; unit += 1) serials.push(data.text("unit_serial", unit));
    return serials;
  };

  function rankWords(row) {
    const rank = data.number("rank", row);
    if (rank === null) return "no rank: only an area is known, so it stands on no map";
    const [best, worst] = [data.number("rank_best", row), data.number("rank_worst", row)];
    if (best === null) return `${rank}; no draws were made, so no interval`;
    const among = data.number("prob_top_k", row);
    const chance = among === null ? "" : `; among the first ${page.topK} in ${Math.round(among * 100)} %`;
    const from = data.text("interval_from", row);
    return `${rank}; ${best} to ${worst} in 90 % of ${page.draws} draws${from && ` of ${from}`}${chance}`;
  }

  function tierWords(row) {
    const [tier, worst] = [data.number("tier", row), data.number("tier_worst", row)];
    const likely = page.tierLabels[tier] ?? `tier ${tier}`;
    return worst < tier ? `${likely}. May be ${page.tierLabels[worst]}: verify the place first.` : likely;
  }

  function placeWords(row) {
    const level = data.text("match_level", row);
    const doubt = data.number("uncertainty_m", row);
    const within = doubt === null ? "" : `, within ${metres(doubt)} in 95 %`;
    const flags = data.text("flags", row);
    return `${plain(level) || "area only"}${within}${flags && `; ${plain(flags)}`}`;
  }

  function unitWords(row) {
    const check = data.number("check_units", row);
    const built = data.text("oldest_built", row);
    return [
      `${counted.format(data.number("affected_units", row))} affected`,
      check ? `, ${counted.format(check)} to check` : "",
      `; hazard ${data.text("hazard", row) || "not stated"}`,
      `; scopes ${data.text("scope_ids", row) || "not stated"}`,
      `; support ${data.text("support_status", row) || "not known"}`,
      built && `; oldest built ${built}`,
    ].join("");
  }

  function aroundList(row) {
    const items = [];
    for (let at = around[row]; at < around[row + 1]; at += 1) {
      const distance = data.values("around_metres")[at];
      const chance = data.number("around_chance", at);
      const sure = chance === null ? "" : `, chance ${Math.round(chance * 100)} % within ${page.radius} m`;
      const where = distance > 0 ? `at ${metres(distance)}` : "on its grounds";
      items.push(
        make("li", {}, `${plain(page.kinds[data.values("around_kind")[at]])} `, foreign(data.text("around_name", at), 120), ` ${where}${sure}`),
      );
    }
    const blind = page.kinds.filter((_, kind) => page.seen[data.values("seen")[kind * count + row]] === "outside");
    if (!items.length && data.number("x", row) !== null && blind.length < page.kinds.length) {
      items.push(make("li", {}, `none recorded within ${page.radius} m in the layers that cover this place`));
    }
    if (blind.length) items.push(make("li", { class: "unknown" }, `not looked at here: ${blind.map(plain).join(", ")}`));
    return items.length ? make("ul", {}, ...items) : "not measured: no point";
  }

  function peopleWords(row) {
    const parts = page.people
      .filter(([name]) => data.number(name, row) !== null)
      .map(([name, label]) => `${counted.format(Math.round(data.number(name, row)))} ${label}`);
    return parts.join("; ") || "not known";
  }

  function scoreList(row) {
    const shares = page.criteria.map(([name]) => data.values(`share_${name}`)[row] / 10000);
    const most = Math.max(...shares, 0.0001);
    const lines = page.criteria.map(([, label], at) => {
      const fill = make("span", { class: "fill" });
      fill.style.width = `${(100 * shares[at]) / most}%`;
      const bar = make("span", { class: "track", "aria-hidden": "true" }, fill);
      return make("li", {}, bar, make("span", {}, shares[at].toFixed(4)), make("span", {}, label));
    });
    return make("div", {}, `${data.number("score", row).toFixed(4)}, the sum of`, make("ul", { class: "shares" }, ...lines));
  }

  function lineage(row) {
    const total = data.values("unit_rows")[row];
    const items = [];
    for (let unit = units[row]; unit < units[row + 1]; unit += 1) {
      const quantity = data.number("unit_quantity", unit);
      items.push(
        make(
          "li",
          {},
          foreign(data.text("unit_serial", unit) || "no serial", 60),
          quantity === 1 ? "" : ` (${quantity} units)`,
          " ",
          foreign(data.text("unit_model", unit), 60),
          `, ${plain(data.text("unit_verdict", unit))}: `,
          foreign(data.text("unit_source_file", unit), 80),
          ` line ${data.number("unit_line", unit)}`,
        ),
      );
    }
    const more = total - items.length;
    if (more > 0) items.push(make("li", {}, `and ${counted.format(more)} more in assets.parquet`));
    return make("ul", {}, ...items);
  }

  function workWords(row) {
    const wave = data.number("wave", row);
    const when = wave === null ? "" : `wave ${wave}, due ${data.text("due_on", row)}, by ${data.text("channel", row)}`;
    const partner = data.text("partner", row);
    const who = make("span", {}, when, partner ? " (" : "", partner ? foreign(partner, 120) : "", partner ? ")" : "");
    return make("span", {}, who, `${when && ": "}${data.text("wave_reason", row)}`);
  }

  return (row) => {
    const facts = [
      ["Why", foreign(data.text("reason", row))],
      ["Rank", rankWords(row)],
      ["Tier", make("span", {}, tierMark(data.number("tier", row)), tierWords(row))],
      ["Work", workWords(row)],
      ["Place", placeWords(row)],
      ["Address", foreign(data.text("address", row) || "not known")],
      ["Units", unitWords(row)],
      ["Near", aroundList(row)],
      ["People", peopleWords(row)],
      ["Score", scoreList(row)],
      ["From", lineage(row)],
      ["Key", data.text("site_id", row)],
    ];
    const list = make("dl", {}, ...facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
    return [make("h3", {}, foreign(data.text("name", row) || "no name")), list];
  };
}
