import { byId, duration, say, tenths, whole } from "./words.js";

// The last fifteen minutes of the firehose, second by second, with what went wrong in them.

const MINUTES = 15;
const HOLE_SECONDS = 4; // without a status, nothing is known, and no line is drawn
const HEIGHT = 132;

const columns = { at: [], rate: [], lag: [] };
let marks = [];
let charts = [];

/** What was before the page looked. */
export function takeHistory(history) {
  columns.at = [];
  columns.rate = [];
  columns.lag = [];
  history.at.forEach((at, n) => push(at, history.rate[n], history.lag[n]));
  draw();
}

/** What the ingestor that reads says now. */
export function takeSecond(at, figures) {
  const second = Math.floor(at);
  if (columns.at.length > 0 && second <= columns.at[columns.at.length - 1]) return;
  push(second, figures.frames_per_second ?? null, figures.lag_seconds ?? null);
  draw();
}

export function takeMarks(incidents) {
  marks = incidents.filter((incident) => incident.kind !== "skipped_numbers");
  for (const chart of charts) chart.redraw();
}

function push(at, rate, lag) {
  const last = columns.at[columns.at.length - 1];
  if (last !== undefined && at - last > HOLE_SECONDS) {
    columns.at.push(last + 1);
    columns.rate.push(null);
    columns.lag.push(null);
  }
  columns.at.push(at);
  columns.rate.push(rate);
  columns.lag.push(lag === null ? null : Math.max(0, lag));
  let old = 0;
  while (columns.at[old] <= at - MINUTES * 60) old++;
  for (const column of Object.values(columns)) column.splice(0, old);
}

const number = (v) => (v < 10 ? tenths.format(v) : whole.format(v));
const behind = (v) => (v < 10 ? tenths.format(v) + " s" : duration(v));

function draw() {
  if (charts.length === 0) {
    if (columns.at.length === 0) return;
    build();
  }
  charts[0].setData([columns.at, columns.rate]);
  charts[1].setData([columns.at, columns.lag]);
}

function build() {
  for (const chart of charts) chart.destroy();
  charts = [
    chart(byId("rate-chart"), byId("rate-words"), columns.rate, number, { range: (_, __, max) => [0, Math.max(1, max * 1.15)] }, (v) => whole.format(v)),
    // Seconds and days fit on one axis where it grows with the logarithm.
    chart(byId("lag-chart"), byId("lag-words"), columns.lag, behind, { distr: 4, asinh: 1, range: (_, __, max) => [0, Math.max(2, max * 1.3)] }, shortDuration),
  ];
}

function shortDuration(seconds) {
  return seconds === 0 ? "0" : duration(seconds);
}

function chart(place, words, values, inWords, scale, tick) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const font = "11px " + getComputedStyle(document.body).fontFamily;
  const axis = { stroke: colour("--soft"), font, ticks: { show: false }, border: { show: false } };
  const options = {
    width: Math.max(200, place.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    padding: [10, 36, 0, 0],
    cursor: { sync: { key: "firehose" }, y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { x: { time: true }, y: scale },
    axes: [
      { ...axis, grid: { show: false }, size: 22, gap: 6, space: 100, values: clockTimes },
      {
        ...axis,
        grid: { stroke: colour("--line"), width: 1 },
        size: 44,
        gap: 8,
        space: 34,
        splits: scale.distr === 4 ? durations : undefined,
        filter: (_, ticks) => ticks,
        values: (_, ticks) => ticks.map(tick),
      },
    ],
    series: [
      {},
      {
        stroke: colour("--ball"),
        width: 1.5,
        fill: colour("--ball-wash"),
        points: { show: false },
        spanGaps: false,
      },
    ],
    hooks: { draw: [drawMarks], setCursor: [(u) => caption(u, words, inWords)], setData: [(u) => caption(u, words, inWords)] },
  };
  return new uPlot(options, [columns.at, values], place);
}

const STEPS = [0, 1, 10, 60, 600, 3600, 36000, 86400, 864000, 8640000, 86400000];

function durations(u, axis, min, max) {
  const fitting = STEPS.filter((step) => step <= max && !(step === 1 && max > 60));
  // As many as there is room for, the greatest among them.
  return fitting.filter((_, n) => fitting.length <= 4 || n === 0 || (fitting.length - 1 - n) % 2 === 0);
}

/** To the second, where the minutes alone would say the same twice. */
function clockTimes(u, ticks) {
  const close = ticks.length > 1 && ticks[1] - ticks[0] < 60;
  const format = { hour: "2-digit", minute: "2-digit", second: close ? "2-digit" : undefined };
  return ticks.map((seconds) => new Date(seconds * 1000).toLocaleTimeString([], format));
}

function drawMarks(u) {
  const style = getComputedStyle(document.documentElement);
  const pen = u.ctx;
  const { left, top, width, height } = u.bbox;
  pen.save();
  pen.lineWidth = Math.max(1, devicePixelRatio);
  for (const incident of marks) {
    const x = u.valToPos(incident.at / 1000, "x", true);
    if (x < left || x > left + width) continue;
    const colour = style.getPropertyValue(incident.lost ? "--stop" : "--warn").trim();
    pen.strokeStyle = colour;
    pen.fillStyle = colour;
    pen.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    pen.beginPath();
    pen.moveTo(x, top);
    pen.lineTo(x, top + height);
    pen.stroke();
    pen.beginPath();
    pen.arc(x, top, 2.5 * devicePixelRatio, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.restore();
}

/** What is under the pointer; otherwise from where to where the line goes. */
function caption(u, words, inWords) {
  const [at, values] = u.data;
  const n = u.cursor.idx;
  if (n !== null && n !== undefined && values[n] !== null && values[n] !== undefined) {
    say(words, inWords(values[n]) + " at " + new Date(at[n] * 1000).toLocaleTimeString());
    return;
  }
  const known = values.filter((v) => v !== null);
  if (known.length === 0) {
    say(words, "nothing is known yet");
    return;
  }
  const minutes = duration(at[at.length - 1] - at[0] + 1);
  say(words, inWords(Math.min(...known)) + " to " + inWords(Math.max(...known)) + " in the last " + minutes);
}

export function startCharts() {
  const rebuild = () => {
    if (charts.length > 0) build();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", rebuild);
  new ResizeObserver(() => {
    charts.forEach((one, n) => {
      const place = byId(n === 0 ? "rate-chart" : "lag-chart");
      if (place.clientWidth > 0 && Math.abs(one.width - place.clientWidth) > 1) {
        one.setSize({ width: place.clientWidth, height: HEIGHT });
      }
    });
  }).observe(byId("rate-chart"));
}
