/**
 * The one way from a text to a running script: our own files, as workers. And no way from a text to elements.
 *
 * The server's policy (pwa/serve.py) demands Trusted Types; whatever this does not allow, the browser refuses.
 */
const types = (globalThis as { trustedTypes?: { createPolicy: (name: string, rules: object) => unknown } }).trustedTypes

types?.createPolicy('default', {
  createScriptURL(address: string): string {
    if (new URL(address, location.href).origin !== location.origin) throw new TypeError(`not ours: ${address}`)
    return address
  },
  // The charts empty their frame in this way before they draw on a canvas.
  createHTML: (text: string): string | null => (text === '' ? '' : null),
})
