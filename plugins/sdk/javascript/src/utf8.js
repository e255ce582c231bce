// UTF-8 by what QuickJS has: it knows no TextDecoder, and a loop over bytes is ruinous there. Native functions do the work.

const NOT_ASCII = /[^\0-\x7f]/;

/** Below the number of arguments that engines take. */
const CHUNK = 32_768;

/**
 * The text that these bytes are. Throws where they are not UTF-8.
 * @param {Uint8Array} bytes
 */
export function decode(bytes) {
  let text = "";
  if (bytes.length <= CHUNK) {
    text = String.fromCharCode.apply(null, bytes);
  } else {
    for (let i = 0; i < bytes.length; i += CHUNK) text += String.fromCharCode.apply(null, bytes.subarray(i, i + CHUNK));
  }
  return NOT_ASCII.test(text) ? decodeURIComponent(escape(text)) : text;
}

/**
 * The UTF-8 of a text. Half surrogate pairs become U+FFFD, as in TextEncoder.
 * @param {string} text
 */
export function encode(text) {
  const chars = NOT_ASCII.test(text) ? unescape(encodeURIComponent(text.toWellFormed())) : text;
  const bytes = new Uint8Array(chars.length);
  for (let i = 0; i < chars.length; i++) bytes[i] = chars.charCodeAt(i);
  return bytes;
}

/** How many bytes of UTF-8 a text has. */
export function byteLength(text) {
  return NOT_ASCII.test(text) ? unescape(encodeURIComponent(text.toWellFormed())).length : text.length;
}
