// @ts-check
/** Hears of it when this page's own policy keeps the Genesys client out of its frame. */

/**
 * Call back when the policy of this page keeps the origin out of a frame: the browser reports that.
 *
 * @param {{ origin: string, document: Document, onBlocked: () => void }} options
 * @returns {() => void} stops listening
 */
export function watchFramePolicy({ origin, document, onBlocked }) {
  /** @param {SecurityPolicyViolationEvent} event */
  const onViolation = ({ effectiveDirective, blockedURI }) => {
    // Browsers without frame-src of their own report the directive that they fell back to.
    const isFrame = /^(frame|child|default)/.test(effectiveDirective);
    if (isFrame && (blockedURI + "/").indexOf(origin + "/") === 0) onBlocked();
  };
  document.addEventListener("securitypolicyviolation", onViolation);
  return () => document.removeEventListener("securitypolicyviolation", onViolation);
}
