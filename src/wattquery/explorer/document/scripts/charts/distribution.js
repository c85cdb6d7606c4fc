// The distribution of one query's energy, with its quantile bands and the public claims on the same axis.
"use strict";
(function (wattquery) {
  const { charts, words } = wattquery;
  const POINTS = 220; // of a curve
  const TALL = 150; // pixels of the curves
  const LANE = 19; // pixels of a row of claims or of a band
  const NUMBERED = 30; // claims in a picture up to which each has its number on it

  function build() {
    const figure = charts.figure("distribution", "How much one query takes");
    return (view) => figure.draw(view.a.statistics || view.b?.statistics ? picture(view) : null);
  }

  const STYLES = {
    a: { name: "A", color: "var(--a)", dash: null, width: 2.2 },
    b: { name: "B", color: "var(--b)", dash: "7,4", width: 2.2 },
    before: { name: "As in the study", color: "var(--quiet)", dash: "2,3", width: 1.6 },
  };

  function curves(view) {
    return ["before", "b", "a"]
      .filter((key) => view[key]?.statistics)
      .map((key) => ({
        ...view[key],
        of: view[key].name,
        key,
        ...STYLES[key],
        title: key === "a" && !view.b ? (view.before ? "Changed" : "Selection") : STYLES[key].name,
      }));
  }

  function picture(view) {
    const shown = curves(view);
    const claims = wattquery.claims.numbered(view.payload).filter((claim) => claim.wh > 0);
    const extra =
      view.state.claim === "own"
        ? [view.state.own]
        : claims.filter((claim) => [view.state.claim, view.state.search].includes(claim.id)).map((claim) => claim.wh);
    const domain = charts.domainOf([
      ...shown.flatMap((curve) => [curve.statistics.quantiles[0] / 1.6, curve.statistics.quantiles[4] * 1.6]),
      ...extra,
    ]);
    const marks = claims.map((claim) => ({
      ...claim,
      chosen: claim.id === view.state.claim || (claim.about === "web search" && claim.id === view.state.search),
    }));
    if (view.state.claim === "own")
      marks.push({ wh: view.state.own, number: "you", chosen: true, title: "Your number" });
    const inside = marks
      .filter((claim) => claim.wh >= domain[0] && claim.wh <= domain[1])
      .sort((one, other) => one.wh - other.wh);
    return {
      caption: caption(view, shown, inside, marks.length - inside.length),
      plot: (width) => plot(width, domain, shown, inside),
      rows: () => table(shown, marks),
    };
  }

  function caption(view, shown, inside, outside) {
    const said = [...shown]
      .reverse()
      .filter((curve) => curve.key !== "before")
      .map((curve) => {
        const { quantiles } = curve.statistics;
        return `${view.b ? `${curve.name}, ${curve.name === "A" ? "solid" : "dashed"}` : "The curve"}: half of the distribution lies within ${words.range(quantiles[1], quantiles[3], "Wh")} (thick bar), nine tenths within ${words.range(quantiles[0], quantiles[4], "Wh")} (thin bar), the median is ${words.wattHours(quantiles[2])} (dot).`;
      });
    if (view.before?.statistics)
      said.push(`Dotted: as in the study, median ${words.wattHours(view.before.statistics.quantiles[2])}.`);
    if (inside.length)
      said.push(
        `${inside.length > NUMBERED ? "Small marks are" : "Numbers mark"} ${inside.length === 1 ? "a public claim" : `${inside.length} public claims`}${outside ? `, ${outside} more lie outside of the picture` : ""}; square ones are second-hand, the chosen are filled.`,
      );
    return said.join(" ");
  }

  function points(curve, domain) {
    const xs = Array.from(
      { length: POINTS },
      (_, place) => domain[0] * (domain[1] / domain[0]) ** (place / (POINTS - 1)),
    );
    const ys = curve.cell === null ? null : wattquery.engine.density(curve.cell, xs);
    return ys ? xs.map((x, place) => ({ x, y: ys[place] })) : [];
  }

  // Claims in lanes, so that their marks do not cover one another.
  function lanes(claims, domain, width) {
    const small = claims.length > NUMBERED;
    const ends = [];
    const scale = width / Math.log(domain[1] / domain[0]);
    return claims.map((claim) => {
      const at = Math.log(claim.wh / domain[0]) * scale;
      const written = !small || claim.chosen;
      const half = !written ? 4 : typeof claim.number === "string" ? 15 : 10;
      let lane = ends.findIndex((end) => end <= at - half);
      if (lane < 0) lane = ends.length;
      ends[lane] = at + half;
      return { ...claim, lane, written };
    });
  }

  function plot(width, domain, shown, inside) {
    const margin = 14;
    const marks = lanes(inside, domain, width - 2 * margin);
    const rows = marks.length ? Math.max(...marks.map((claim) => claim.lane)) + 1 : 0;
    const drawn = shown.map((curve) => ({ ...curve, points: points(curve, domain) }));
    const highest = Math.max(...drawn.flatMap((curve) => curve.points.map((point) => point.y)), 1e-12);
    const tall = drawn.some((curve) => curve.points.length) ? TALL : 10;
    const y = (pixels) => pixels / tall; // heights in pixels, as shares of the tallest curve
    const bottom = -y(LANE * shown.length + 10);
    const lane = marks.every((claim) => claim.written) ? LANE : 11;
    const top = 1 + y(lane * rows + 16);
    const laneY = (claim) => 1 + y(lane * (claim.lane + 0.5) + 8);
    const bandY = (place) => -y(LANE * (shown.length - 1 - place + 0.5) + 6);
    return {
      height: tall + lane * rows + LANE * shown.length + 26 + 48,
      marginLeft: margin,
      marginRight: margin,
      marginBottom: 44,
      marginTop: 4,
      x: { type: "log", domain },
      y: { domain: [bottom, top], axis: null },
      marks: [
        charts.axisX(domain, width, "energy of one query [Wh]"),
        Plot.ruleX(
          marks.filter((claim) => claim.chosen),
          { x: "wh", y1: 0, y2: laneY, stroke: "var(--ink)", strokeDasharray: "3,3", strokeOpacity: 0.7 },
        ),
        drawn
          .filter((curve) => curve.key === "a")
          .map((curve) =>
            Plot.areaY(curve.points, { x: "x", y: (point) => point.y / highest, fill: curve.color, fillOpacity: 0.16 }),
          ),
        drawn.map((curve) =>
          Plot.lineY(curve.points, {
            x: "x",
            y: (point) => point.y / highest,
            stroke: curve.color,
            strokeWidth: curve.width,
            strokeDasharray: curve.dash ?? undefined,
          }),
        ),
        drawn.map((curve, place) =>
          band(curve, bandY(place), shown.length > 1 && { domain, width: width - 2 * margin }),
        ),
        Plot.dot(marks, {
          x: "wh",
          y: laneY,
          r: (claim) => (typeof claim.number === "string" ? 13 : claim.written ? 8.5 : 3),
          symbol: (claim) => (claim.second_hand ? "square2" : "circle"),
          fill: (claim) => (claim.chosen ? "var(--ink)" : "var(--page)"),
          stroke: "var(--ink)",
          strokeWidth: 1,
        }),
        Plot.text(
          marks.filter((claim) => claim.written),
          {
            x: "wh",
            y: laneY,
            text: (claim) => String(claim.number),
            fill: (claim) => (claim.chosen ? "var(--page)" : "var(--ink)"),
            fontSize: 10,
          },
        ),
      ],
      symbol: { type: "identity" },
      color: { type: "identity" },
      r: { type: "identity" },
    };
  }

  // `several` says how wide the picture is, where bands need names: at whichever end there is room.
  function band(curve, y, several) {
    const [low90, low50, median, high50, high90] = curve.statistics.quantiles;
    const row = [{ y }];
    return [
      Plot.ruleY(row, {
        x1: low90,
        x2: high90,
        y: "y",
        stroke: curve.color,
        strokeWidth: 2,
        strokeDasharray: curve.dash ?? undefined,
      }),
      Plot.ruleY(row, { x1: low50, x2: high50, y: "y", stroke: curve.color, strokeWidth: 8 }),
      Plot.dot(row, { x: median, y: "y", r: 4, fill: "var(--page)", stroke: curve.color, strokeWidth: 2 }),
      several
        ? Plot.text(row, {
            ...end(curve, several),
            y: "y",
            text: [nameOf(curve, several)],
            fill: curve.color,
            fontWeight: "bold",
          })
        : null,
    ];
  }

  const nameOf = (curve, { width }) => (width < 520 && curve.key === "before" ? "study" : curve.title);

  function end(curve, { domain, width }) {
    const [low, , , , high] = curve.statistics.quantiles;
    const right = width * (1 - Math.log(high / domain[0]) / Math.log(domain[1] / domain[0]));
    return right > 9 * nameOf(curve, { width }).length
      ? { x: high, dx: 8, textAnchor: "start" }
      : { x: low, dx: -8, textAnchor: "end" };
  }

  function table(shown, marks) {
    const heads = [
      "What",
      "P5 [Wh]",
      "P25 [Wh]",
      "median [Wh]",
      "P75 [Wh]",
      "P95 [Wh]",
      "share of the selection below",
    ];
    const a = shown.find((curve) => curve.key === "a");
    const curveRows = shown.map((curve) => [`${curve.title}: ${curve.of}`, ...curve.statistics.quantiles, ""]);
    const claimRows = marks.map((claim) => [
      `${claim.number}. ${words.visible(claim.title)}`,
      "",
      "",
      claim.wh,
      "",
      "",
      a?.cell ? wattquery.claims.shareWords(a.cell, claim.wh) : "",
    ]);
    return { heads, rows: [...curveRows, ...claimRows] };
  }

  wattquery.charts.distribution = { build };
})((globalThis.wattquery ??= {}));
