// Opens the page's blob: see packing.py for its layout.
const NO_NUMBER = -2147483648;
const ARRAYS = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array, f4: Float32Array };

async function openPack(base64) {
  const packed = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(stream).arrayBuffer();
  const headLength = new DataView(bytes).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, headLength)));
  const start = 4 + headLength;
  const columns = {};
  for (const [name, column] of Object.entries(head)) {
    const values = new ARRAYS[column.type](bytes, start + column.at, column.length);
    columns[name] = { values, words: column.words };
  }
  return {
    has: (name) => name in columns,
    length: (name) => columns[name].values.length,
    values: (name) => columns[name].values,
    words: (name) => columns[name].words,
    text: (name, row) => {
      const code = columns[name].values[row];
      return code ? columns[name].words[code - 1] : "";
    },
    number: (name, row) => {
      const value = columns[name].values[row];
      return value === NO_NUMBER || Number.isNaN(value) ? null : value;
    },
  };
}

// First and last + 1 row of each site in a column of site rows that is in order.
function rangesOf(owners, count) {
  const starts = new Uint32Array(count + 1);
  for (const owner of owners) starts[owner + 1] += 1;
  for (let site = 0; site < count; site += 1) starts[site + 1] += starts[site];
  return starts;
}

const counted = new Intl.NumberFormat("en-GB");
const shorten = (text, most) => (text.length > most ? `${[...text].slice(0, most).join("")}\u2026` : text);
const plain = (text) => text.replaceAll("_", " ");

function metres(value) {
  if (value >= 10000) return `${counted.format(Math.round(value / 1000))} km`;
  if (value >= 1000) return `${(value / 1000).toFixed(1)} km`;
  return `${Math.round(value)} m`;
}

// An element with text children only: what customers wrote never becomes markup.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

// Text of a customer: kept apart from the direction of the text around it.
const foreign = (text, most = Infinity) => make("bdi", { dir: "auto" }, shorten(text, most));

function tierMark(tier) {
  const space = "http://www.w3.org/2000/svg";
  const mark = document.createElementNS(space, "svg");
  mark.setAttribute("class", "mark");
  mark.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#tier-${tier}`);
  mark.append(use);
  return mark;
}
