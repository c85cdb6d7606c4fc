// The slice as a table for spreadsheets: the selection along one axis, with units, sources, notes and where it is from.
"use strict";
(function (wattquery) {
  const { study, words } = wattquery;

  // A cell that a spreadsheet would compute starts with an apostrophe instead; quotes are doubled.
  function cell(value) {
    if (value === null || value === undefined || (typeof value === "number" && Number.isNaN(value))) return "";
    if (typeof value === "number") return String(value);
    const text = words.visible(value);
    const inert = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r;]/.test(inert) || inert !== inert.trim() ? `"${inert.replaceAll('"', '""')}"` : inert;
  }

  const line = (values) => values.map(cell).join(",");

  function head({ payload, state, a }) {
    const { made, citations } = payload;
    const changes = Object.entries(state.a.overrides).map(([name, value]) =>
      wattquery.sliders.words(payload, name, value),
    );
    const made_of = ["version", "date", "catalog", "catalog_hash", "preset", "method", "draws", "seed", "equation"]
      .filter((key) => made[key])
      .map((key) => `${key.replace("_", " ")}: ${made[key]}`);
    return [
      `# ${payload.title}`,
      `# energy per query in Wh, boundary: ${study.boundaryOf(payload, a.selection.choice)}`,
      `# selection: ${a.name}`,
      `# changed from the study: ${changes.length ? changes.join("; ") : "nothing"}`,
      ...(changes.length
        ? ["# energies are recomputed with what was changed; all other columns are those of the study"]
        : []),
      ...made_of.map((text) => `# ${text}`),
      `# cite: ${citations.line}`,
      ...(citations.paper ? [`# paper: ${citations.paper}`] : []),
      ...citations.sources.map((source) => `# source: ${source.text} ${source.url ?? ""}`),
      ...payload.notes.map((note) => `# note: ${note}`),
      `# view: #${wattquery.state.write(payload, state)}`,
    ];
  }

  function text(view) {
    const { payload, along } = view;
    const others = Object.entries(payload.variables).filter(
      ([name, variable]) => study.isPlain(variable) && !["energy_mean", "energy_std"].includes(name),
    );
    const boundary = study.boundaryOf(payload, view.a.selection.choice);
    const energies = ["P5", "P25", "median", "P75", "P95", "mean", "standard deviation"].map(
      (name) => `energy ${name} [Wh per query, ${boundary}]`,
    );
    const columns = [
      ...payload.axes.map((axis) => (axis.unit ? `${axis.name} [${axis.unit}]` : axis.name)),
      ...energies,
      ...others.map(([name, variable]) => (variable.unit ? `${name} [${variable.unit}]` : name)),
    ];
    const rows = along.map((row) => [
      ...payload.axes.map((axis) =>
        axis.numbers && typeof row.selection.choice[axis.name] === "number"
          ? axis.numbers[row.selection.choice[axis.name]]
          : study.labelOf(payload, axis.name, row.selection.choice[axis.name]),
      ),
      ...(row.statistics
        ? [...row.statistics.quantiles, row.statistics.mean, row.statistics.std]
        : Array(7).fill(null)),
      ...others.map(([name]) => study.value(payload, name, row.selection.choice)),
    ]);
    // Lines of comments are one cell each, so that a comma in them makes no column.
    return [...head(view).map(cell), line(columns), ...rows.map(line)].join("\r\n") + "\r\n";
  }

  function download(view) {
    const url = URL.createObjectURL(new Blob(["\ufeff", text(view)], { type: "text/csv;charset=utf-8" }));
    const anchor = wattquery.dom.element("a", {
      download: `wattquery-${view.state.by.replace(/[^a-z0-9_]/gi, "")}.csv`,
    });
    anchor.href = url;
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  wattquery.csv = { cell, download, text };
})((globalThis.wattquery ??= {}));
