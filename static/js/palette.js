import { insert } from "./templates.js";

// The command palette: what the page holds already, found by typing. It knows no right that the page does not.
// One submission in eighteen has a number without a digit.
const NUMBER = /\d|^\p{L}{4}-?\p{L}{4}-?\p{L}$/u;
const text = (element) => element.textContent.replace(/\s+/g, " ").trim();

function found(root, words, unfold) {
  const folds = [...root.querySelectorAll("details.step")].map((fold) => [
    words.step,
    text(fold.querySelector(".step-label")),
    () => unfold(fold),
  ]);
  const templates = [...root.querySelectorAll("details[open] select[name=template] option[data-text]")].map((option) => [
    words.template,
    text(option),
    () => insert(option),
  ]);
  const several = [...root.querySelectorAll("main button[name=step]")].map((button) => [
    words.several,
    text(button),
    () => button.click(),
  ]);
  const folded = [...root.querySelectorAll("main > details.disclosure > summary")].map((summary) => [
    words.open,
    text(summary),
    () => unfoldBox(summary.parentElement),
  ]);
  const links = (group, selector) =>
    [...root.querySelectorAll(selector)].map((link) => [group, text(link), () => link.click()]);
  return [
    ...templates,
    ...folds,
    ...several,
    ...folded,
    ...links(words.view, "[data-views] a"),
    ...links(words.place, ".desk-nav a"),
  ];
}

function unfoldBox(box) {
  box.open = true;
  (box.querySelector(".disclosure-body :is(a, input:not([type=hidden]), select)") || box.querySelector("summary")).focus();
}

function fits(typed, group, label) {
  const said = `${group} ${label}`.toLowerCase();
  return typed.toLowerCase().split(/\s+/).every((word) => said.includes(word));
}

function draw(list, entries, chosen) {
  list.replaceChildren(
    ...entries.map(([group, label], number) => {
      const item = document.createElement("li");
      item.id = `palette-${number}`;
      item.role = "option";
      item.ariaSelected = String(number === chosen);
      const kind = document.createElement("span");
      kind.className = "quiet";
      kind.textContent = group;
      const name = document.createElement("strong");
      name.textContent = label;
      item.append(kind, " ", name);
      return item;
    }),
  );
}

export function openPalette(root, unfold) {
  const dialog = root.querySelector("#palette");
  const box = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const none = dialog.querySelector("[role=status]");
  const words = dialog.dataset;
  const all = found(root, words, unfold);
  let entries = [];
  let chosen = 0;
  const show = () => {
    draw(list, entries, chosen);
    none.textContent = entries.length ? "" : words.none;
    if (entries.length) box.setAttribute("aria-activedescendant", `palette-${chosen}`);
    else box.removeAttribute("aria-activedescendant");
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const filter = () => {
    const typed = box.value.trim();
    entries = all.filter(([group, label]) => fits(typed, group, label));
    if (NUMBER.test(typed) && words.number) {
      const go = () => location.assign(`${words.numbers}?number=${encodeURIComponent(typed)}`);
      entries.push([words.number, typed, go]);
    }
    chosen = 0;
    show();
  };
  const act = (number) => {
    const entry = entries[number];
    if (!entry) return;
    dialog.close();
    entry[2]();
  };
  box.value = "";
  box.oninput = filter;
  box.onkeydown = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing || (!by && event.key !== "Enter")) return;
    event.preventDefault();
    if (!by) return act(chosen);
    chosen = (chosen + by + entries.length) % Math.max(entries.length, 1);
    show();
  };
  list.onclick = (event) => {
    const item = event.target.closest("[role=option]");
    if (item) act([...list.children].indexOf(item));
  };
  filter();
  dialog.showModal();
  box.focus();
}
