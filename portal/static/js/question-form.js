// The form of a question shows what goes with the kind of answer chosen; without JavaScript, all of it.
const kinds = document.querySelectorAll('input[name="kind"]');

function show() {
  const chosen = [...kinds].find((kind) => kind.checked)?.value;
  for (const part of document.querySelectorAll("[data-kinds]")) {
    part.hidden = chosen !== undefined && !part.dataset.kinds.split(" ").includes(chosen);
  }
}

if (kinds.length) {
  for (const kind of kinds) kind.addEventListener("change", show);
  show();
}
