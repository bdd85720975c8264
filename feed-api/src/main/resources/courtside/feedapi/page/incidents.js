import { byId, make, moment } from "./words.js";

// What went wrong, and what was done. Numbers passed over are no fault: the newest stands for all.

export function showIncidents(incidents) {
  const told = incidents.filter((one, n) => one.kind !== "skipped_numbers" || incidents.findIndex((other) => other.kind === one.kind) === n);
  byId("quiet").hidden = told.length > 0;
  byId("incidents").replaceChildren(...told.map(row));
}

function row(incident) {
  const element = make("li", "incident");
  element.dataset.tone = incident.lost ? "loss" : incident.kind === "skipped_numbers" ? "harmless" : "mended";
  const head = make("p", "name");
  head.append(make("span", "", incident.kind.replaceAll("_", " ")), moment(incident.at));
  element.append(head, make("p", "", incident.found), make("p", "done", incident.done));
  return element;
}
