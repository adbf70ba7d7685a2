// A map to put a pin on, fetched when somebody asks for it. What it says of places it works out here: where the pin is
// moved, nobody hears; the point is a field of the form like any other.
const EARTH = 6371000;
const STEP = 12; // pixels that an arrow key moves the pin
const QUIET = 500; // milliseconds without a move before a screen reader is told
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

function metres([north, east], [other, further]) {
  const rad = Math.PI / 180;
  const x = (further - east) * rad * Math.cos(((north + other) / 2) * rad);
  return Math.round(Math.hypot(x, (other - north) * rad) * EARTH);
}

function arrived(element) {
  return new Promise((done, failed) => {
    element.onload = done;
    element.onerror = failed;
    document.head.append(element);
  });
}

async function library(words) {
  if (window.L) return window.L;
  const sheets = words.sheets.split(" ").map((href) => Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
  const script = Object.assign(document.createElement("script"), { src: words.leaflet });
  await Promise.all([...sheets, script].map(arrived));
  return window.L;
}

class Pin {
  constructor(box, L) {
    this.box = box;
    this.L = L;
    this.words = box.dataset;
    this.field = box.querySelector("[name=point]");
    this.area = box.closest("form").elements.area;
    this.centres = Object.entries(JSON.parse(this.words.centres));
    this.told = document.getElementById("pin-told");
    this.near = document.getElementById("pin-near");
    this.open();
  }

  open() {
    const { L, words } = this;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const before = this.field.value.match(/^geo:([-\d.]+),([-\d.]+)/);
    const view = document.getElementById("pin-map");
    const moving = { fadeAnimation: !calm, zoomAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm };
    const plain = { keyboard: false, zoomControl: false, attributionControl: false, scrollWheelZoom: false };
    this.map = L.map(view, { ...plain, ...moving, minZoom: 10, maxZoom: 18 });
    this.map.setView(before ? [+before[1], +before[2]] : JSON.parse(words.centre), before ? 16 : 14);
    for (const address of JSON.parse(words.tiles)) L.tileLayer(address, { maxZoom: 18 }).addTo(this.map);
    const icon = L.divIcon({ className: "pin-icon", iconSize: [48, 48], iconAnchor: [24, 48] });
    this.marker = L.marker(this.map.getCenter(), { icon, draggable: true, autoPan: true, keyboard: false });
    this.marker.on("dragend", () => this.put(this.marker.getLatLng()));
    this.map.on("click", (event) => this.put(event.latlng));
    view.addEventListener("keydown", (event) => this.key(event));
    if (before) this.put(this.map.getCenter(), false);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow && !this.map.hasLayer(this.marker)) this.put(this.map.getCenter());
    else if (arrow) {
      const from = this.map.latLngToContainerPoint(this.marker.getLatLng());
      this.put(this.map.containerPointToLatLng(from.add(arrow.map((pixels) => pixels * STEP))));
    } else if (event.key === "+" || event.key === "=") this.map.zoomIn();
    else if (event.key === "-") this.map.zoomOut();
    else return;
    event.preventDefault();
  }

  put(where, changed = true) {
    const at = this.L.latLng(where.lat.toFixed(5), where.wrap().lng.toFixed(5));
    this.marker.setLatLng(at).addTo(this.map);
    this.map.panInside(at, { padding: [60, 60], animate: false });
    if (changed) this.change(`geo:${at.lat.toFixed(5)},${at.lng.toFixed(5)};crs=wgs84`);
    this.tell(at);
  }

  change(value) {
    document.getElementById("pin-before")?.remove();
    this.field.value = value;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  nearest(at) {
    let found = null;
    for (const [code, middle] of this.centres) {
      const far = metres([at.lat, at.lng], middle);
      if (!found || far < found.metres) found = { code, metres: far };
    }
    const option = found && found.metres < 30000 && [...this.area.options].find((one) => one.value === found.code);
    return option ? { ...found, area: option.textContent.trim() } : null;
  }

  tell(at) {
    const near = this.nearest(at);
    const point = `${at.lat.toFixed(5)}, ${at.lng.toFixed(5)}`;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.told.textContent = filled(this.words.at, { point }) + (near ? filled(this.words.near, near) : "");
    }, QUIET);
    const off = !near || near.code === this.area.value;
    this.near.classList.toggle("pin-off", off);
    if (off) return;
    this.suggested = near.code;
    this.near.querySelector("button").textContent = filled(this.words.take, near);
  }

  say(text) {
    clearTimeout(this.timer);
    this.told.textContent = text;
  }

  in() {
    this.map.zoomIn();
  }

  out() {
    this.map.zoomOut();
  }

  remove() {
    this.marker.remove();
    this.near.classList.add("pin-off");
    this.change("");
    this.say(this.words.gone);
  }

  take() {
    this.area.value = this.suggested;
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    this.near.classList.add("pin-off");
    this.area.focus();
  }

  here() {
    if (!navigator.geolocation) return this.say(this.words.unknown);
    this.say(this.words.locating);
    const found = ({ coords }) => {
      const at = this.L.latLng(coords.latitude, coords.longitude);
      this.map.setView(at, 17, { animate: false });
      this.put(at);
    };
    const why = { 1: this.words.refused, 2: this.words.unknown, 3: this.words.slow };
    const failed = (error) => this.say(why[error.code] ?? this.words.unknown);
    navigator.geolocation.getCurrentPosition(found, failed, { enableHighAccuracy: true, timeout: 15000 });
  }
}

export async function open(box) {
  const L = await library(box.dataset);
  document.getElementById("pin-map").replaceChildren();
  const pin = new Pin(box, L);
  document.getElementById("pin-room").addEventListener("click", (event) => {
    const does = event.target.closest("[data-do]")?.dataset.do;
    if (does) pin[does]();
  });
  document.getElementById("pin-map").focus();
}
