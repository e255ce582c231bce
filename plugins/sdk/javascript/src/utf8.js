// UTF-8 by what QuickJS has: it knows no TextDecoder, and a loop over bytes is ruinous there. Native functions do the work.

const NOT_ASCII = /[^\0-\x7f]/;

/** Below the number of arguments that engines take. */
const CHUNK = 32_768;

/**
 * The text that these bytes are. Throws where they are not UTF-8.
 * @param {Uint8Array} bytes
 * @param {boolean} isAscii whether they are known to be ASCII: looking costs more than all the rest
 */
export function decode(bytes, isAscii = false) {
  let text = "";
  if (bytes.length <= CHUNK) {
    text = String.fromCharCode.apply(null, bytes);
  } else {
    for (let i = 0; i < bytes.length; i += CHUNK) text += String.fromCharCode.apply(null, bytes.subarray(i, i + CHUNK));
  }
  return !isAscii && NOT_ASCII.test(text) ? decodeURIComponent(escape(text)) : text;
}

/**
 * The UTF-8 of a text. Half surrogate pairs become U+FFFD, as in TextEncoder.
 * @param {string} text
 */
export function encode(text) {
  const chars = NOT_ASCII.test(text) ? unescape(encodeURIComponent(text.toWellFormed())) : text;
  const { length } = chars;
  const words = new Uint32Array((length + 3) >> 2);
  // Four bytes a step; beyond the end there is NaN, of which no bit is set.
  for (let i = 0, word = 0; i < length; i += 4) {
    words[word++] = chars.charCodeAt(i) | (chars.charCodeAt(i + 1) << 8) | (chars.charCodeAt(i + 2) << 16) | (chars.charCodeAt(i + 3) << 24);
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** How many bytes of UTF-8 a text has. */
export function byteLength(text) {
  return NOT_ASCII.test(text) ? unescape(encodeURIComponent(text.toWellFormed())).length : text.length;
}
