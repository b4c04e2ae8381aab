// The person now has both versions before their eyes: this browser's copy has done its work.
import { forget } from "./keeping.js";

for (const box of document.querySelectorAll("[data-keep]")) forget(box.dataset.keep);
