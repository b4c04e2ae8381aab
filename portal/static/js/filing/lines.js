// « Ajouter une ligne » without a round trip: the last line is copied, emptied, renumbered.
export function addLines(form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-line]");
    if (!button) return;
    event.preventDefault();
    const lines = button.parentElement.querySelectorAll("[data-line]");
    const last = lines[lines.length - 1];
    const line = last.cloneNode(true);
    const stem = button.dataset.addLine;
    for (const field of line.querySelectorAll("input")) {
      const name = field.name.replace(`${stem}_${lines.length - 1}_`, `${stem}_${lines.length}_`);
      const label = line.querySelector(`label[for="${CSS.escape(field.id)}"]`);
      field.id = field.name = name;
      field.value = "";
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
      if (label) {
        label.htmlFor = name;
        const hidden = label.querySelector(".visually-hidden");
        if (hidden) hidden.textContent = hidden.textContent.replace(/\d+$/, String(lines.length + 1));
      }
    }
    for (const told of line.querySelectorAll(".field-error")) told.remove();
    for (const wrong of line.querySelectorAll(".field-invalid")) wrong.classList.remove("field-invalid");
    last.after(line);
    line.querySelector("input").focus();
  });
}
