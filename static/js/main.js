// Everything works without this file; each part only makes something easier. A part is fetched where a page has
// something for it, so that a telephone carries no more than it needs.
import { focusProblems } from "./problems.js";
import { leaveQuickly } from "./leave.js";
import { bringIn } from "./parts.js";

const PARTS = [
  ["[data-counter]", "./counter.js"],
  ["[data-copy]", "./copy.js"],
  ["form[data-guard]", "./guard.js"],
  ["form[data-draft]", "./draft.js"],
  ["form[data-upload]", "./upload.js"],
  ["[data-aloud]", "./aloud.js"],
  ["[data-print]", "./print.js"],
  ["[data-passkey]", "./passkey.js"],
  ["#pin-offer", "./offer.js"],
];

focusProblems(document);
leaveQuickly(document);
bringIn(document, PARTS);
