// Forms marked data-guard: warn before leaving with edits that were not sent.
// Another module that saves by itself says so with form.dispatchEvent(new Event("portal:saved")).
export function guardForms(root) {
  const edited = new Set();
  for (const form of root.querySelectorAll("form[data-guard]")) {
    form.addEventListener("input", () => edited.add(form));
    form.addEventListener("portal:saved", () => edited.delete(form));
    form.addEventListener("submit", () => edited.delete(form));
  }
  window.addEventListener("beforeunload", (event) => {
    if (edited.size > 0) event.preventDefault();
  });
}
