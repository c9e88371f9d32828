// @ts-check
/** What is uploaded to a Genesys integration: it runs inside the Genesys client. */

import { clientIds, dynamicsOrigins, name, settings, version } from "d365pop:framework";
import { linkToDynamics } from "./platform/dynamics-link.js";
import { installFramework } from "./platform/genesys-client.js";

const { post } = linkToDynamics({ origins: dynamicsOrigins, version, name });

installFramework({ name, clientIds, settings, post });
