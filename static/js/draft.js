// Keeps a draft after a pause in typing, once it is kept on the server at all. Never in the way: what fails is said
// beside the buttons and tried again, and turning the page keeps it anyway.
const PAUSE = 3000;
const AGAIN = 15000;

function keep(form) {
  const told = form.appendChild(document.createElement("p"));
  told.className = "quiet";
  told.setAttribute("role", "status");
  let timer;
  let typing = false;
  const wait = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(send, delay);
  };
  async function send() {
    const typed = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") typed.append(name, value);
    typed.set("go", "keep");
    let kept = false;
    typing = false;
    try {
      kept = (await fetch(form.action, { method: "POST", body: typed })).status === 204;
    } catch {
      // No line; the text below says so.
    }
    told.textContent = kept ? form.dataset.draft : form.dataset.draftFailed;
    if (!kept) wait(AGAIN);
    else if (!typing) form.dispatchEvent(new Event("kept"));
  }
  form.addEventListener("input", () => {
    typing = true;
    wait(PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}

export function begin(root) {
  root.querySelectorAll("form[data-draft]").forEach(keep);
}
