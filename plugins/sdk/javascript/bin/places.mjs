// Where lines of the bundle come from, out of esbuild's source map, in the form that src/failure.js reads.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * @param {{ sources: string[], mappings: string }} map
 * @param {(source: string) => boolean} isOwn whether it is the author's own code, or what that depends on: not the SDK
 * @returns {import("../src/failure.js").Places}
 */
export function placesOf(map, isOwn) {
  const sources = [];
  const numbers = map.sources.map((source) => (isOwn(source) ? sources.push(source) - 1 : -1));
  const lines = {};
  let [source, line, column] = [0, 0, 0];
  map.mappings.split(";").forEach((segments, index) => {
    let at = 0;
    const places = [];
    for (const segment of segments.split(",").filter(Boolean)) {
      const [byColumns, bySources, byLines, bySourceColumns] = decode(segment);
      at += byColumns;
      if (bySources === undefined) continue;
      source += bySources;
      line += byLines;
      column += bySourceColumns;
      // Of a package's code the line is enough: it may be large.
      const foreign = numbers[source] < 0 && places.at(-3) === -1;
      const repeated = map.sources[source].includes("node_modules/") && places.at(-3) === numbers[source] && places.at(-2) === line + 1;
      if (!foreign && !repeated) places.push(at + 1, numbers[source], line + 1, column + 1);
    }
    if (places.some((_, i) => i % 4 === 1 && places[i] >= 0)) lines[index + 1] = places;
  });
  return { sources, lines };
}

/** Base 64 VLQ: five bits a digit, the sixth says that there are more, the sign comes last. */
function decode(segment) {
  const numbers = [];
  let [number, shift] = [0, 0];
  for (const char of segment) {
    const digit = DIGITS.indexOf(char);
    number |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(number & 1 ? -(number >> 1) : number >> 1);
    [number, shift] = [0, 0];
  }
  return numbers;
}
