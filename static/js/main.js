// Everything works without this file; each part only makes something easier.
import { watchCounters } from "./counter.js";
import { offerCopies } from "./copy.js";
import { guardForms } from "./guard.js";
import { focusProblems } from "./problems.js";
import { leaveQuickly } from "./leave.js";

focusProblems(document);
watchCounters(document);
offerCopies(document);
guardForms(document);
leaveQuickly(document);
