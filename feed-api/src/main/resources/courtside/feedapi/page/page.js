import { reading, startBeat, takeBeat } from "./beat.js";
import { startCharts, takeHistory, takeMarks, takeSecond } from "./charts.js";
import { choose, nameFeed, showFeeds, startFeeds } from "./feeds.js";
import { showIncidents } from "./incidents.js";
import { clearPosts, shownPosts, takeChange, takeItems } from "./posts.js";
import { isPresent, showServices } from "./services.js";
import { Stream } from "./stream.js";
import { byId, duration, refreshMoments, say, setClock, tenths, whole } from "./words.js";

// Everything shown here came over the network from strangers: it becomes text, never markup.

const LENGTHS = [30, 100, 300, 1000]; // of posts, as the server makes them

let feed = new URLSearchParams(location.search).get("feed");
let length = LENGTHS[0];

function takeStatus(status) {
  setClock(status.at);
  const present = status.services.filter(isPresent);
  const idle = present.filter((s) => s.service === "ingestor");
  const paused = idle.some((s) => s.state === "paused");
  // Also one that has gone since: as long as no other reads, that is how long nothing came.
  const ingestor = paused ? undefined : reading(status.services);
  takeBeat(ingestor || null, paused ? "paused" : idle.length > 0 ? idle[0].state : "waiting for the ingestor");
  if (ingestor && isPresent(ingestor)) takeSecond(status.at / 1000 - ingestor.age_seconds, ingestor.figures);
  showFigures(present.includes(ingestor) ? ingestor : undefined, present);
  showServices(status.services);
}

function showFigures(ingestor, present) {
  const figures = ingestor ? ingestor.figures : {};
  show("rate", figures.frames_per_second, (v) => whole.format(v));
  show("frames", figures.frames_total, (v) => whole.format(v));
  show("lag", figures.lag_seconds, (v) => (v < 10 ? tenths.format(Math.max(0, v)) + " s" : duration(v)));
  show("reconnects", figures.reconnects_total, (v) => whole.format(v));
  const api = present.find((s) => s.service === "feed-api" && "items" in s.figures);
  show("items-count", api && api.figures.items, (v) => whole.format(v));
  const kept = present.filter((s) => s.service === "processor" && "posts_kept_total" in s.figures);
  show("posts", kept.length ? kept.reduce((sum, s) => sum + s.figures.posts_kept_total, 0) : undefined, (v) => whole.format(v));
}

function show(id, value, format) {
  say(byId(id), value === undefined ? "–" : format(value));
}

const next = () => LENGTHS.find((one) => one > length);

/** There may be older ones where as many are here as were asked for. */
function offerMore() {
  const more = byId("more");
  const held = document.activeElement === more;
  say(more, "Show older posts");
  more.removeAttribute("aria-disabled");
  more.hidden = shownPosts() < length || next() === undefined;
  if (held && more.hidden) byId("feed").focus({ preventScroll: true });
}

const stream = new Stream(
  {
    history: takeHistory,
    status: takeStatus,
    feeds: showFeeds,
    incidents: (incidents) => {
      showIncidents(incidents);
      takeMarks(incidents);
    },
    items: (items) => {
      if (feed && items.feed === "") {
        // It was served when this began, and is no more.
        choose(null);
        return;
      }
      nameFeed(items.name);
      takeItems(items);
      offerMore();
    },
    emptied: () => {
      clearPosts();
      offerMore();
    },
    change: (change) => {
      takeChange(change);
      offerMore();
    },
  },
  () => choose(null),
);

startFeeds(feed, (wanted) => {
  feed = wanted;
  length = LENGTHS[0];
  history.replaceState(null, "", wanted ? "?feed=" + encodeURIComponent(wanted) : location.pathname);
  clearPosts();
  stream.open(feed, length);
});

byId("more").addEventListener("click", () => {
  if (byId("more").hasAttribute("aria-disabled")) return;
  length = next();
  // It keeps its place, and the focus, until they are here.
  say(byId("more"), "Looking for older posts");
  byId("more").setAttribute("aria-disabled", "true");
  stream.open(feed, length);
});

startBeat();
startCharts();
setInterval(refreshMoments, 5000);
stream.open(feed, length);
