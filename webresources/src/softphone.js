// @ts-check
/** Script of the page in the side pane. */

import * as extensions from "d365pop:extensions";
import { settingsVariable, version } from "d365pop:build";
import { startSoftphone } from "./platform/softphone-page.js";

// A script before this one knows another host than the side pane.
const { D365PopCif } = /** @type {{ D365PopCif?: typeof import("./cif.js") }} */ (/** @type {unknown} */ (window));
Promise.resolve(D365PopCif && D365PopCif.host).then((host) => startSoftphone({ version, settingsVariable, hooks: extensions, ...host }));
