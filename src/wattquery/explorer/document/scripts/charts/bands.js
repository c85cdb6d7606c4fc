// Quantile bands over the labels of one axis, the rest as selected.
"use strict";
(function (wattquery) {
  const { charts, study, words } = wattquery;
  const { element } = wattquery.dom;
  const MOST = 40; // rows that are drawn; the table has all

  function build(app) {
    const figure = charts.figure("bands", "Side by side");
    const select = wattquery.questions.axisSelect(app, "bands-by");
    figure.tools.append(element("label", { for: "bands-by", class: "quiet" }, "All labels of"), select);
    return (view) => {
      select.value = view.state.by;
      figure.draw(picture(view));
    };
  }

  function picture(view) {
    const axis = study.axisOf(view.payload, view.state.by);
    const title = wattquery.controls.axisTitle(axis);
    // Numbers stay in their order, names are ranked.
    const rows = axis.numbers ? view.along.filter((row) => row.statistics) : view.ranked;
    if (!rows.length) return { caption: `No label of the axis "${title}" has data for the rest of the selection.` };
    const drawn = rows.length > MOST ? some(rows, axis, view.state.a.choice[axis.name]) : rows;
    const missing = axis.labels.length - rows.length;
    return {
      caption: caption(view.ranked, rows.length - drawn.length, missing),
      plot: (width) => plot(width, drawn, view.state.a.choice[axis.name]),
      rows: () => ({
        heads: [words.capital(title), "P5 [Wh]", "P25 [Wh]", "median [Wh]", "P75 [Wh]", "P95 [Wh]"],
        rows: rows.map((row) => [words.visible(row.label), ...row.statistics.quantiles]),
      }),
    };
  }

  // So many rows as fit: of numbers evenly, of names the least ones, and the selected one in any case.
  function some(rows, axis, chosen) {
    const step = axis.numbers ? rows.length / MOST : 1;
    const places = new Set(Array.from({ length: MOST }, (_, place) => Math.floor(place * step)));
    const selected = rows.findIndex((row) => row.index === chosen);
    if (selected >= 0 && !places.has(selected)) {
      places.delete(axis.numbers ? Math.floor((MOST - 1) * step) : MOST - 1);
      places.add(selected);
    }
    return [...places].sort((one, other) => one - other).map((place) => rows[place]);
  }

  function caption(ranked, left, missing) {
    const [first, last] = [ranked[0], ranked[ranked.length - 1]];
    const told = (row) =>
      `${words.shortened(row.label, 60)} (${words.wattHours(row.statistics.quantiles[2])}, 90 % range ${words.range(row.statistics.quantiles[0], row.statistics.quantiles[4], "Wh")})`;
    const spread =
      ranked.length === 1 ? `One label: ${told(first)}.` : `Medians go from ${told(first)} to ${told(last)}.`;
    const more = left ? ` ${left} more are in the table.` : "";
    const gone = missing ? ` Without data here: ${missing} more.` : "";
    return `${spread} Thick bars hold half of each distribution, thin ones nine tenths, dots are medians.${more}${gone}`;
  }

  function plot(width, rows, chosen) {
    const layout = charts.rowsOf(
      rows.map((row) => row.label),
      width,
    );
    const domain = charts.domainOf(rows.flatMap((row) => [row.statistics.quantiles[0], row.statistics.quantiles[4]]));
    const data = rows.map((row, place) => ({ place, q: row.statistics.quantiles, chosen: row.index === chosen }));
    const color = (row) => (row.chosen ? "var(--a)" : "var(--soft)");
    return {
      height: layout.height,
      marginLeft: layout.marginLeft,
      marginRight: 14,
      marginTop: layout.marginTop,
      marginBottom: 44,
      x: { type: "log", domain },
      y: { type: "band", domain: data.map((row) => row.place), axis: null },
      color: { type: "identity" },
      marks: [
        charts.axisX(domain, width - layout.marginLeft, "energy of one query [Wh]"),
        Plot.ruleY(data, { y: "place", x1: (row) => row.q[0], x2: (row) => row.q[4], stroke: color, strokeWidth: 2 }),
        Plot.ruleY(data, { y: "place", x1: (row) => row.q[1], x2: (row) => row.q[3], stroke: color, strokeWidth: 9 }),
        Plot.dot(data, { y: "place", x: (row) => row.q[2], r: 4, fill: "var(--page)", stroke: color, strokeWidth: 2 }),
        charts.rowLabels(layout, (place) => data[place].chosen),
      ],
    };
  }

  wattquery.charts.bands = { build };
})((globalThis.wattquery ??= {}));
