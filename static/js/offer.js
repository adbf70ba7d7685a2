// Offers the map; not a byte of it is fetched before somebody presses. Its room is made at once, so that nothing moves when
// it comes, or does not come.
export function begin() {
  const offer = document.getElementById("pin-offer");
  if (!offer) return;
  const box = document.getElementById("pin");
  const view = document.getElementById("pin-map");
  const line = (text) => Object.assign(document.createElement("p"), { textContent: text });

  async function load() {
    view.replaceChildren(line(box.dataset.opening));
    try {
      await (await import(box.dataset.script)).open(box);
    } catch {
      const told = line(box.dataset.failed);
      told.setAttribute("role", "alert");
      const again = document.createElement("button");
      Object.assign(again, { type: "button", className: "button button-secondary", textContent: box.dataset.again });
      again.addEventListener("click", load);
      view.replaceChildren(told, again);
    }
  }

  offer.querySelector("button").addEventListener("click", () => {
    offer.hidden = true;
    document.getElementById("pin-room").hidden = false;
    load();
  });
}
