// A section that saves itself, and shows its totals as one types. Nothing here is needed to file.
import { autosave } from "./autosave.js";
import { showTotals } from "./totals.js";
import { addLines } from "./lines.js";

for (const form of document.querySelectorAll("form[data-autosave]")) {
  autosave(form);
  addLines(form);
}
for (const part of document.querySelectorAll("[data-totals]")) showTotals(part);
