// Fetches the parts that a page has something for.
const first = (select) => Math.max(0, [...select.options].findIndex((option) => option.defaultSelected));

function changed(field) {
  if (field.tagName === "SELECT") return !field.multiple && field.selectedIndex !== first(field);
  return field.value !== field.defaultValue || field.checked !== field.defaultChecked;
}

// What only a script answers is shown when its script is there: a press before would be lost.
export function answers(element) {
  element?.classList.remove("needs-script");
}

export async function bringIn(root, parts) {
  const wanted = parts.filter(([selector]) => root.querySelector(selector));
  const begun = wanted.map(async ([selector, part]) => {
    await (await import(part)).begin(root);
    for (const element of root.querySelectorAll(selector)) answers(element);
  });
  await Promise.allSettled(begun);
  // People type before a slow line has brought the part that keeps what they type: it has not heard of it.
  for (const field of root.querySelectorAll("form :is(textarea, input, select)"))
    if (changed(field)) field.dispatchEvent(new Event("input", { bubbles: true }));
}
