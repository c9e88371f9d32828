// @ts-check
/** What is uploaded to a Genesys integration: it runs inside the Genesys client. */

import { attributes, clientIds, dynamicsOrigins, helpLinks, name, settings, version } from "d365pop:framework";
import { linkToDynamics } from "./platform/dynamics-link.js";
import { installFramework } from "./platform/genesys-client.js";

/** @type {ReturnType<typeof installFramework> | null} */
let framework = null;
const { post } = linkToDynamics({
  origins: dynamicsOrigins,
  version,
  name,
  onEnvelope: (envelope) => framework && framework.receive(envelope),
  health: () => (framework ? framework.health() : {}),
});

framework = installFramework({ name, clientIds, settings, attributes, helpLinks, post });
