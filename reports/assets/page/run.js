// What the page was given, and how its numbers are read and said.

const run = JSON.parse(document.getElementById('run').textContent);

/** Bytes that are embedded in base64. */
function bytes(text) {
  const raw = atob(text);
  const list = new Uint8Array(raw.length);
  for (let index = 0; index < raw.length; index += 1) list[index] = raw.charCodeAt(index);
  return list;
}

/** Numbers of two bytes each, the lower one first. */
function wide(text) {
  const low = bytes(text);
  const list = new Uint16Array(low.length / 2);
  for (let index = 0; index < list.length; index += 1) list[index] = low[2 * index] + 256 * low[2 * index + 1];
  return list;
}

/** A rate in bits per second as the tables say it. */
function rate(bits) {
  const units = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'];
  let unit = 0;
  while (bits >= 999.5 && unit + 1 < units.length) {
    bits /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || bits >= 100 ? 0 : bits >= 10 ? 1 : 2;
  return `${bits.toFixed(digits)} ${units[unit]}`;
}

const count = (number) => number.toLocaleString('en');

