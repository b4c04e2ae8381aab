// A button copies the text beside it, then says so; "copied" tells the page, with the text.

// A table keeps the tab that begins a line: an empty first cell.
export function textOf(source) {
  return source.matches("pre") ? source.textContent : source.textContent.trim();
}

export function offerCopies(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    const source = button.parentElement.querySelector("[data-copy-source]");
    const words = button.firstChild;
    const label = words.textContent;
    if (!navigator.clipboard || !source) continue;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      const text = textOf(source);
      await navigator.clipboard.writeText(text);
      words.textContent = "Copié";
      button.dispatchEvent(new CustomEvent("copied", { bubbles: true, detail: text }));
      setTimeout(() => { words.textContent = label; }, 2000);
    });
  }
}
