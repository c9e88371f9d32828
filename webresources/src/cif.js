// @ts-check
/** The host of a page in the panel of the Channel Integration Framework; softphone.js waits for it. */

import { notification, presence, sessions, sessionTemplate } from "d365pop:cif";
import { startCif } from "./platform/cif-start.js";

export const host = startCif({ panel: { sessions, notification, sessionTemplate, presence } });
