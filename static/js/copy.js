// A button that copies a code, where the browser can.
function offer(code) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-secondary copy";
  button.textContent = code.dataset.copy;
  const told = document.createElement("span");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.dataset.text || code.textContent.trim());
      button.textContent = told.textContent = code.dataset.copied;
    } catch {
      // Refused by the browser: select it, so that it can be copied by hand.
      getSelection().selectAllChildren(code);
    }
  });
  // A list of terms may hold only its terms, so the button stands inside its description there.
  if (code.matches("dd")) {
    code.dataset.text ||= code.textContent.trim();
    code.append(document.createElement("br"), button, told);
  } else {
    code.after(button, told);
  }
}

export function begin(root) {
  if (navigator.clipboard) root.querySelectorAll("[data-copy]").forEach(offer);
}
