// What the page says, and with what: text becomes text, never markup.

export const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
export const tenths = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
export const still = matchMedia("(prefers-reduced-motion: reduce)");

export const byId = (id) => document.getElementById(id);

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Sets a text only where it is another one: nobody's selection and no screen reader is disturbed. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function duration(seconds) {
  const s = Math.max(0, seconds);
  if (s < 60) return Math.round(s) + " s";
  if (s < 3600) return Math.round(s / 60) + " min";
  if (s < 172800) return Math.round(s / 3600) + " h";
  return Math.round(s / 86400) + " d";
}

export const counted = (n, one, many) => whole.format(n) + " " + (n === 1 ? one : many);

// The server's clock is the one that everything shown is dated by; a phone's may be wrong.
let ahead = 0;

export const setClock = (serverMillis) => {
  ahead = serverMillis - Date.now();
};

export const now = () => Date.now() + ahead;

/** How long ago something was; kept true. */
export function moment(millis) {
  const time = make("time", "", duration((now() - millis) / 1000));
  const date = new Date(millis);
  if (!Number.isNaN(date.getTime())) {
    time.dateTime = date.toISOString();
    time.title = date.toLocaleString();
  }
  time.dataset.at = millis;
  return time;
}

export function refreshMoments() {
  for (const time of document.querySelectorAll("time[data-at]")) {
    say(time, duration((now() - Number(time.dataset.at)) / 1000));
  }
}

/** Makes a list's children these, in this order, and moves none that stands where it should. */
export function arrange(list, wanted) {
  const kept = new Set(wanted);
  for (const child of [...list.children]) if (!kept.has(child)) child.remove();
  wanted.forEach((child, n) => {
    if (list.children[n] !== child) list.insertBefore(child, list.children[n] || null);
  });
}
