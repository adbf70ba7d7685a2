// Warns before typed text is left behind. Nothing that was typed is stored in the browser (shared hall computers).
function guard(form) {
  let typed = false;
  form.addEventListener("input", () => (typed = true));
  for (const safe of ["submit", "kept"]) form.addEventListener(safe, () => (typed = false));
  addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}

export function begin(root) {
  root.querySelectorAll("form[data-guard]").forEach(guard);
}
