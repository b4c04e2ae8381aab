// This browser's copy of the words is dropped once the person chose the other version, not before.
import { forget } from "./keeping.js";

for (const link of document.querySelectorAll("[data-forget]")) {
  link.addEventListener("click", () => forget(link.dataset.forget));
}
