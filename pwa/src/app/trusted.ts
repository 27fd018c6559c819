/**
 * The one way from a text to a running script: our own files, as workers.
 *
 * The server's policy (pwa/serve.py) demands Trusted Types; whatever this does not allow, the browser refuses.
 */
const types = (globalThis as { trustedTypes?: { createPolicy: (name: string, rules: object) => unknown } }).trustedTypes

types?.createPolicy('default', {
  createScriptURL(address: string): string {
    const { origin } = new URL(address, location.href)
    if (origin !== location.origin) throw new TypeError(`not ours: ${address}`)
    return address
  },
})
