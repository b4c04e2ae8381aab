// A section that saves itself, and shows its totals as one types. Nothing here is needed to file.
import { autosave } from "./autosave.js";
import { showTotals } from "./totals.js";
import { addLines } from "./lines.js";
import { fillLines } from "./pasting.js";

for (const form of document.querySelectorAll("form[data-autosave]")) {
  autosave(form);
  addLines(form);
  fillLines(form);
}
for (const needless of document.querySelectorAll("[data-without-script]")) needless.hidden = true;
for (const part of document.querySelectorAll("[data-totals]")) showTotals(part);
