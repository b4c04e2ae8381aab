// Menus made of <details data-menu>: Escape or a click elsewhere closes them.
export function closeMenus(root) {
  const open = () => root.querySelectorAll("details[data-menu][open]");
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      if (menu.contains(root.activeElement)) menu.querySelector("summary").focus();
    }
  });
  root.addEventListener("click", (event) => {
    for (const menu of open()) {
      if (!menu.parentElement.contains(event.target)) menu.open = false;
    }
  });
}
