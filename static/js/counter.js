// Says how much may still be written. The text is never cut off.
const length = (text) => Array.from(text.replace(/\r\n/g, "\n")).length;

function watch(counter) {
  const area = document.getElementById(counter.dataset.counter);
  const limit = Number(area?.dataset.limit);
  if (!limit) return;
  const spoken = document.createElement("p");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  counter.after(spoken);
  let timer;
  const tell = () => {
    const left = limit - length(area.value);
    const text = (left < 0 ? counter.dataset.over : counter.dataset.left).replace("{n}", String(Math.abs(left)));
    counter.textContent = text;
    counter.classList.toggle("count-over", left < 0);
    // Screen readers hear it when the typing rests, and only when it begins to matter.
    clearTimeout(timer);
    if (left < limit / 10) timer = setTimeout(() => (spoken.textContent = text), 1000);
  };
  area.addEventListener("input", tell);
  tell();
}

export function begin(root) {
  root.querySelectorAll("[data-counter]").forEach(watch);
}
