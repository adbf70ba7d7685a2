// Warns before typed text is left behind. Nothing that was typed is stored in the browser (shared hall computers).
function guard(form) {
  let typed = false;
  form.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", () => (typed = false));
  addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}

export function guardForms(root) {
  root.querySelectorAll("form[data-guard]").forEach(guard);
}
