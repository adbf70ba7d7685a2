// Puts a template at the place where one is writing, at once; without it the server does (web/desk/templates.py).
export function insert(option) {
  const form = option.closest("form");
  const area = form.elements[option.dataset.ask];
  if (!area || !option.dataset.text) return;
  const before = area.value.slice(0, area.selectionStart);
  const text = before && !before.endsWith("\n") ? `\n${option.dataset.text}` : option.dataset.text;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

export function begin(root) {
  root.querySelectorAll("form button[value=template]").forEach((button) =>
    button.addEventListener("click", (event) => {
      event.preventDefault();
      insert(button.form.elements.template.selectedOptions[0]);
    }),
  );
}
