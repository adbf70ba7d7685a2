// Keeps on the server what is typed into the form of a step, while it is typed; nothing stays in the browser.
const REST = 2000;
const AGAIN = 5000;

function keep(form) {
  const told = form.querySelector(".kept-state");
  const url = form.dataset.keep;
  let timer = 0;
  let sending = null;
  let over = false;
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  };
  const say = (text, wrong) => {
    told.textContent = text;
    told.classList.toggle("kept-wrong", wrong);
  };
  async function send() {
    timer = 0;
    sending?.abort();
    sending = new AbortController();
    const { signal } = sending;
    try {
      const answer = await fetch(url, { method: "POST", body: new FormData(form), redirect: "manual", signal });
      if (answer.ok || answer.status === 422) say(await answer.text(), !answer.ok);
      else say(answer.type === "opaqueredirect" ? told.dataset.out : told.dataset.gone, true);
      // Kept, and nothing typed since: it can be left without a warning (guard.js).
      if (answer.ok && !timer) form.dispatchEvent(new Event("kept"));
    } catch {
      if (signal.aborted || over) return;
      say(told.dataset.offline, true);
      later(AGAIN);
    }
  }
  form.addEventListener("input", () => {
    over = false;
    later(REST);
  });
  form.addEventListener("submit", () => {
    over = true;
    clearTimeout(timer);
    timer = 0;
    sending?.abort();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !timer || over) return;
    clearTimeout(timer);
    timer = 0;
    navigator.sendBeacon(url, new FormData(form));
  });
}

export function begin(root) {
  root.querySelectorAll("form[data-keep]").forEach(keep);
}
