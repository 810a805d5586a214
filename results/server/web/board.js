// Draws a device's history from the table that is on the page anyway. Without it nothing is missing but the chart.
"use strict";
(() => {
  const readPoints = (table) =>
    [...table.querySelectorAll("tbody tr")]
      .map((row) => ({
        t: Date.parse(row.dataset.t) / 1000,
        y: parseFloat(row.dataset.y),
        low: parseFloat(row.dataset.low),
        high: parseFloat(row.dataset.high),
      }))
      .filter((point) => Number.isFinite(point.t) && Number.isFinite(point.y))
      .sort((a, b) => a.t - b.t);

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const orNull = (value) => (Number.isFinite(value) ? value : null);

  // A whisker for each point that has an interval.
  const drawWhiskers = (plot, points) => {
    const { ctx } = plot;
    ctx.save();
    ctx.strokeStyle = colour("--whisker");
    ctx.lineWidth = devicePixelRatio;
    const cap = 4 * devicePixelRatio;
    for (const { t, low, high } of points) {
      if (!Number.isFinite(low) || !Number.isFinite(high)) continue;
      const x = plot.valToPos(t, "x", true);
      const top = plot.valToPos(high, "y", true);
      const bottom = plot.valToPos(low, "y", true);
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, bottom);
      ctx.moveTo(x - cap, top);
      ctx.lineTo(x + cap, top);
      ctx.moveTo(x - cap, bottom);
      ctx.lineTo(x + cap, bottom);
      ctx.stroke();
    }
    ctx.restore();
  };

  // Dates that every reader takes for the same day.
  const kDateForms = [["{M}/{D}/{YY}", "{YYYY}-{MM}-{DD}"], ["{M}/{D}", "{D} {MMM}"], ["{h}:{mm}{aa}", "{HH}:{mm}"]];

  const draw = (place, points) => {
    const axis = () => ({ stroke: colour("--dim"), grid: { stroke: colour("--line"), width: 1 } });
    const most = Math.max(...points.map((point) => Math.max(point.y, Number.isFinite(point.high) ? point.high : 0)));
    const options = {
      width: place.clientWidth,
      height: 280,
      legend: { live: true },
      fmtDate: (form) => uPlot.fmtDate(kDateForms.reduce((text, [theirs, ours]) => text.replace(theirs, ours), form)),
      scales: { y: { range: [0, most * 1.1] } },
      axes: [axis(), { ...axis(), size: 60 }],
      series: [
        { label: "Started" },
        { label: "Median, ms", stroke: colour("--accent"), width: 2, points: { show: true, size: 7 } },
      ],
      hooks: { draw: [(plot) => drawWhiskers(plot, points)] },
    };
    place.replaceChildren();
    return new uPlot(options, [points.map((p) => p.t), points.map((p) => orNull(p.y))], place);
  };

  const start = (place) => {
    const table = document.getElementById(place.dataset.history);
    const points = table ? readPoints(table) : [];
    if (points.length < 2 || typeof uPlot === "undefined") return;
    place.hidden = false;
    let plot = draw(place, points);
    new ResizeObserver(() => {
      if (Math.abs(plot.width - place.clientWidth) > 1) plot.setSize({ width: place.clientWidth, height: 280 });
    }).observe(place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      plot.destroy();
      plot = draw(place, points);
    });
  };

  document.querySelectorAll("[data-history]").forEach(start);

  // Fields that were left alone need not be in the address.
  document.querySelectorAll("form.filters").forEach((form) =>
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
    }),
  );
})();
