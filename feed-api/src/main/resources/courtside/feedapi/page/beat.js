import { byId, duration, say, still, tenths, whole } from "./words.js";

// The heartbeat: how long ago the last frame came, against the ingestor's own limits.

const USUAL_TIMEOUT = 20; // seconds; the ingestor says its own
const STALLING = 0.75; // of the timeout
const QUIET_SECONDS = 5;
const FRESH_SECONDS = 2.5; // a status comes each second
const PIXELS_PER_SECOND = 64;
const MOST_PULSES = 60;

let beat = null;
let otherwise = "waiting for the ingestor";
let watchedFrom = null;
const pulses = [];
const canvas = byId("line");

/** The ingestor that reads: of several that believe so, the one that heard a frame last. */
export function reading(services) {
  return services
    .filter((s) => s.service === "ingestor" && "seconds_since_last_frame" in s.figures)
    .sort((a, b) => a.age_seconds + a.figures.seconds_since_last_frame - b.age_seconds - b.figures.seconds_since_last_frame)[0];
}

/**
 * Takes what the ingestor that reads has said.
 *
 * @param ingestor null where none reads
 * @param instead what there is to say then
 */
export function takeBeat(ingestor, instead) {
  const now = performance.now();
  otherwise = instead;
  beat = ingestor && {
    at: now,
    silence: ingestor.figures.seconds_since_last_frame,
    age: Math.max(0, ingestor.age_seconds),
    timeout: ingestor.figures.heartbeat_timeout_seconds || USUAL_TIMEOUT,
  };
  if (beat) {
    watchedFrom ??= now;
    if (silence(now) < 2) pulses.push(now);
    say(byId("stalling"), duration(beat.timeout * STALLING));
    say(byId("timeout"), duration(beat.timeout));
  }
  while (pulses.length > MOST_PULSES) pulses.shift();
  show();
  if (still.matches) draw();
}

// While statuses come, theirs is the newest that is known; counted on where they or the frames stay away.
function silence(now) {
  const since = beat.age + (now - beat.at) / 1000;
  return beat.silence >= 2 || since >= FRESH_SECONDS ? beat.silence + since : beat.silence;
}

function stateOf(seconds, timeout) {
  if (seconds >= timeout) return ["silent", "silent"];
  if (seconds >= timeout * STALLING) return ["stalling", "may be stalling"];
  if (seconds >= Math.min(QUIET_SECONDS, timeout / 2)) return ["quiet", "quiet"];
  return ["alive", "alive"];
}

function show() {
  const lost = document.body.classList.contains("lost");
  const seconds = beat && !lost ? silence(performance.now()) : null;
  const timeout = beat ? beat.timeout : USUAL_TIMEOUT;
  const [state, word] = lost
    ? ["unknown", "not known while the connection is lost"]
    : seconds === null
      ? ["unknown", otherwise]
      : stateOf(seconds, timeout);
  byId("beat").dataset.state = state;
  say(byId("word"), word);
  const [figure, unit] = seconds === null ? ["–", "s"] : count(seconds);
  say(byId("seconds"), figure);
  say(byId("unit"), unit);
  byId("fill").style.transform = "scaleX(" + Math.min(1, (seconds || 0) / timeout) + ")";
  // Seen from another tab.
  const mark = state === "silent" ? "silent · " : "";
  if (document.title.startsWith("silent · ") !== (mark !== "")) {
    document.title = mark + document.title.replace(/^silent · /, "");
  }
}

function count(seconds) {
  if (seconds < 100) return [tenths.format(seconds), "s"];
  if (seconds < 6000) return [whole.format(Math.floor(seconds / 60)), "min"];
  return [tenths.format(seconds / 3600), "h"];
}

// The shape of one beat, by seconds after it: a small rise, the stroke, the rest.
function stroke(t) {
  const bump = (centre, width, height) => height * Math.exp(-(((t - centre) / width) ** 2));
  return bump(0.1, 0.035, 0.1) + bump(0.2, 0.012, -0.14) + bump(0.24, 0.017, 1) + bump(0.285, 0.016, -0.28) + bump(0.46, 0.06, 0.17);
}

function draw() {
  const ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const now = performance.now();
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  if (watchedFrom === null) return;
  // Of the time before this page looked, nothing is known.
  const from = Math.max(0, Math.floor(width - ((now - watchedFrom) / 1000 + 0.2) * PIXELS_PER_SECOND));
  pen.beginPath();
  for (let x = from; x <= width; x += 1) {
    const at = now - ((width - x) / PIXELS_PER_SECOND) * 1000;
    let y = 0;
    for (const pulse of pulses) {
      const t = (at - pulse) / 1000;
      if (t > -0.1 && t < 0.8) y += stroke(t);
    }
    const py = height * 0.68 - y * height * 0.52;
    if (x === from) pen.moveTo(x, py);
    else pen.lineTo(x, py);
  }
  pen.strokeStyle = getComputedStyle(canvas).color;
  pen.lineWidth = 1.75;
  pen.lineJoin = "round";
  pen.stroke();
}

function animate() {
  if (!still.matches && !document.hidden) draw();
  requestAnimationFrame(animate);
}

export function startBeat() {
  setInterval(show, still.matches ? 1000 : 100);
  requestAnimationFrame(animate);
}
