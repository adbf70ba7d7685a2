// Checks a receipt file in the browser and sends nothing anywhere. The page that holds it can be kept and used without
// a network. The same is done by yipanqi/core/receipt_check.py; the format is told in docs/adr/0037.
(() => {
  "use strict";
  const form = document.getElementById("check-receipt");
  const result = document.getElementById("check-result");
  const words = JSON.parse(document.getElementById("check-words").textContent);
  const said = words.said;
  const FORMAT = "yipanqi-receipt-1";
  const LARGEST = 16 * 1024 * 1024;
  const encoder = new TextEncoder();

  class Damaged extends Error {}
  const must = (good) => {
    if (!good) throw new Damaged();
  };

  // Bytes

  function bytes(hex) {
    must(typeof hex === "string" && /^([0-9a-f]{2})*$/.test(hex));
    return Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  }

  const hex = (raw) => Array.from(raw, (one) => one.toString(16).padStart(2, "0")).join("");
  const same = (one, other) => hex(one) === hex(other);

  function joined(...parts) {
    const raw = parts.map((part) => (typeof part === "string" ? encoder.encode(part) : part));
    const all = new Uint8Array(raw.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of raw) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  const sha = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
  const leafOf = (entry) => sha(Uint8Array.of(0), entry);
  const nodeOf = (left, right) => sha(Uint8Array.of(1), left, right);
  const whole = (value) => Number.isSafeInteger(value) && value >= 0;
  const half = (value) => Math.floor(value / 2);

  // The tree of RFC 6962 (RFC 9162, 2.1.3.2 and 2.1.4.2); no shifts, which would cut numbers to 32 bits.

  async function included(leaf, index, size, proof, root) {
    must(whole(index) && whole(size));
    if (index >= size) return false;
    let [fn, sn, found] = [index, size - 1, leaf];
    for (const sibling of proof) {
      if (sn === 0) return false;
      if (fn % 2 || fn === sn) {
        found = await nodeOf(sibling, found);
        while (fn % 2 === 0 && fn) [fn, sn] = [half(fn), half(sn)];
      } else {
        found = await nodeOf(found, sibling);
      }
      [fn, sn] = [half(fn), half(sn)];
    }
    return sn === 0 && same(found, root);
  }

  const isPower = (value) => Number.isInteger(Math.log2(value));

  async function goesOn(first, second) {
    must(whole(first.size) && whole(second.size));
    if (first.size === 0 || first.size >= second.size) return false;
    const path = isPower(first.size) ? [first.root, ...second.proof] : [...second.proof];
    if (!path.length) return false;
    let [fn, sn] = [first.size - 1, second.size - 1];
    while (fn % 2) [fn, sn] = [half(fn), half(sn)];
    let [before, now] = [path[0], path[0]];
    for (const sibling of path.slice(1)) {
      if (sn === 0) return false;
      if (fn % 2 || fn === sn) {
        [before, now] = [await nodeOf(sibling, before), await nodeOf(sibling, now)];
        while (fn % 2 === 0 && fn) [fn, sn] = [half(fn), half(sn)];
      } else {
        now = await nodeOf(now, sibling);
      }
      [fn, sn] = [half(fn), half(sn)];
    }
    return sn === 0 && same(before, first.root) && same(now, second.root);
  }

  // Signatures: true, false, or null where this browser knows no Ed25519.

  async function isSigned(line) {
    let key;
    try {
      key = await crypto.subtle.importKey("raw", line.key, { name: "Ed25519" }, false, ["verify"]);
    } catch {
      return null;
    }
    const text = `yipanqi checkpoint 1\n${line.size}\n${hex(line.root)}\n${line.at}\n`;
    return crypto.subtle.verify({ name: "Ed25519" }, key, line.signature, encoder.encode(text));
  }

  function lineOf(value) {
    must(value && whole(value.size) && typeof value.at === "string");
    const [root, signature, key] = [value.root, value.signature, value.key].map(bytes);
    return { size: value.size, at: value.at, root, signature, key, proof: (value.proof || []).map(bytes) };
  }

  // Facts: { code, good, … }

  async function entryOf(entry, signed) {
    must(entry && Array.isArray(entry.proof));
    const fact = { code: "place", leaf: entry.leaf, says: [], intact: true };
    let value;
    if (entry.hash !== undefined) {
      value = bytes(entry.hash);
    } else {
      must(typeof entry.said === "string");
      const told = JSON.parse(entry.said);
      must(Array.isArray(told) && told.length === 8);
      [, fact.case, fact.step, , , fact.at, fact.by] = told;
      value = await sha("yipanqi-move-2\0", bytes(entry.kept), entry.said);
      if (entry.erased !== undefined) {
        fact.code = "erased";
        fact.erased = String(entry.erased);
      } else {
        fact.code = "entry";
        fact.intact = (await commitment(entry)) === told[7];
        fact.says = entry.fields.map((field) => JSON.parse(field.says));
      }
    }
    const proof = entry.proof.map(bytes);
    const stands = await included(await leafOf(value), entry.leaf, signed.size, proof, signed.root);
    return { ...fact, good: stands && fact.intact };
  }

  async function commitment(entry) {
    const digests = entry.others.map(bytes);
    for (const field of entry.fields) digests.push(await sha("yipanqi-field-2\0", bytes(field.salt), field.says));
    must(digests.every((digest) => digest.length === 32));
    const sorted = digests.map(hex).sort().map(bytes);
    return hex(await sha("yipanqi-payload-2\0", ...sorted));
  }

  async function checkReceipt(receipt, lines) {
    must(receipt && receipt.format === FORMAT && Array.isArray(receipt.entries) && Array.isArray(receipt.waiting));
    if (!receipt.checkpoint) return [{ code: "nothing", good: false }];
    const signed = lineOf(receipt.checkpoint);
    const fingerprint = hex(await sha(signed.key));
    const facts = [{ code: "signature", good: await isSigned(signed), at: signed.at, fingerprint }];
    for (const entry of receipt.entries) facts.push(await entryOf(entry, signed));
    const cases = new Set(facts.map((fact) => fact.case).filter(Boolean));
    const one = cases.size <= 1 && receipt.entries.length > 0;
    if (!one) facts.push({ code: "one_case", good: false });
    return lines ? [...facts, ...(await against(signed, lines))] : facts;
  }

  async function against(signed, lines) {
    const signatures = await Promise.all(lines.map(isSigned));
    const one = lines.every((line) => same(line.key, signed.key)) && !signatures.includes(false);
    let broken = null;
    for (let n = 1; n < lines.length && !broken; n += 1)
      if (!(await goesOn(lines[n - 1], lines[n]))) broken = lines[n];
    const last = lines[lines.length - 1];
    const found = lines.some((line) => line.size === signed.size && same(line.root, signed.root));
    return [
      { code: "list_signed", good: one && signatures.includes(null) ? null : one, lines: lines.length },
      { code: "list_whole", good: !broken, at: (broken || last).at },
      { code: !found && last.size < signed.size ? "list_older" : "published", good: found, at: signed.at },
    ];
  }

  // Showing

  const moment = (text) => {
    const at = new Date(text);
    if (Number.isNaN(at.getTime())) return String(text);
    const style = { timeZone: words.zone, dateStyle: "medium", timeStyle: "short" };
    return new Intl.DateTimeFormat(words.lang, style).format(at);
  };

  const filled = (text, about) => text.replace(/%\((\w+)\)s/g, (_all, name) => about[name]);

  function element(tag, text, name) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  function sentence(fact) {
    if (fact.good === null) return said.no_signature;
    const about = { ...fact, at: fact.at && moment(fact.at), erased: undefined };
    if (fact.code === "entry") return said.entry_bad;
    if (fact.code === "erased")
      return fact.good ? filled(said.erased, { at: moment(fact.erased) }) : said.entry_bad;
    if (fact.code === "place") return fact.good ? filled(said.place, fact) : said.entry_bad;
    return filled(said[`${fact.code}_${fact.good ? "good" : "bad"}`] || said[fact.code], about);
  }

  const sign = (good) => (good === null ? "？" : good ? "✓" : "✗");

  function shown(name, value, step) {
    if (name === "submission") return ["", filled(said.own_words, { digest: value })];
    if (name === "files") return ["", filled(said.files, { digest: [].concat(value).join(" ") })];
    const chosen = step.choices?.[name]?.[value];
    const text = typeof value === "boolean" ? (value ? said.yes : said.no) : chosen || String(value);
    return [step.asks?.[name] || "", text];
  }

  function told(fact, kind) {
    const item = element("li");
    const step = (words.kinds[kind] || {})[fact.step] || words.kinds.order[fact.step] || {};
    const line = item.appendChild(element("p"));
    if (fact.step) {
      line.append(element("strong", `${sign(fact.good)} ${step.label || fact.step}`), document.createElement("br"));
      line.append(element("span", moment(fact.at), "quiet"));
    }
    // Words that do not hold are not shown as if they had been said.
    for (const [name, value] of fact.good ? fact.says : []) {
      const [label, text] = shown(name, value, step);
      if (label) item.append(element("p", label, "quiet"));
      item.append(element("p", text, label ? "as-said" : "quiet"));
    }
    if (!fact.good || fact.code !== "entry") item.append(element("p", sentence(fact), fact.good ? "" : "file-bad"));
    return item;
  }

  function notice(kind, title, text) {
    const box = element("div", "", `notice notice-${kind}`);
    const body = box.appendChild(element("div", "", "notice-body"));
    body.append(element("p", title, "notice-title"), element("p", text));
    return box;
  }

  function verdict(facts, compared) {
    if (facts[0].code === "nothing") return notice("info", said.half, said.nothing);
    if (facts.some((fact) => fact.good === false)) return notice("danger", said.bad, said.bad_text);
    if (!compared) return notice("info", said.half, said.half_text);
    if (facts.some((fact) => fact.good === null)) return notice("warning", said.half, said.half_signature);
    return notice("success", said.good, said.good_text);
  }

  function list(tag, name, items) {
    const made = element(tag, "", name);
    made.append(...items);
    return made;
  }

  function details(receipt, facts) {
    const rows = facts.map((fact) =>
      element("li", `${sign(fact.good)} ${sentence(fact)}`, fact.good === false ? "file-bad" : ""),
    );
    const print = facts[0].fingerprint;
    if (print) rows.push(element("li", filled(said.fingerprint, { fingerprint: print.match(/.{8}/g).join(" ") })));
    const box = element("details", "", "disclosure");
    const body = element("div", "", "disclosure-body");
    body.append(list("ul", "plain", rows));
    box.append(element("summary", said.details), body);
    // What does not hold is not folded away.
    box.open = facts.some((fact) => fact.good === false);
    return box;
  }

  function show(receipt, facts, compared) {
    const entries = facts.filter((fact) => ["entry", "erased", "place"].includes(fact.code));
    const others = facts.filter((fact) => !entries.includes(fact) && fact.code !== "nothing");
    const parts = [verdict(facts, compared)];
    if (receipt.waiting.length && facts[0].code !== "nothing")
      parts.push(element("p", filled(said.waiting, { n: receipt.waiting.length })));
    if (entries.length) parts.push(list("ol", "checked", entries.map((fact) => told(fact, receipt.kind))));
    if (others.length) parts.push(details(receipt, others));
    result.replaceChildren(...parts);
  }

  async function textOf(input) {
    const file = input.files[0];
    if (!file) return null;
    must(file.size <= LARGEST);
    return file.text();
  }

  function refuse(text) {
    result.replaceChildren(notice("danger", said.half, text));
  }

  async function run() {
    result.replaceChildren(element("p", said.checking));
    let receipt;
    let lines = null;
    try {
      receipt = JSON.parse(await textOf(form.elements.receipt));
    } catch {
      return refuse(said.no_json);
    }
    try {
      const list = await textOf(form.elements.list);
      if (list !== null) {
        lines = list.split("\n").filter((line) => line.trim()).map((line) => lineOf(JSON.parse(line)));
        must(lines.length > 0);
      }
    } catch {
      return refuse(said.no_list);
    }
    try {
      show(receipt, await checkReceipt(receipt, lines), lines !== null);
    } catch {
      refuse(said.no_receipt);
    }
  }

  if (!(window.crypto && crypto.subtle)) {
    form.hidden = true;
    return refuse(said.no_crypto);
  }
  document.getElementById("check-go").addEventListener("click", async () => {
    if (!form.reportValidity()) return;
    await run();
    result.focus();
  });
})();
