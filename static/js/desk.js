// What makes the desk quicker. Everything works without it.
import { watchKeys } from "./keys.js";
import { bringIn } from "./parts.js";

const PARTS = [
  ["form[data-keep]", "./autosave.js"],
  ["#presence", "./presence.js"],
  ["#order", "./order.js"],
  ["form button[value=template]", "./templates.js"],
  ["[data-with]", "./with.js"],
];

watchKeys(document);
bringIn(document, PARTS);
