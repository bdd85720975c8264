import { arrange, byId, counted, duration, make, say, whole } from "./words.js";

// The feeds: how many posts each has, how many come, and how far a replay is.

// A processor says where it is each second; of very many feeds it says so in turns.
const silentAfter = (served) => 15 + served / 500;

const rows = new Map();
let chosen = null;
let first = null; // what is shown where nothing was chosen
let onChoice = () => {};

/** @param choose told which feed somebody wants to see */
export function startFeeds(wanted, choose) {
  chosen = wanted;
  onChoice = choose;
}

export function showFeeds({ filled, served, feeds }) {
  first = feeds.length > 0 ? feeds[0].feed : null;
  byId("feeds-section").hidden = feeds.length === 0;
  for (const [name, row] of rows) if (!feeds.some((feed) => feed.feed === name)) rows.delete(name);
  arrange(byId("feeds"), feeds.map((feed) => fill(rowOf(feed.feed), feed, silentAfter(served)).element));
  const left = byId("feeds-left");
  left.hidden = served <= feeds.length;
  say(left, "The first " + whole.format(feeds.length) + " of " + whole.format(served) + "; any other by ?feed= and its name.");
  say(byId("empty"), !filled
    ? "The feeds are being read from the log. This takes seconds to minutes, once."
    : served > 0
      ? "No posts yet. History begins with installation: they appear as they are written."
      : "No feed is served yet.");
}

/** The one that is shown, by its name for people. */
export function nameFeed(name) {
  say(byId("feed-title"), name || "Feed");
  const mark = document.title.startsWith("silent · ") ? "silent · " : "";
  document.title = mark + (name ? name + " · Courtside" : "Courtside");
}

/** The feed that was chosen is served no more, or another is wanted. */
export function choose(feed) {
  chosen = feed;
  for (const [name, row] of rows) mark(row, name);
  onChoice(feed);
}

function rowOf(name) {
  let row = rows.get(name);
  if (row) return row;
  const element = make("li");
  const button = make("button", "choice");
  button.type = "button";
  const title = make("span", "title");
  const size = make("span", "size");
  button.append(title, size);
  button.addEventListener("click", () => choose(name));
  const replay = make("div", "replay");
  const bar = make("progress");
  bar.max = 100;
  const words = make("p");
  replay.append(bar, words);
  element.append(button, replay);
  row = { element, button, title, size, replay, bar, words };
  rows.set(name, row);
  return row;
}

function fill(row, feed, patience) {
  say(row.title, feed.name);
  say(row.size, counted(feed.items, "post", "posts") + " · " + whole.format(feed.hour) + (feed.more ? "+" : "") + " in the last hour");
  mark(row, feed.feed);
  const replay = feed.replay;
  row.replay.hidden = !replay;
  if (replay) {
    row.bar.value = replay.percent;
    row.bar.setAttribute("aria-label", "Replay of " + feed.name);
    say(row.words, inWords(replay, patience));
  }
  return row;
}

function mark(row, name) {
  if ((chosen || first) === name) row.button.setAttribute("aria-current", "true");
  else row.button.removeAttribute("aria-current");
}

function inWords(replay, patience) {
  const what = replay.next ? "a new version replays history" : "it catches up with the log";
  if (replay.age_seconds > patience) {
    return what + ": " + replay.percent + " %, and nothing was heard of it for " + duration(replay.age_seconds);
  }
  const left = replay.left_seconds === undefined ? "" : ", " + duration(replay.left_seconds) + " left";
  return what + ": " + replay.percent + " %, " + whole.format(replay.rate) + " events a second" + left;
}
