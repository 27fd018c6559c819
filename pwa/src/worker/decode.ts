/** Reads barcodes off camera pictures, away from the thread that follows the thumb. */
import { prepareZXingModule, readBarcodes, type ReaderOptions, type ReadResult } from 'zxing-wasm/reader'
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

declare const self: DedicatedWorkerGlobalScope

prepareZXingModule({ overrides: { locateFile: () => wasmUrl } })

/** A carton's code has fourteen digits; shorter ones of this kind are misread stripes. */
const CARTON_DIGITS = 14
const QUICK: ReaderOptions = {
  formats: ['EAN13', 'EAN8', 'UPCA', 'UPCE', 'Code128', 'QRCode', 'ITF'],
  maxNumberOfSymbols: 3,
  tryHarder: false,
  tryRotate: false,
  tryInvert: false,
}
const CAREFUL: ReaderOptions = { ...QUICK, tryHarder: true, tryRotate: true }
/** Every so many pictures without a code, one is looked at closely: a code that lies askew, or is worn. */
const CAREFUL_EVERY = 3

const canvas = new OffscreenCanvas(1, 1)
const context = canvas.getContext('2d', { willReadFrequently: true })
let empty = 0

self.addEventListener('message', (event: MessageEvent<ImageBitmap>) => {
  void decode(event.data).then((codes) => self.postMessage(codes))
})

async function decode(picture: ImageBitmap): Promise<string[]> {
  const frame = pixels(picture)
  if (!frame) return []
  let found = usable(await readBarcodes(frame, QUICK))
  if (found.length === 0 && (empty += 1) % CAREFUL_EVERY === 0) found = usable(await readBarcodes(frame, CAREFUL))
  if (found.length) empty = 0
  return found.sort((a, b) => offCentre(a, frame) - offCentre(b, frame)).map(({ text }) => text)
}

function pixels(picture: ImageBitmap): ImageData | undefined {
  const { width, height } = picture
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  context?.drawImage(picture, 0, 0)
  picture.close()
  return context?.getImageData(0, 0, width, height)
}

function usable(found: ReadResult[]): ReadResult[] {
  return found.filter(({ isValid, format, text }) => isValid && (!format.startsWith('ITF') || text.length === CARTON_DIGITS))
}

/** How far from the middle a code lies: of several in the picture, the nearest is the one that is aimed at. */
function offCentre({ position }: ReadResult, { width, height }: ImageData): number {
  const corners = [position.topLeft, position.topRight, position.bottomLeft, position.bottomRight]
  const x = corners.reduce((sum, corner) => sum + corner.x, 0) / corners.length
  const y = corners.reduce((sum, corner) => sum + corner.y, 0) / corners.length
  return Math.hypot(x - width / 2, y - height / 2)
}
