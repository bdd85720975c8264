"use strict";

// Everything shown here came over the network from strangers: it becomes text, never markup.

const USUAL_TIMEOUT = 20; // seconds; the ingestor says its own
const STALLING = 0.75; // of the timeout
const QUIET_SECONDS = 5;
const FRESH_SECONDS = 2.5; // a status comes each second
const PRESENT_SECONDS = 60; // an instance silent for longer has gone
const WORD_LOST_AFTER = 5000;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const whole = new Intl.NumberFormat("en");
const tenths = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const byId = (id) => document.getElementById(id);

const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};

const say = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

const duration = (seconds) => {
  const s = Math.max(0, seconds);
  if (s < 60) return Math.round(s) + " s";
  if (s < 3600) return Math.round(s / 60) + " min";
  if (s < 172800) return Math.round(s / 3600) + " h";
  return Math.round(s / 86400) + " d";
};

// ---- the connection -----------------------------------------------------------------------

let chosen = null;
let source = null;
let heardAt = -Infinity;
let attempt = 0;
let retry = 0;

const setLink = (state, text) => {
  const link = byId("link");
  link.dataset.state = state;
  say(link, text);
  document.body.classList.toggle("lost", state === "lost");
};

const events = (feed) => "/events" + (feed ? "?feed=" + encodeURIComponent(feed) : "");

function connect() {
  clearTimeout(retry);
  if (source) source.close();
  heardAt = performance.now();
  source = new EventSource(events(chosen));
  source.addEventListener("status", (event) => {
    heardAt = performance.now();
    attempt = 0;
    setLink("live", "live");
    onStatus(JSON.parse(event.data));
  });
  source.addEventListener("items", (event) => onItems(JSON.parse(event.data)));
  source.addEventListener("incidents", (event) => onIncidents(JSON.parse(event.data)));
  source.onerror = lost;
}

function lost() {
  setLink("lost", "connection lost, trying again");
  // A browser gives up on an answer that is no stream (a full house, a feed that is gone).
  if (source.readyState === EventSource.CLOSED) {
    again();
    if (chosen) dropIfGone(chosen);
  }
}

// The browser does not tell with what status a stream was refused. HEAD has the same.
function dropIfGone(feed) {
  fetch(events(feed), { method: "HEAD" }).then(
    (answer) => {
      if (answer.status === 404 && chosen === feed) chosen = null;
    },
    () => {}, // No answer says nothing of the feed; the next attempt to connect is under way.
  );
}

function again() {
  source.close();
  clearTimeout(retry);
  retry = setTimeout(connect, Math.min(15000, 1000 * 2 ** attempt++));
}

setInterval(() => {
  if (performance.now() - heardAt > WORD_LOST_AFTER && source.readyState === EventSource.OPEN) {
    // Open, and nothing comes: what lies between has forgotten us.
    lost();
    again();
    heardAt = performance.now();
  }
}, 1000);

// ---- the heartbeat ------------------------------------------------------------------------

let beat = null;
let watchedFrom = null;
const pulses = [];

function onStatus(status) {
  const now = performance.now();
  const ingestor = status.services
    .filter((s) => s.service === "ingestor" && "seconds_since_last_beat" in s.figures)
    .sort((a, b) => a.age_seconds + a.figures.seconds_since_last_beat - b.age_seconds - b.figures.seconds_since_last_beat)[0];
  beat = ingestor && {
    at: now,
    silence: ingestor.figures.seconds_since_last_beat,
    age: Math.max(0, ingestor.age_seconds),
    timeout: ingestor.figures.heartbeat_timeout_seconds || USUAL_TIMEOUT,
  };
  if (beat) {
    watchedFrom ??= now;
    if (silence(now) < 2) pulses.push(now);
    say(byId("stalling"), duration(beat.timeout * STALLING));
    say(byId("timeout"), duration(beat.timeout));
  }
  while (pulses.length > 60) pulses.shift();

  const figures = ingestor ? ingestor.figures : {};
  show("rate", figures.frames_per_second, (v) => whole.format(Math.round(v)));
  show("frames", figures.frames_total, (v) => whole.format(v));
  show("lag", figures.lag_seconds, (v) => (v < 10 ? tenths.format(v) + " s" : duration(v)));
  show("reconnects", figures.reconnects_total, (v) => whole.format(v));
  const present = status.services.filter(isPresent);
  const api = present.find((s) => s.service === "feed-api" && "items" in s.figures);
  show("items-count", api && api.figures.items, (v) => whole.format(v));
  const kept = present.filter((s) => s.service === "processor" && "posts_kept_total" in s.figures);
  show("posts", kept.length ? kept.reduce((sum, s) => sum + s.figures.posts_kept_total, 0) : undefined, (v) => whole.format(v));

  showServices(status.services);
  showFeeds(status.feeds, status.filled);
  showBeat();
  if (still.matches) drawLine();
}

