// What drives the answer: the median with one factor at a time at its 5 % and at its 95 % point.
"use strict";
(function (wattquery) {
  const { charts, words } = wattquery;

  function build() {
    const figure = charts.figure("tornado", "What drives it");
    return (view) => figure.draw(picture(view));
  }

  function picture({ a, payload }) {
    if (!payload.engine)
      return {
        caption: `Which factor moves the answer is recomputed, which this file does not allow. ${payload.why_no_engine}`,
      };
    const rows = a.cell ? wattquery.engine.tornado(payload, a.selection.choice, a.selection.overrides) : [];
    if (!rows?.length)
      return {
        caption: a.statistics
          ? "No factor of this selection is uncertain, or they are not known one by one."
          : "Nothing is known of this selection.",
      };
    return {
      caption: caption(rows),
      plot: (width) => plot(width, rows),
      rows: () => ({
        heads: ["Factor", "at its P5 [Wh]", "at its P95 [Wh]", "median [Wh]"],
        rows: rows.map((row) => [words.visible(row.title), row.low, row.high, row.median]),
      }),
    };
  }

  const span = (row) => Math.max(row.low, row.high) / Math.min(row.low, row.high);

  function caption(rows) {
    const told = rows
      .slice(0, 3)
      .map(
        (row) =>
          `${words.shortened(row.title, 60)}, from ${words.range(Math.min(row.low, row.high), Math.max(row.low, row.high), "Wh")} (${words.factor(span(row))})`,
      );
    return `The median, ${words.wattHours(rows[0].median)}, with one factor at a time at its 5 % point (hollow end) and its 95 % point (filled end). The most is moved by ${words.listed(told)}.`;
  }

  function plot(width, rows) {
    const layout = charts.rowsOf(
      rows.map((row) => row.title),
      width,
    );
    const domain = charts.domainOf(rows.flatMap((row) => [row.low, row.high]));
    const data = rows.map((row, place) => ({ ...row, place }));
    return {
      height: layout.height,
      marginLeft: layout.marginLeft,
      marginRight: 14,
      marginTop: layout.marginTop,
      marginBottom: 44,
      x: { type: "log", domain },
      y: { type: "band", domain: data.map((row) => row.place), axis: null },
      marks: [
        charts.axisX(domain, width - layout.marginLeft, "median energy of one query [Wh]"),
        Plot.ruleX([rows[0].median], { stroke: "var(--ink)", strokeDasharray: "3,3" }),
        Plot.ruleY(data, {
          y: "place",
          x1: "low",
          x2: "high",
          stroke: "var(--a)",
          strokeWidth: 9,
          strokeOpacity: 0.45,
        }),
        Plot.dot(data, { y: "place", x: "low", r: 4.5, fill: "var(--page)", stroke: "var(--a)", strokeWidth: 2 }),
        Plot.dot(data, { y: "place", x: "high", r: 4.5, fill: "var(--a)", stroke: "var(--a)", strokeWidth: 2 }),
        charts.rowLabels(layout),
      ],
    };
  }

  wattquery.charts.tornado = { build };
})((globalThis.wattquery ??= {}));
