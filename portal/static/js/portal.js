// What improves every page; nothing here is needed to use it.
import { guardForms } from "./form-guard.js";
import { closeMenus } from "./menus.js";
import { followJobs } from "./poll.js";
import { offerCopies } from "./copy.js";

guardForms(document);
closeMenus(document);
followJobs(document);
offerCopies(document);
