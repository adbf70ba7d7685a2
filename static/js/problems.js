// The summary of problems is read first; its links lead to the control itself.
export function focusProblems(root) {
  const summary = root.querySelector("[data-focus]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const control = link && document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    (control.closest("details") || {}).open = true;
    control.closest(".field")?.scrollIntoView();
    control.focus({ preventScroll: true });
  });
}
