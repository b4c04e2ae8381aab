// The analysis sheet: it saves itself, digits choose marks, Ctrl+Enter goes on to the next application, and the
// running total follows as the server computes it (weight × mark, out of 100). Nothing here is needed to score.
import { autosave } from "./filing/autosave.js";

for (const form of document.querySelectorAll("form[data-scoring]")) {
  if (form.dataset.autosave) autosave(form);
  for (const hint of form.querySelectorAll("[data-keyboard]")) hint.hidden = false;
  form.addEventListener("keydown", (event) => chooseByDigit(event) || goOn(event, form));
  followTotal(form);
}

function chooseByDigit(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || !/^[0-4]$/.test(event.key)) return false;
  if (!event.target.matches(".criterion input[type=radio]")) return false;
  const radio = document.getElementsByName(event.target.name)[Number(event.key)];
  radio.focus();
  radio.click();
  event.preventDefault();
  return true;
}

function goOn(event, form) {
  if (!event.ctrlKey || event.key !== "Enter") return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button[name=next]") ?? form.querySelector("button[type=submit]"));
}

function followTotal(form) {
  const total = form.querySelector("[data-total]");
  if (!total) return;
  const show = () => {
    let points = 0;
    let weights = 0;
    for (const criterion of form.querySelectorAll("[data-weight]")) {
      const weight = Number(criterion.dataset.weight);
      const chosen = criterion.querySelector("input[type=radio]:checked");
      weights += weight;
      points += weight * Number(chosen?.value ?? 0);
    }
    const hundredths = weights ? Math.round((points * 10000) / (weights * 4)) : 0;
    total.textContent = (hundredths / 100).toFixed(2).replace(".", ",");
    form.querySelector("[data-total-note]").textContent = "d’après les notes cochées";
  };
  form.addEventListener("change", show);
}
