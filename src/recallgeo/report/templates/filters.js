// Filters and order of the sites: which rows are shown, and in which order.
const ANY = "";

function makeFilters(data, page, onChange) {
  const form = document.getElementById("filters");
  const count = data.length("tier");
  const haystacks = new Array(count);
  const fields = Object.fromEntries(
    ["country", "partner", "tier", "wave", "near", "support_status", "placed", "words"].map((name) => [
      name,
      form.elements[name],
    ]),
  );
  fillSelect(fields.country, distinctTexts(data, "country"));
  fillSelect(fields.partner, distinctTexts(data, "partner"));
  fillSelect(fields.support_status, [...distinctTexts(data, "support_status"), ["unknown", "not known"]]);
  fillSelect(fields.tier, distinctNumbers(data, "tier").map((tier) => [`${tier}`, page.tierLabels[tier] ?? `tier ${tier}`]));
  fillSelect(fields.wave, distinctNumbers(data, "wave").map((wave) => [`${wave}`, `wave ${wave}`]));
  if (Array.from(data.values("wave")).includes(NO_NUMBER)) fillSelect(fields.wave, [["done", "done"]]);
  fillSelect(fields.near, page.kinds.map((kind, number) => [`${number}`, plain(kind)]));

  function haystack(row) {
    haystacks[row] ??= ["name", "address", "city", "country", "partner", "site_id", "reason"]
      .map((name) => data.text(name, row))
      .concat(page.serialsOf(row))
      .join("\n")
      .toLowerCase();
    return haystacks[row];
  }

  function tests() {
    const list = [];
    for (const name of ["country", "partner"]) {
      const wanted = fields[name].value;
      if (wanted !== ANY) list.push((row) => data.text(name, row) === wanted);
    }
    const status = fields.support_status.value;
    if (status !== ANY) list.push((row) => (data.text("support_status", row) || "unknown") === status);
    const tier = fields.tier.value;
    if (tier !== ANY) list.push((row) => data.number("tier", row) === Number(tier));
    const wave = fields.wave.value;
    if (wave !== ANY) list.push((row) => data.number("wave", row) === (wave === "done" ? null : Number(wave)));
    const kind = fields.near.value;
    if (kind !== ANY) list.push((row) => data.values("near")[Number(kind) * count + row] === 1);
    const placed = fields.placed.value;
    if (placed !== ANY) list.push((row) => (data.number("x", row) !== null) === (placed === "map"));
    const words = fields.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) list.push((row) => words.every((word) => haystack(row).includes(word)));
    return list;
  }

  function passing() {
    const all = tests();
    const rows = [];
    for (let row = 0; row < count; row += 1) if (all.every((test) => test(row))) rows.push(row);
    return rows;
  }

  let waiting = null;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(onChange, 120);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(onChange, 0));
  return {
    passing,
    set: (name, value) => {
      form.reset();
      fields[name].value = value;
      onChange();
    },
  };
}

function distinctTexts(data, name) {
  const used = new Set(data.values(name));
  const words = (data.words(name) ?? []).filter((_, at) => used.has(at + 1));
  return words.sort((one, other) => one.localeCompare(other, "en")).map((word) => [word, shorten(word, 60)]);
}

function distinctNumbers(data, name) {
  return [...new Set(data.values(name))].filter((value) => value !== NO_NUMBER).sort((one, other) => one - other);
}

function fillSelect(select, pairs) {
  select.append(...pairs.map(([value, label]) => make("option", { value }, label)));
}

// Order of work first; a missing number comes last whichever way the order runs.
function sortRows(data, rows, key, down) {
  if (key === "order") return down ? rows.slice().reverse() : rows;
  const value = (row) => {
    if (key === "units") return data.values("affected_units")[row] + data.values("check_units")[row];
    if (key === "name") return data.text("name", row).toLowerCase();
    return data.number(key, row);
  };
  const sign = down ? -1 : 1;
  return rows
    .map((row) => [value(row), row])
    .sort(([one, first], [other, second]) => {
      if (one === other) return first - second;
      if (one === null || other === null) return one === null ? 1 : -1;
      return sign * (one < other ? -1 : 1);
    })
    .map(([, row]) => row);
}
