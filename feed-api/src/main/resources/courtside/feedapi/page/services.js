import { arrange, byId, counted, duration, make, say, tenths, whole } from "./words.js";

// The stages, in the frame's way, and the instances of each.

const PRESENT_SECONDS = 60; // an instance silent for longer has gone
const SILENT_SECONDS = 10;
const STAGES = ["ingestor", "processor", "feed-api"];

const rows = new Map();

export const isPresent = (service) => service.age_seconds < PRESENT_SECONDS;

export function showServices(services) {
  const wanted = STAGES.flatMap((stage) => {
    const instances = services.filter((s) => s.service === stage);
    const present = instances.filter(isPresent);
    if (present.length > 0) {
      return present.map((s) => fill(rowOf(stage + "/" + s.instance), present.length > 1 ? named(stage, s) : stage, stage, s));
    }
    const last = instances.sort((a, b) => a.age_seconds - b.age_seconds)[0];
    return [fillAbsent(rowOf(stage), stage, last)];
  });
  const kept = new Set(wanted);
  for (const [key, row] of rows) if (!kept.has(row)) rows.delete(key);
  arrange(byId("services"), wanted.map((row) => row.element));
}

function rowOf(key) {
  let row = rows.get(key);
  if (row) return row;
  const element = make("li", "service");
  const head = make("p", "name");
  const name = make("span");
  const state = make("span", "state");
  head.append(name, state);
  const does = make("p", "does");
  const why = make("div");
  const details = make("details");
  const summary = make("summary", "", "figures");
  const table = make("table");
  details.append(summary, table);
  element.append(head, does, why, details);
  row = { element, name, state, does, why, details, summary, table };
  rows.set(key, row);
  return row;
}

function fillAbsent(row, stage, last) {
  say(row.name, stage);
  say(row.state, last ? "silent for " + duration(last.age_seconds) : "not seen");
  row.state.dataset.tone = "gone";
  row.does.hidden = true;
  row.details.hidden = true;
  row.why.replaceChildren();
  return row;
}

/** Several of a stage are told apart by the beginning of what follows its name. */
const named = (stage, service) => stage + " " + service.instance.replace(stage + "-", "").slice(0, 8);

function fill(row, name, stage, service) {
  const silent = service.age_seconds > SILENT_SECONDS;
  say(row.name, name);
  row.name.title = service.instance;
  say(row.state, silent ? "silent for " + duration(service.age_seconds) : service.state);
  row.state.dataset.tone = silent ? "gone" : service.ready ? "well" : "off";
  const does = silent ? "" : doing(stage, service.figures);
  row.does.hidden = does === "";
  say(row.does, does);
  const reasons = JSON.stringify(service.reasons);
  if (row.why.dataset.reasons !== reasons) {
    row.why.dataset.reasons = reasons;
    row.why.replaceChildren(...service.reasons.map((reason) => make("p", "why", reason)));
  }
  const names = Object.keys(service.figures).sort();
  row.details.hidden = names.length === 0;
  say(row.summary, counted(names.length, "figure", "figures"));
  if (row.details.open || row.table.rows.length === 0) fillTable(row.table, names, service.figures);
  return row;
}

function fillTable(table, names, figures) {
  while (table.rows.length > names.length) table.deleteRow(-1);
  names.forEach((name, n) => {
    let line = table.rows[n];
    if (!line) {
      line = table.insertRow();
      const label = make("th");
      label.scope = "row";
      line.append(label, make("td"));
    }
    say(line.children[0], name.replaceAll("_", " "));
    const value = figures[name];
    say(line.children[1], Math.abs(value) < 100 && !Number.isInteger(value) ? tenths.format(value) : whole.format(value));
  });
}

// One line of what an instance is doing, out of its figures.
function doing(stage, figures) {
  const parts = [];
  const tell = (name, words) => {
    if (name in figures) parts.push(words(figures[name]));
  };
  if (stage === "ingestor") {
    tell("frames_per_second", (v) => whole.format(v) + " frames a second");
    tell("queue_bytes", (v) => whole.format(v / 1024) + " KiB waiting");
  } else if (stage === "processor") {
    tell("extract_tasks", (v) => "extract: " + counted(v, "task", "tasks") + behind(figures.frames_lag_seconds));
    tell("feed_tasks", (v) => "feeds: " + counted(v, "task", "tasks") + behind(figures.posts_lag_seconds));
    if (figures.restore_remaining > 0) tell("restore_remaining", (v) => counted(v, "change", "changes") + " to restore");
    if (figures.steward === 1) parts.push("steward");
  } else {
    tell("items", (v) => counted(v, "post", "posts") + " held");
    tell("seconds_behind", (v) => tenths.format(v) + " s behind");
    tell("event_streams", (v) => whole.format(v) + " watching");
  }
  return parts.join(" · ");
}

const behind = (seconds) => (seconds === undefined || seconds < 1 ? "" : ", " + duration(seconds) + " behind");
