// The desk by keyboard. Whatever a key does is on the page already, as a link, a button or a fold: keys have no rights
// of their own. A single key never fires while somebody writes, and all of them can be switched off (WCAG 2.1.4).
import { openPalette } from "./palette.js";
import { answers } from "./parts.js";

// Where the list was, so that `u` leads back to it as it was filtered: an address without words, gone with the session.
const LIST = "list";
const LEFT = "left";

const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const CONTROLS = "input:not([type=hidden]), textarea, select";

const seen = (element) => element.getClientRects().length > 0;
const rows = (root) => [...root.querySelectorAll("main .row-link")].filter(seen);
const step = (root, ...names) => names.map((name) => root.querySelector(`#step-${name}`)).find(Boolean);
const mainStep = (root) => step(root, "answer") || root.querySelector("details.step");
const returnStep = (root) => step(root, "request_return", "reply");

function say(root, text) {
  const told = root.querySelector("#keys-told");
  told.textContent = "";
  requestAnimationFrame(() => (told.textContent = text || ""));
}

export function unfold(fold) {
  if (!fold) return false;
  fold.open = true;
  fold.scrollIntoView({ block: "nearest" });
  (fold.querySelector("form textarea") || fold.querySelector(`form :is(${CONTROLS})`) || fold.querySelector("form button")).focus();
  return true;
}

function mainButton(root) {
  const button = root.querySelector("main .button-primary");
  button?.focus();
  return Boolean(button);
}

function move(root, by) {
  const side = [...root.querySelectorAll(".side-item")];
  const words = root.querySelector("#keys-told").dataset;
  if (side.length) {
    const next = side[side.findIndex((item) => item.hasAttribute("aria-current")) + by];
    if (next) next.click();
    else say(root, by > 0 ? words.last : words.first);
    return;
  }
  const links = rows(root);
  const here = links.findIndex((link) => link.closest("tr").contains(root.activeElement));
  const next = links[here < 0 ? 0 : here + by];
  if (!next) return say(root, links.length ? (by > 0 ? words.last : words.first) : words.none);
  next.focus();
  next.closest("tr").scrollIntoView({ block: "nearest" });
}

function tick(root) {
  const box = root.activeElement.closest("tr")?.querySelector("input[name=pick]");
  const words = root.querySelector("#keys-told").dataset;
  if (!box) return say(root, words.noTick);
  box.checked = !box.checked;
  say(root, words.ticked.replace("{n}", String(root.querySelectorAll("input[name=pick]:checked").length)));
}

function back(root) {
  const queue = root.querySelector("#keys").dataset.queue;
  const list = sessionStorage.getItem(LIST) || queue;
  if (list) location.assign(list);
}

function search(root) {
  const box = root.querySelector("[aria-keyshortcuts='/']");
  box?.focus();
  box?.select();
}

const KEYS = {
  j: (root) => move(root, 1),
  k: (root) => move(root, -1),
  x: tick,
  a: (root) => unfold(mainStep(root)) || mainButton(root) || say(root, root.querySelector("#keys-told").dataset.noStep),
  r: (root) => unfold(returnStep(root)) || say(root, root.querySelector("#keys-told").dataset.noStep),
  u: back,
  "/": search,
  "?": (root) => root.querySelector("#keys").showModal(),
};

function remember(root) {
  const matter = root.querySelector("#steps");
  if (matter) return sessionStorage.setItem(LEFT, location.pathname);
  if (!root.querySelector("main .row-link, main .queue-empty, main .facets")) return;
  sessionStorage.setItem(LIST, location.pathname + location.search);
  // Back on the list: on the row that was left.
  const left = sessionStorage.getItem(LEFT);
  sessionStorage.removeItem(LEFT);
  const row = left && rows(root).find((link) => link.pathname === left);
  if (row && root.activeElement === root.body) row.focus({ preventScroll: false });
}

function showCurrent(root) {
  const here = root.querySelector(".side-item[aria-current]");
  const list = here?.closest(".side-items");
  if (list) list.scrollTop = here.offsetTop - list.offsetTop - list.clientHeight / 3;
}

function tellKeys(root) {
  mainStep(root)?.querySelector("summary").setAttribute("aria-keyshortcuts", "a");
  returnStep(root)?.querySelector("summary").setAttribute("aria-keyshortcuts", "r");
}

export function watchKeys(root) {
  const help = root.querySelector("#keys");
  if (!help) return;
  const on = !help.hasAttribute("data-off");
  const opener = root.querySelector("#open-keys");
  opener?.addEventListener("click", () => help.showModal());
  answers(opener?.closest(".needs-script"));
  remember(root);
  showCurrent(root);
  if (on) tellKeys(root);
  root.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || root.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "k" || event.shiftKey) return;
      event.preventDefault();
      openPalette(root, unfold);
      return;
    }
    if (event.key === "Escape" && event.target.matches("textarea")) {
      event.target.closest("details")?.querySelector("summary").focus();
      return;
    }
    const act = on ? KEYS[event.key] : undefined;
    if (!act || event.target.closest(FIELDS)) return;
    event.preventDefault();
    act(root);
  });
}
