// A button that prints, where the browser can; everybody else finds "print" in the browser's own menu.
export function begin(root) {
  root.querySelectorAll("[data-print]").forEach((button) => {
    if (typeof window.print !== "function") return;
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
}
