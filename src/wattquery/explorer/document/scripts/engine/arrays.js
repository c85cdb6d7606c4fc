// Arrays of the study: bytes in base64 to typed arrays, dictionaries to their values, words to text.
"use strict";
(function (wattquery) {
  const KINDS = {
    f4: Float32Array,
    f8: Float64Array,
    u1: Uint8Array,
    u2: Uint16Array,
    u4: Uint32Array,
  };
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const PLACES = new Uint8Array(128);
  for (let place = 0; place < ALPHABET.length; place += 1) PLACES[ALPHABET.charCodeAt(place)] = place;

  // By hand: atob makes a string of each byte first, and engines without a page have none.
  function bytesOf(text) {
    const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
    const bytes = new Uint8Array((text.length / 4) * 3 - padding);
    for (let from = 0, to = 0; from < text.length; from += 4, to += 3) {
      const word =
        (PLACES[text.charCodeAt(from)] << 18) |
        (PLACES[text.charCodeAt(from + 1)] << 12) |
        (PLACES[text.charCodeAt(from + 2)] << 6) |
        PLACES[text.charCodeAt(from + 3)];
      bytes[to] = word >> 16;
      if (to + 1 < bytes.length) bytes[to + 1] = (word >> 8) & 255;
      if (to + 2 < bytes.length) bytes[to + 2] = word & 255;
    }
    return bytes;
  }

  const isPacked = (value) => typeof value.type === "string" && Array.isArray(value.shape);

  function unpacked(packed) {
    if (packed.type === "text") {
      const codes = unpacked(packed.codes).data;
      return { shape: packed.shape, data: Array.from(codes, (code) => packed.words[code]) };
    }
    if (packed.type === "dictionary") {
      const values = unpacked(packed.values).data;
      const codes = unpacked(packed.codes).data;
      const data = new values.constructor(codes.length);
      for (let place = 0; place < data.length; place += 1) data[place] = values[codes[place]];
      return { shape: packed.shape, data };
    }
    // Typed arrays have the byte order of the machine: little-endian wherever a browser runs today.
    return { shape: packed.shape, data: new KINDS[packed.type](bytesOf(packed.base64).buffer) };
  }

  // Return the study with each packed array as {shape, data}; all else as it is.
  function decode(value) {
    if (Array.isArray(value)) return value.map(decode);
    if (value === null || typeof value !== "object") return value;
    if (isPacked(value)) return unpacked(value);
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, decode(one)]));
  }

  wattquery.decode = decode;
})((globalThis.wattquery ??= {}));
