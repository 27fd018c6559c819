/** Reads barcodes off camera frames, away from the thread that follows the thumb. */
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

declare const self: DedicatedWorkerGlobalScope

prepareZXingModule({ overrides: { locateFile: () => wasmUrl } })

self.addEventListener('message', (event: MessageEvent<ImageData>) => {
  void decode(event.data)
})

async function decode(frame: ImageData): Promise<void> {
  const found = await readBarcodes(frame, {
    formats: ['EAN13', 'EAN8', 'UPCA', 'UPCE', 'Code128', 'QRCode', 'ITF'],
    maxNumberOfSymbols: 1,
    tryHarder: true,
  })
  self.postMessage(found.find(({ isValid }) => isValid)?.text ?? null)
}
