// Reads the page's own words aloud, piece by piece, and marks the piece that is being read. Only by the browser itself:
// nothing is sent anywhere, so a voice that lives on somebody's server is not used.
const PIECES = "h1, h2, h3, p, li, dt, dd, legend, label, summary, th, td";

function piecesOf(main) {
  return [...main.querySelectorAll(PIECES)].filter(
    (one) => one.checkVisibility() && !one.querySelector(PIECES) && one.textContent.trim(),
  );
}

export function begin(root) {
  const button = root.querySelector("[data-aloud]");
  const main = root.getElementById("main");
  if (!button || !main || !window.speechSynthesis) return;
  const language = document.documentElement.lang;
  const start = button.textContent;
  const voice = () => speechSynthesis.getVoices().find((one) => one.localService && one.lang.startsWith(language.slice(0, 2)));
  const offer = () => (button.hidden = !voice());
  speechSynthesis.addEventListener?.("voiceschanged", offer);
  offer();
  let reading = [];
  const stop = () => {
    reading = [];
    speechSynthesis.cancel();
    main.querySelectorAll(".aloud").forEach((one) => one.classList.remove("aloud"));
    button.textContent = start;
    button.setAttribute("aria-pressed", "false");
  };
  const next = () => {
    main.querySelectorAll(".aloud").forEach((one) => one.classList.remove("aloud"));
    const piece = reading.shift();
    if (!piece) return stop();
    const said = new SpeechSynthesisUtterance(piece.innerText);
    said.lang = language;
    said.voice = voice();
    said.rate = 0.9;
    said.onend = () => reading.length || piece.classList.contains("aloud") ? next() : undefined;
    said.onerror = stop;
    piece.classList.add("aloud");
    piece.scrollIntoView({ block: "nearest" });
    speechSynthesis.speak(said);
  };
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) return stop();
    reading = piecesOf(main);
    button.textContent = button.dataset.stop;
    button.setAttribute("aria-pressed", "true");
    next();
  });
  addEventListener("pagehide", stop);
}
