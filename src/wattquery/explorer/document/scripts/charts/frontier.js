// Energy against interactivity: what a faster answer costs, over load and hardware, where the study knows both.
"use strict";
(function (wattquery) {
  const { charts, study, words } = wattquery;
  const SYMBOLS = ["circle", "square", "triangle", "diamond2", "star", "hexagon", "wye", "cross"];

  function build() {
    const figure = charts.figure("frontier", "Energy against speed");
    return (view) => figure.draw(picture(view));
  }

  // Cells over the axes of load and of hardware, the rest as selected, by what the file holds.
  function cells(view) {
    const { payload, state } = view;
    const along = study.longAxes(payload).find((axis) => ["load", "concurrency"].includes(axis.name));
    const beside =
      study.longAxes(payload).find((axis) => axis.name === "hardware") ??
      study.longAxes(payload).find((axis) => axis.name === "model");
    const choices = (axis) => (axis ? axis.labels.map((_, index) => ({ [axis.name]: index })) : [{}]);
    const found = [];
    for (const series of choices(beside)) {
      for (const step of choices(along)) {
        const choice = { ...state.a.choice, ...series, ...step };
        const speed = study.value(payload, "interactivity", choice);
        const stored = study.storedQuantiles(payload, choice);
        if (!(speed > 0) || !stored) continue;
        found.push({
          speed,
          energy: stored[payload.levels.indexOf(0.5)],
          series: beside ? beside.labels[choice[beside.name]] : "",
          step: along ? along.labels[choice[along.name]] : "",
          chosen: Object.keys(choice).every((name) => choice[name] === state.a.choice[name]),
        });
      }
    }
    for (const cell of found)
      cell.best = !found.some(
        (other) =>
          other !== cell &&
          other.speed >= cell.speed &&
          other.energy <= cell.energy &&
          (other.speed > cell.speed || other.energy < cell.energy),
      );
    return { found, along, beside };
  }

  function picture(view) {
    if (!view.payload.variables.interactivity || !view.payload.levels.includes(0.5)) return null;
    const { found, along, beside } = cells(view);
    if (found.length < 2) return null;
    return {
      caption: caption(view, found, along),
      plot: (width) => plot(width, found),
      rows: () => ({
        heads: [
          beside ? words.capital(beside.name) : "Cell",
          along ? words.capital(along.name) : "",
          "interactivity [tokens/s per user]",
          "median [Wh]",
          "not dominated",
        ],
        rows: found.map((cell) => [
          words.visible(cell.series),
          words.visible(cell.step),
          cell.speed,
          cell.energy,
          cell.best ? "yes" : "no",
        ]),
      }),
    };
  }

  function caption(view, found, along) {
    const best = found.filter((cell) => cell.best).sort((one, other) => one.speed - other.speed);
    const told = (cell) =>
      `${words.shortened([cell.series, cell.step && along ? `${along.name} ${cell.step}` : ""].filter(Boolean).join(", "), 60)}: ${words.wattHours(cell.energy)} at ${words.number(cell.speed)} tokens/s`;
    const ends = best.length > 1 ? `from ${told(best[0])}, to ${told(best[best.length - 1])}` : told(best[0]);
    const changed = view.a.changed ? " Numbers of the study: changes by sliders are not in this picture." : "";
    return `Medians against output tokens per second of one user. Of ${found.length} points, ${best.length} (filled) are not dominated, that is none is both faster and takes less: ${ends}.${changed}`;
  }

  function plot(width, found) {
    const series = [...new Set(found.map((cell) => cell.series))];
    const symbol = (cell) => SYMBOLS[series.indexOf(cell.series) % SYMBOLS.length];
    const lines = [...found].sort((one, other) => one.speed - other.speed);
    const ends = series.map((name) => lines.filter((cell) => cell.series === name).pop());
    const yDomain = charts.domainOf(
      found.map((cell) => cell.energy),
      1.4,
    );
    const xDomain = charts.domainOf(
      found.map((cell) => cell.speed),
      1.25,
    );
    xDomain[1] *= 1.15;
    const legend = width < 520 ? legendOf(series, width) : { marks: [], height: 0 };
    const height = 340 + legend.height;
    return {
      height,
      marginLeft: 52,
      marginRight: 16,
      marginBottom: 44,
      marginTop: 28 + legend.height,
      x: { type: "log", domain: xDomain },
      y: { type: "log", domain: yDomain },
      symbol: { type: "identity" },
      color: { type: "identity" },
      r: { type: "identity" },
      marks: [
        charts.axisX(xDomain, width - 68, "output tokens per second of one user"),
        charts.axisY(yDomain, 280, "median energy of one query [Wh]"),
        Plot.line(lines, { x: "speed", y: "energy", z: "series", stroke: "var(--soft)", strokeWidth: 1.2 }),
        Plot.dot(
          lines.filter((cell) => cell.chosen),
          { x: "speed", y: "energy", r: 11, stroke: "var(--a)", strokeWidth: 2 },
        ),
        Plot.dot(lines, {
          x: "speed",
          y: "energy",
          symbol,
          r: 5,
          fill: (cell) => (cell.best ? "var(--a)" : "var(--page)"),
          stroke: (cell) => (cell.best ? "var(--a)" : "var(--soft)"),
          strokeWidth: 1.5,
        }),
        legend.height ? legend.marks : names(ends, xDomain, yDomain, width - 68, 268),
      ],
    };
  }

  // On a phone there is no room beside the points: symbols and their names above the picture.
  function legendOf(series, width) {
    const columns = Math.max(1, Math.floor((width - 68) / 110));
    const marks = series.flatMap((name, place) => {
      const dx = 110 * (place % columns) + 6;
      const dy = -18 * (Math.ceil(series.length / columns) - Math.floor(place / columns)) + 2;
      return [
        Plot.dot([name], {
          frameAnchor: "top-left",
          dx,
          dy,
          symbol: () => SYMBOLS[place % SYMBOLS.length],
          r: 5,
          stroke: "var(--soft)",
          strokeWidth: 1.5,
        }),
        Plot.text([words.shortened(name, 12)], {
          frameAnchor: "top-left",
          textAnchor: "start",
          lineAnchor: "middle",
          dx: dx + 10,
          dy,
          fill: "currentColor",
        }),
      ];
    });
    return { marks, height: 18 * Math.ceil(series.length / columns) + 10 };
  }

  // The names of the lines at their fast ends, each pushed down from those above it that it would cover.
  function names(ends, xDomain, yDomain, width, height) {
    const share = (value, [low, high]) => Math.log(value / low) / Math.log(high / low);
    const placed = [];
    const rows = ends
      .map((cell) => ({
        ...cell,
        text: words.shortened(cell.series, 18),
        across: width * share(cell.speed, xDomain),
        down: height * (1 - share(cell.energy, yDomain)),
      }))
      .sort((one, other) => one.down - other.down);
    for (const row of rows) {
      const wide = 8 * row.text.length + 12;
      row.before = row.across + wide > width; // no room behind the point
      const left = row.before ? row.across - wide : row.across;
      row.to = row.down;
      for (const other of placed) {
        const apart = left > other.left + other.wide || other.left > left + wide;
        if (!apart && row.to - other.to < 14) row.to = other.to + 14;
      }
      placed.push({ left, wide, to: row.to });
    }
    return rows.map((row) =>
      Plot.text([row], {
        x: "speed",
        y: "energy",
        text: "text",
        dx: row.before ? -9 : 9,
        dy: row.to - row.down,
        textAnchor: row.before ? "end" : "start",
        fill: "currentColor",
        stroke: "var(--page)",
        strokeWidth: 4,
        paintOrder: "stroke",
      }),
    );
  }

  wattquery.charts.frontier = { build };
})((globalThis.wattquery ??= {}));
