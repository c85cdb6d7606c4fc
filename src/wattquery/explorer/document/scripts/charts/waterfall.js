// What the levers save: the median lever by lever, from without any to with all of them.
"use strict";
(function (wattquery) {
  const { charts, words } = wattquery;

  function build() {
    const figure = charts.figure("waterfall", "What levers save");
    return (view) => figure.draw(picture(view));
  }

  function picture({ a, payload }) {
    if (!payload.engine)
      return { caption: `What a lever saves is recomputed, which this file does not allow. ${payload.why_no_engine}` };
    const steps = a.cell ? wattquery.engine.waterfall(payload, a.selection.choice, a.selection.overrides) : [];
    if (!steps?.length)
      return {
        caption: a.statistics
          ? "No lever is on in this selection. Switch one on under “Levers” to see what it saves."
          : "Nothing is known of this selection.",
      };
    const rows = [
      { title: "Before", from: null, to: steps[0].before },
      ...steps.map((step) => ({ title: step.title, from: step.before, to: step.after })),
      { title: "After all of them", from: null, to: steps[steps.length - 1].after },
    ];
    return {
      caption: caption(steps),
      plot: (width) => plot(width, rows),
      rows: () => ({
        heads: ["Lever", "before [Wh]", "after [Wh]", "times less"],
        rows: steps.map((step) => [words.visible(step.title), step.before, step.after, step.before / step.after]),
      }),
    };
  }

  function caption(steps) {
    const [first, last] = [steps[0].before, steps[steps.length - 1].after];
    const told = steps.map(
      (step) => `${words.shortened(step.title, 60)} ${words.factor(step.before / step.after)} less`,
    );
    return `Medians go from ${words.wattHours(first)} to ${words.wattHours(last)}, ${words.factor(first / last)} less: ${words.listed(told)}.`;
  }

  function plot(width, rows) {
    const layout = charts.rowsOf(
      rows.map((row) => row.title),
      width,
    );
    const data = rows.map((row, place) => ({ ...row, place }));
    const domain = charts.domainOf(
      rows.flatMap((row) => [row.from, row.to]),
      1.6,
    );
    const steps = data.filter((row) => row.from !== null);
    const ends = data.filter((row) => row.from === null);
    return {
      height: layout.height,
      marginLeft: layout.marginLeft,
      marginRight: 60,
      marginTop: layout.marginTop,
      marginBottom: 44,
      x: { type: "log", domain },
      y: { type: "band", domain: data.map((row) => row.place), axis: null },
      marks: [
        charts.axisX(domain, width - layout.marginLeft - 46, "median energy of one query [Wh]"),
        Plot.ruleY(steps, {
          y: "place",
          x1: "from",
          x2: "to",
          stroke: "var(--a)",
          strokeWidth: 9,
          strokeOpacity: 0.45,
        }),
        Plot.tickX(steps, { y: "place", x: "from", stroke: "var(--soft)", strokeWidth: 2 }),
        Plot.dot(steps, { y: "place", x: "to", r: 4.5, fill: "var(--a)" }),
        Plot.dot(ends, { y: "place", x: "to", r: 6, symbol: "diamond2", fill: "var(--ink)" }),
        Plot.text(data, {
          y: "place",
          x: (row) => Math.max(row.from ?? row.to, row.to),
          text: (row) => words.number(row.to, 2),
          dx: 10,
          textAnchor: "start",
          fill: "currentColor",
        }),
        charts.rowLabels(layout, (place) => data[place].from === null),
      ],
    };
  }

  wattquery.charts.waterfall = { build };
})((globalThis.wattquery ??= {}));
