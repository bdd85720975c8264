import { byId, say } from "./words.js";

// The stream of events: made anew by the browser where it breaks, and by this where the browser
// gives up or does not notice.

const MUTE_AFTER = 5000; // milliseconds; a status comes each second
const DIAL_LIMIT = 10000;
const LONGEST_PAUSE = 15000;

const address = (feed, items) => {
  const query = new URLSearchParams();
  if (feed) query.set("feed", feed);
  if (items) query.set("items", items);
  return "/events" + (query.size > 0 ? "?" + query : "");
};

export class Stream {
  #handlers;
  #gone;
  #source = null;
  #feed = null;
  #items = 0;
  #heardAt = 0;
  #attempt = 0;
  #retry = 0;

  /**
   * @param handlers what to do with each event, by its name
   * @param gone told where the feed that was asked for is served no more
   */
  constructor(handlers, gone) {
    this.#handlers = handlers;
    this.#gone = gone;
    setInterval(() => this.#listen(), 1000);
  }

  /** From here on the posts are those of this feed, so many at least; of the first one for null. */
  open(feed, items) {
    this.#feed = feed;
    this.#items = items;
    this.#connect();
  }

  #connect() {
    clearTimeout(this.#retry);
    if (this.#source) this.#source.close();
    this.#heardAt = performance.now();
    if (byId("link").dataset.state === "live") this.#say("waiting", "connecting");
    const source = new EventSource(address(this.#feed, this.#items));
    this.#source = source;
    for (const [name, handle] of Object.entries(this.#handlers)) {
      source.addEventListener(name, (event) => {
        if (source !== this.#source) return;
        this.#heardAt = performance.now();
        this.#attempt = 0;
        this.#say("live", "live");
        handle(JSON.parse(event.data));
      });
    }
    source.onerror = () => {
      if (source !== this.#source) return;
      // The browser dials again by itself, from now on.
      this.#heardAt = performance.now();
      this.#lose();
    };
  }

  #lose() {
    this.#say("lost", "connection lost, trying again");
    // A browser gives up on an answer that is no stream: a full house, a feed that is gone.
    if (this.#source.readyState === EventSource.CLOSED) {
      this.#again();
      this.#askWhetherGone();
    }
  }

  /** The browser does not tell with what status a stream was refused. HEAD has the same. */
  #askWhetherGone() {
    const feed = this.#feed;
    if (!feed) return;
    fetch(address(feed, this.#items), { method: "HEAD" }).then(
      (answer) => {
        if (answer.status === 404 && this.#feed === feed) this.#gone();
      },
      () => {}, // No answer says nothing of the feed; the next attempt to connect is under way.
    );
  }

  #again() {
    this.#source.close();
    clearTimeout(this.#retry);
    this.#heardAt = performance.now();
    this.#retry = setTimeout(() => this.#connect(), Math.min(LONGEST_PAUSE, 1000 * 2 ** this.#attempt++));
  }

  #listen() {
    if (!this.#source || this.#source.readyState === EventSource.CLOSED) return;
    const open = this.#source.readyState === EventSource.OPEN;
    if (performance.now() - this.#heardAt > (open ? MUTE_AFTER : DIAL_LIMIT)) {
      // Nothing comes, or not even an answer: what lies between has forgotten us.
      this.#lose();
      this.#again();
    }
  }

  #say(state, text) {
    const link = byId("link");
    link.dataset.state = state;
    say(link, text);
    document.body.classList.toggle("lost", state === "lost");
  }
}
