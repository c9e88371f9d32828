import assert from "node:assert/strict";
import test from "node:test";

import { describeInteraction } from "../../../webresources/src/core/interaction.js";
import { callerOf } from "../../../webresources/src/core/pop-panels.js";
import { startTexts } from "../../../webresources/src/core/texts.js";

startTexts({ from: "{medium} from {who}", to: "{medium} to {who}", "medium-voice": "Call", unknown: "unknown" });

for (const [raw, title] of [
  [{ direction: "Inbound", ani: "tel:+13125550143" }, "Call from +13125550143"],
  [{ direction: "Inbound", ani: "tel:+13125550143", remoteName: "Ann" }, "Call from Ann"],
  [{ direction: "Inbound", remoteName: "tel:" }, "Call from unknown"],
  [{ direction: "Outbound", calledNumber: "+13125550143" }, "Call to +13125550143"],
  [{}, "Call from unknown"],
]) {
  test(`${JSON.stringify(raw)} is announced as ${title}`, () => {
    assert.equal(callerOf(describeInteraction(raw)).title, title);
  });
}
