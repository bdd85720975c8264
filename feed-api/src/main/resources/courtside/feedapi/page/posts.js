import { byId, make, moment, say, still } from "./words.js";

// The posts of a feed as a reader sees them. All of it was written by strangers.

const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;
const LEAVING = 350; // milliseconds

const shown = new Map();
const unveiled = new Set();

/** All of them; after a connection was made anew, mostly those that are here already. */
export function takeItems({ description, items }) {
  say(byId("about"), description || "");
  const wanted = new Set(items.map((item) => item.uri));
  for (const uri of [...shown.keys()]) if (!wanted.has(uri)) leave(uri);
  let before = null;
  for (const item of items) {
    const held = shown.get(item.uri);
    if (held && held.content === JSON.stringify(item)) place(held.element, before);
    else put(item, before, false);
    before = shown.get(item.uri).element;
  }
  count();
}

/** What has changed since. */
export function takeChange({ gone, put: coming }) {
  const changed = new Set(coming.map(({ item }) => item.uri));
  for (const uri of gone) if (!changed.has(uri)) leave(uri);
  for (const { after, item } of coming) put(item, after === null ? null : shown.get(after).element, true);
  count();
}

/** Another feed is wanted. */
export function clearPosts() {
  shown.clear();
  byId("items").replaceChildren();
  say(byId("about"), "");
  count();
}

export const shownPosts = () => shown.size;

function count() {
  byId("empty").hidden = shown.size > 0;
}

function put(item, before, arriving) {
  const held = shown.get(item.uri);
  const element = itemElement(item);
  if (held) replace(held.element, element);
  else if (arriving) element.classList.add("arriving");
  shown.set(item.uri, { content: JSON.stringify(item), element });
  place(element, before);
}

/** Whoever has the focus within keeps it. */
function replace(old, element) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(element);
  if (focused === null) return;
  const same = [...element.querySelectorAll(focused.tagName)].find((one) => one.className === focused.className);
  (same || byId("feed")).focus({ preventScroll: true });
}

/** Behind that one, or first, whatever is just leaving between them. */
function place(element, before) {
  const list = byId("items");
  let next = before ? before.nextSibling : list.firstChild;
  while (next && next !== element && next.classList.contains("leaving")) next = next.nextSibling;
  if (next !== element) list.insertBefore(element, next);
}

function leave(uri) {
  const { element } = shown.get(uri);
  shown.delete(uri);
  if (element.contains(document.activeElement)) byId("feed").focus({ preventScroll: true });
  if (still.matches || document.hidden) {
    element.remove();
    return;
  }
  element.classList.add("leaving");
  element.inert = true;
  setTimeout(() => element.remove(), LEAVING);
}

function away(href, className) {
  const link = make("a", className);
  link.href = href;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow ugc";
  return link;
}

function itemElement(item) {
  const element = make("li", "item");
  const by = make("div", "by");
  const author = away("https://bsky.app/profile/" + item.author, "author");
  author.textContent = item.author;
  author.title = item.author;
  const open = away(item.link, "when");
  open.append(moment(item.at), make("span", "aside", ", open in the Bluesky app"));
  by.append(author, open);

  const held = make("div", "held");
  const text = make("p", "text", item.text);
  text.dir = "auto";
  if (LANGUAGE.test(item.langs[0] || "")) text.lang = item.langs[0];
  held.append(text);
  if (item.alts.length > 0) {
    const alts = make("ul", "alts");
    for (const alt of item.alts) {
      const line = make("li", alt ? "" : "bare", alt || "an image that its author has not described");
      line.dir = "auto";
      alts.append(line);
    }
    held.append(alts);
  }
  const links = item.links.map(linkElement).filter((link) => link !== null);
  if (links.length > 0) {
    const list = make("ul", "links");
    list.append(...links);
    held.append(list);
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

/** A link to the web alone, and by its host: a stranger's words about where it leads are not shown. */
function linkElement(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  const line = make("li");
  const link = away(url.href, "");
  link.append(make("b", "", url.host), (url.pathname === "/" ? "" : url.pathname) + url.search);
  line.append(link);
  return line;
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
    held.tabIndex = -1;
    held.focus({ preventScroll: true });
  });
  body.append(button);
}
