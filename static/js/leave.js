// Leaves at once, and without an entry in the history, so that "back" does not return to the page.
export function leaveQuickly(root) {
  root.querySelectorAll("[data-leave]").forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.body.hidden = true;
      location.replace(link.href);
    }),
  );
}
