// Counts down to when a held order is carried out, and then looks now and then whether it was: nothing jumps before.
const LOOK = 3000;

export function begin(root) {
  const told = root.querySelector("#order");
  if (!told) return;
  const bar = told.querySelector("progress");
  const text = told.querySelector("span");
  const until = performance.now() + Number(told.dataset.seconds) * 1000;
  async function look() {
    try {
      const page = await (await fetch(location.href)).text();
      if (!page.includes('id="order"')) return location.reload();
    } catch {
      // No connection: asked again.
    }
    setTimeout(look, LOOK);
  }
  function tick() {
    const left = Math.max(0, Math.ceil((until - performance.now()) / 1000));
    bar.value = left;
    text.textContent = left ? told.dataset.left.replace("{n}", String(left)) : told.dataset.now;
    if (left) setTimeout(tick, 1000);
    else setTimeout(look, LOOK);
  }
  tick();
}
