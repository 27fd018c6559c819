/** A QR code as the path of an SVG, a square a module: made here, because a receipt must have one without a network. */
import { encode } from 'uqr'

/** What ISO/IEC 18004 wants around it: a camera finds none without its quiet zone. */
const QUIET = 4

export interface QrPath {
  /** Width and height in modules. */
  size: number
  path: string
}

export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET })
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return { size, path }
}
