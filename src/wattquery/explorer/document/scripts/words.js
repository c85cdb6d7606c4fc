// Numbers and labels as people read them: significant digits, ranges, factors, and text in which nothing hides.
"use strict";
(function (wattquery) {
  const LEVELS = { low90: 0.05, low50: 0.25, median: 0.5, high50: 0.75, high90: 0.95 };

  // What a reader cannot see, or what turns the direction of its surroundings, is written out as Python writes it.
  // eslint-disable-next-line no-control-regex
  const HIDDEN =
    /[\u0000-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

  function visible(text, keep = "") {
    return String(text).replace(HIDDEN, (character) => {
      if (keep.includes(character)) return character;
      const code = character.charCodeAt(0);
      return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
    });
  }

  const lines = (text) => visible(text, "\n\t");

  function shortened(text, most = 60) {
    const shown = visible(text);
    return shown.length > most ? `${shown.slice(0, most - 1)}…` : shown;
  }

  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  // Thousands in groups, whatever language the browser speaks: the page is in English.
  function grouped(value, decimals = null) {
    const [whole, fraction] = (decimals === null ? String(value) : value.toFixed(decimals)).split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction === undefined ? "" : `.${fraction}`);
  }

  // So many significant digits, without an exponent where a reader can do without one.
  function number(value, digits = 2) {
    if (value === null || value === undefined || Number.isNaN(value)) return "unknown";
    if (!Number.isFinite(value)) return value > 0 ? "infinite" : "minus infinite";
    if (value === 0) return "0";
    if (Number.isInteger(value) && digits > 2 && Math.abs(value) < 1e9) return grouped(value);
    const size = Math.abs(Number(value.toPrecision(digits))); // as it is shown: 0.999 may be 1.0
    if (size < 1e-5 || size >= 1e9)
      return value
        .toExponential(digits - 1)
        .replace("e", " × 10^")
        .replace("+", "");
    if (size >= 10 ** (digits - 1)) {
      const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
      const rounded = Number(value.toPrecision(Math.max(digits, 3)));
      return grouped(rounded, decimals);
    }
    const decimals = digits - 1 - Math.floor(Math.log10(size));
    return value.toFixed(Math.min(Math.max(decimals, 0), 12));
  }

  const withUnit = (value, unit, digits = 2) =>
    unit && unit !== "1" ? `${number(value, digits)} ${unit}` : number(value, digits);

  const wattHours = (value, digits = 2) => `${number(value, digits)} Wh`;

  // Both ends with as many digits as it takes to tell them apart.
  function range(low, high, unit = "", digits = 2) {
    let more = digits;
    while (more < 6 && low !== high && number(low, more) === number(high, more)) more += 1;
    return `${number(low, more)} to ${number(high, more)}${unit ? ` ${unit}` : ""}`;
  }

  function factor(value) {
    return `${number(value, 2)} ${value === 1 ? "time" : "times"}`;
  }

  function percent(share) {
    if (Number.isNaN(share)) return "an unknown share";
    if (share < 0.001) return "less than 0.1 %";
    if (share > 0.999) return "more than 99.9 %";
    const digits = share < 0.1 || share > 0.9 ? 1 : 0;
    return `${(100 * share).toFixed(digits)} %`;
  }

  function listed(parts, joiner = "and") {
    if (parts.length < 2) return parts.join("");
    return `${parts.slice(0, -1).join(", ")} ${joiner} ${parts[parts.length - 1]}`;
  }

  wattquery.words = {
    LEVELS,
    capital,
    factor,
    grouped,
    lines,
    listed,
    number,
    percent,
    range,
    shortened,
    visible,
    wattHours,
    withUnit,
  };
})((globalThis.wattquery ??= {}));