const isPresent = (service) => service.age_seconds < PRESENT_SECONDS;

// While statuses come, theirs is the newest that is known; counted on where they or the frames stay away.
function silence(now) {
  const since = beat.age + (now - beat.at) / 1000;
  return beat.silence >= 2 || since >= FRESH_SECONDS ? beat.silence + since : beat.silence;
}

function show(id, value, format) {
  say(byId(id), value === undefined ? "–" : format(value));
}

function showBeat() {
  const lost = document.body.classList.contains("lost");
  const seconds = beat && !lost ? silence(performance.now()) : null;
  const timeout = beat ? beat.timeout : USUAL_TIMEOUT;
  let state = "unknown";
  let word = "waiting for the ingestor";
  if (lost) {
    word = "not known while the connection is lost";
  } else if (seconds !== null) {
    state = seconds >= timeout ? "silent" : seconds >= timeout * STALLING ? "stalling" : seconds >= QUIET_SECONDS ? "quiet" : "alive";
    word = { alive: "alive", quiet: "quiet", stalling: "may be stalling", silent: "silent" }[state];
  }
  byId("beat").dataset.state = state;
  say(byId("word"), word);
  const [figure, unit] = seconds === null ? ["–", "s"] : count(seconds);
  say(byId("seconds"), figure);
  say(byId("unit"), unit);
  byId("fill").style.transform = "scaleX(" + Math.min(1, (seconds || 0) / timeout) + ")";
}

function count(seconds) {
  if (seconds < 100) return [tenths.format(seconds), "s"];
  if (seconds < 6000) return [whole.format(Math.floor(seconds / 60)), "min"];
  return [tenths.format(seconds / 3600), "h"];
}

setInterval(showBeat, still.matches ? 1000 : 100);

const canvas = byId("line");
const PIXELS_PER_SECOND = 64;

// The shape of one beat, by seconds after it: a small rise, the stroke, the rest.
function stroke(t) {
  const bump = (centre, width, height) => height * Math.exp(-(((t - centre) / width) ** 2));
  return bump(0.1, 0.035, 0.1) + bump(0.2, 0.012, -0.14) + bump(0.24, 0.017, 1) + bump(0.285, 0.016, -0.28) + bump(0.46, 0.06, 0.17);
}

function drawLine() {
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
  if (!still.matches && !document.hidden) drawLine();
  requestAnimationFrame(animate);
}

// ---- services and incidents ---------------------------------------------------------------

const unfolded = new Set();

function showServices(services) {
  const list = byId("services");
  const rows = [];
  for (const name of ["ingestor", "processor", "feed-api"]) {
    const instances = services.filter((s) => s.service === name);
    const present = instances.filter(isPresent);
    if (present.length === 0) {
      const last = instances.sort((a, b) => a.age_seconds - b.age_seconds)[0];
      rows.push(serviceRow(name, last ? "silent for " + duration(last.age_seconds) : "not seen", "gone", null));
    }
    for (const s of present) {
      const silent = s.age_seconds > 10;
      rows.push(serviceRow(name, silent ? "silent for " + duration(s.age_seconds) : s.state, silent ? "gone" : s.ready ? "" : "off", s));
    }
  }
  list.replaceChildren(...rows);
}

function serviceRow(name, state, tone, service) {
  const row = make("li", "service");
  const head = make("p", "name");
  head.append(make("span", "", name), make("span", "state " + tone, state));
  row.append(head);
  if (!service) return row;
  for (const reason of service.reasons) row.append(make("p", "why", reason));
  const names = Object.keys(service.figures).sort();
  if (names.length > 0) {
    const key = service.service + "/" + service.instance;
    const details = make("details");
    details.open = unfolded.has(key);
    details.addEventListener("toggle", () => (details.open ? unfolded.add(key) : unfolded.delete(key)));
    details.append(make("summary", "", names.length + (names.length === 1 ? " figure" : " figures")));
    const table = make("table");
    for (const figure of names) {
      const line = table.insertRow();
      const label = make("th", "", figure.replaceAll("_", " "));
      label.scope = "row";
      line.append(label, make("td", "", whole.format(service.figures[figure])));
    }
    details.append(table);
    row.append(details);
  }
  return row;
}

