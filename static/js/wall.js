// Brings the numbers of the wall up to now, once a minute and without a flicker. What fails is said, and the numbers stay.
const EVERY = 60_000;

const room = document.getElementById("wall");
const told = document.getElementById("wall-told");

async function refresh() {
  if (document.visibilityState === "hidden") return;
  try {
    const answer = await fetch(room.dataset.part, { redirect: "manual" });
    if (!answer.ok) throw new Error();
    const text = await answer.text();
    if (room.innerHTML !== text) room.innerHTML = text;
    told.textContent = "";
  } catch {
    told.textContent = room.dataset.stale;
  }
}

setInterval(refresh, EVERY);
document.addEventListener("visibilitychange", refresh);
