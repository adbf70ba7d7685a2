// Sends files one by one as they are picked, with progress and a second try. Without it the form sends them all. What
// was picked stays in this page's memory until it has arrived or is put away; photos that are large, or that the
// server cannot take as they are, are drawn anew first.
const LARGE = 4 * 1024 * 1024;
const LONGEST = 4096;

async function drawn(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return blob && new File([blob], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return null; // no picture, or none that this browser can draw: it goes as it is
  }
}

function post(url, data, progress) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.upload.onprogress = (event) => event.lengthComputable && (progress.value = event.loaded / event.total);
    request.onload = () => done(request);
    request.onerror = request.onabort = request.ontimeout = () => done(null);
    request.send(data);
  });
}

function upload(form) {
  const words = form.dataset;
  const queue = document.createElement("ul");
  queue.className = "files";
  queue.setAttribute("aria-live", "polite");
  document.getElementById("files-taken").after(queue);
  let busy = Promise.resolve();

  const settled = () => queue.children.length === 0 && form.dispatchEvent(new Event("kept"));

  function row(file) {
    const line = queue.appendChild(document.createElement("li"));
    line.className = "file";
    const box = line.appendChild(document.createElement("div"));
    const name = box.appendChild(document.createElement("p"));
    name.textContent = file.name;
    const progress = box.appendChild(document.createElement("progress"));
    progress.setAttribute("aria-label", `${words.sending} ${file.name}`);
    const told = box.appendChild(document.createElement("p"));
    told.textContent = words.sending;
    return { file, line, box, progress, told, redrawn: false };
  }

  function offer(item, text, again) {
    item.progress.hidden = true;
    item.told.textContent = text;
    item.told.className = "file-bad";
    const press = (label, act) => {
      const button = item.box.appendChild(document.createElement("button"));
      button.type = "button";
      button.className = "button button-quiet";
      button.textContent = label;
      button.addEventListener("click", act);
    };
    if (again) {
      press(words.retry, () => {
        item.box.querySelectorAll("button").forEach((button) => button.remove());
        item.progress.hidden = false;
        item.told.className = "";
        item.told.textContent = words.sending;
        start(item);
      });
    }
    press(words.drop, () => {
      item.line.remove();
      settled();
    });
  }

  async function send(item) {
    if (!item.redrawn && item.file.type.startsWith("image/") && item.file.size > LARGE) await redraw(item);
    const data = new FormData(form);
    data.delete("enclosed");
    data.set("go", "add");
    data.append("enclosed", item.file, item.file.name);
    const answer = await post(form.action, data, item.progress);
    if (!answer || ![200, 422].includes(answer.status)) return offer(item, words.failed, true);
    const page = new DOMParser().parseFromString(answer.responseText, "text/html");
    const taken = page.getElementById("files-taken");
    if (!taken) return offer(item, words.failed, true);
    if (answer.status === 422 && !item.redrawn && (await redraw(item))) return send(item);
    adopt(page, taken);
    if (answer.status === 200) item.line.remove();
    else offer(item, [...page.querySelectorAll(".problems li")].map((line) => line.textContent.trim()).join(" "), false);
    settled();
  }

  async function redraw(item) {
    item.redrawn = true;
    const file = await drawn(item.file);
    if (file) item.file = file;
    return Boolean(file);
  }

  function adopt(page, taken) {
    document.getElementById("files-taken").innerHTML = taken.innerHTML;
    const handle = page.querySelector("#filing [name=draft]");
    if (!handle) return;
    const own = form.elements.draft || form.appendChild(document.createElement("input"));
    Object.assign(own, { type: "hidden", name: "draft", value: handle.value });
  }

  const start = (item) => (busy = busy.then(() => send(item)));

  form.addEventListener("change", (event) => {
    if (event.target.type !== "file") return;
    const picked = [...event.target.files];
    event.target.value = "";
    picked.map(row).forEach(start);
  });
  form.addEventListener("submit", (event) => {
    if (queue.children.length === 0) return;
    event.preventDefault();
    const button = event.submitter;
    busy.then(() => {
      if (queue.children.length === 0) return form.requestSubmit(button);
      const line = queue.querySelector("button");
      line?.focus();
      form.querySelector("[data-told]")?.remove();
      const told = queue.parentNode.insertBefore(document.createElement("p"), queue);
      told.dataset.told = "";
      told.className = "file-bad";
      told.setAttribute("role", "alert");
      told.textContent = words.waiting;
    });
  });
  form.querySelector("[name=go][value=add]")?.parentNode.remove();
}

export function begin(root) {
  root.querySelectorAll("form[data-upload]").forEach(upload);
}