function onIncidents(incidents) {
  byId("quiet").hidden = incidents.length > 0;
  byId("incidents").replaceChildren(...incidents.map((incident) => {
    const row = make("li", incident.lost ? "incident loss" : "incident");
    const head = make("p", "name");
    head.append(make("span", "", incident.kind.replaceAll("_", " ")), moment(incident.at));
    row.append(head, make("p", "", incident.found), make("p", "", incident.done));
    return row;
  }));
}

function moment(millis) {
  const time = make("time", "", duration((Date.now() - millis) / 1000));
  const date = new Date(millis);
  if (!Number.isNaN(date.getTime())) {
    time.dateTime = date.toISOString();
    time.title = date.toLocaleString();
  }
  time.dataset.at = millis;
  return time;
}

setInterval(() => {
  for (const time of document.querySelectorAll("time[data-at]")) {
    say(time, duration((Date.now() - Number(time.dataset.at)) / 1000));
  }
}, 5000);

// ---- the feeds ----------------------------------------------------------------------------

let feeds = [];

function showFeeds(now, filled) {
  const select = byId("feeds");
  if (JSON.stringify(now) !== JSON.stringify(feeds)) {
    feeds = now;
    select.replaceChildren(...feeds.map((feed) => new Option(feed.name, feed.feed)));
    if (chosen && !feeds.some((feed) => feed.feed === chosen)) {
      chosen = null;
      connect();
    }
  }
  const current = chosen || (feeds[0] && feeds[0].feed);
  if (current && select.value !== current) select.value = current;
  byId("choice").hidden = feeds.length < 2;
  const feed = feeds.find((f) => f.feed === current);
  say(byId("feed-title"), feed ? feed.name : "Feed");
  document.title = feed ? feed.name + " · Courtside" : "Courtside";
  say(byId("empty"), !filled
    ? "The feeds are being read from the log. This takes seconds to minutes, once."
    : feed
      ? "No posts yet. History begins with installation: they appear as they are written."
      : "No feed is served yet.");
}

byId("feeds").addEventListener("change", (event) => {
  chosen = event.target.value;
  shown.clear();
  byId("items").replaceChildren();
  connect();
});

const shown = new Map();
const unveiled = new Set();

function onItems(page) {
  say(byId("about"), page.description || "");
  const list = byId("items");
  const first = shown.size === 0;
  const wanted = new Set(page.items.map((item) => item.uri));
  for (const [uri, held] of shown) {
    if (!wanted.has(uri)) {
      shown.delete(uri);
      leave(held.element);
    }
  }
  let before = list.firstChild;
  for (const item of page.items) {
    const content = JSON.stringify(item);
    let held = shown.get(item.uri);
    if (held && held.content !== content) {
      const changed = itemElement(item);
      held.element.replaceWith(changed);
      if (before === held.element) before = changed;
      held = { content, element: changed };
    } else if (!held) {
      held = { content, element: itemElement(item) };
      if (!first) held.element.classList.add("arriving");
    }
    shown.set(item.uri, held);
    while (before && before.classList.contains("leaving")) before = before.nextSibling;
    if (before === held.element) before = before.nextSibling;
    else list.insertBefore(held.element, before);
  }
  byId("empty").hidden = page.items.length > 0;
}

function leave(element) {
  if (still.matches || document.hidden) {
    element.remove();
    return;
  }
  element.classList.add("leaving");
  setTimeout(() => element.remove(), 350);
}

function itemElement(item) {
  const element = make("li", "item");
  const by = make("div", "by");
  const author = make("span", "", item.author);
  author.title = item.author;
  const link = make("a");
  link.href = item.link;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.append(moment(item.at), make("span", "aside", ", open in the Bluesky app"));
  by.append(author, link);

  const held = make("div", "held");
  const text = make("p", "text", item.text);
  text.dir = "auto";
  held.append(text);
  if (item.alts.length > 0) {
    const alts = make("ul", "alts");
    for (const alt of item.alts) alts.append(make("li", "", alt || "An image without a description"));
    held.append(alts);
  }
  const body = make("div", "body");
  body.append(held);
  element.append(by, body);

  if (item.labels.length > 0) {
    const names = item.labels.join(", ");
    element.append(make("p", "labels", "labelled by its author: " + names));
    if (!unveiled.has(item.uri)) veil(element, body, held, names, item.uri);
  }
  return element;
}

function veil(element, body, held, names, uri) {
  element.classList.add("veiled");
  held.inert = true;
  const button = make("button", "veil");
  button.type = "button";
  button.append(make("span", "", "Show what is labelled " + names));
  button.addEventListener("click", () => {
    unveiled.add(uri);
    element.classList.remove("veiled");
    held.inert = false;
    button.remove();
  });
  body.append(button);
}

connect();
requestAnimationFrame(animate);
