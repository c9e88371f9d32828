// @ts-check
/** Script of the page in the side pane. */

import * as extensions from "d365pop:extensions";
import { settingsVariable, version } from "d365pop:build";
import { startSoftphone } from "./platform/softphone-page.js";

startSoftphone({ version, settingsVariable, hooks: extensions });
