// The programming table, edited in place by several people at once. Without this script each application
// has its own page, with the same fields.
import { followChanges } from "./programme/changes.js";
import { openGrid } from "./programme/grid.js";

const table = document.querySelector("[data-programme]");
if (table) followChanges(table, openGrid(table));
