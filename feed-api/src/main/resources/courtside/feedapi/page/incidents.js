import { arrange, byId, make, moment } from "./words.js";

// What went wrong, and what was done. Numbers passed over are no fault: the newest stands for all.

const rows = new Map();

export function showIncidents(incidents) {
  const told = incidents.filter((one, n) => one.kind !== "skipped_numbers" || incidents.findIndex((other) => other.kind === one.kind) === n);
  byId("quiet").hidden = told.length > 0;
  const keys = told.map((incident) => JSON.stringify(incident));
  for (const key of rows.keys()) if (!keys.includes(key)) rows.delete(key);
  arrange(byId("incidents"), told.map((incident, n) => rowOf(keys[n], incident)));
}

function rowOf(key, incident) {
  let row = rows.get(key);
  if (!row) {
    row = make("li", "incident");
    row.dataset.tone = incident.lost ? "loss" : incident.kind === "skipped_numbers" ? "harmless" : "mended";
    const head = make("p", "name");
    head.append(make("span", "", incident.kind.replaceAll("_", " ")), moment(incident.at));
    row.append(head, make("p", "", incident.found), make("p", "done", incident.done));
    rows.set(key, row);
  }
  return row;
}
