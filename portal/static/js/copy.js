// A button copies the text beside it, then says so.
export function offerCopies(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    const source = button.parentElement.querySelector("[data-copy-source]");
    const words = button.textContent;
    if (!navigator.clipboard || !source) continue;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(source.textContent.trim());
      button.textContent = "Copié";
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  }
}
