// Says that this page is open, while it is looked at, and shows who else has it open.
const BEAT = 20_000;
const WRITING = 60_000;

export function begin(root) {
  const told = root.querySelector("#presence");
  if (!told) return;
  let typed = -WRITING;
  const body = (more) => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", root.querySelector("[name=csrfmiddlewaretoken]").value);
    data.set("writing", performance.now() - typed < WRITING ? "1" : "0");
    if (more) data.set(more, "1");
    return data;
  };
  const beat = async () => {
    if (document.visibilityState === "hidden") return;
    try {
      const answer = await fetch(told.dataset.here, { method: "POST", body: body(), redirect: "manual" });
      const text = answer.ok ? await answer.text() : "";
      if (told.textContent !== text) told.textContent = text;
    } catch {
      told.textContent = "";
    }
  };
  root.querySelector("#steps")?.addEventListener("input", () => {
    const first = performance.now() - typed >= WRITING;
    typed = performance.now();
    if (first) beat();
  });
  document.addEventListener("visibilitychange", beat);
  addEventListener("pagehide", () => navigator.sendBeacon(told.dataset.here, body("leave")));
  beat();
  setInterval(beat, BEAT);
}
