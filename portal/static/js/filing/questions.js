// Questions that depend on an earlier answer show and hide as one answers. What was typed in a hidden
// one stays in its field; the server alone decides what is submitted.
for (const box of document.querySelectorAll("[data-questions]")) follow(box);

function follow(box) {
  const form = box.closest("form");
  const questions = [...box.querySelectorAll("[data-question]")];
  const show = () => questions.forEach((question) => { question.hidden = !isAsked(question); });
  form.addEventListener("change", show);
  for (const button of form.querySelectorAll("[data-no-script-only]")) button.hidden = true;
  show();

  function isAsked(question) {
    const { shownIf, shownWhen } = question.dataset;
    if (!shownIf) return true;
    const source = box.querySelector(`[data-question="${shownIf}"]`);
    if (!source || source.hidden) return false;
    const chosen = [...source.querySelectorAll("input:checked")].map((input) => input.value);
    return chosen.includes(shownWhen);
  }
}
