/** Makes a picture small, away from the main thread where the browser can: drawn anew, so nothing of EXIF is left. */

export const LONGEST_SIDE = 1600
const QUALITY = 0.8
const PATIENCE_MS = 20_000

/** Throws when the browser cannot read it as a picture. */
export async function makeSmall(picture: Blob): Promise<Blob> {
  return typeof OffscreenCanvas === 'undefined' ? drawHere(picture) : drawAway(picture)
}

function drawAway(picture: Blob): Promise<Blob> {
  const worker = new Worker(new URL('./photos-shrink.ts', import.meta.url), { type: 'module' })
  return new Promise<Blob>((done, fail) => {
    const timer = setTimeout(() => fail(new Error('the picture took too long')), PATIENCE_MS)
    worker.addEventListener('message', ({ data }: MessageEvent<Blob | null>) => {
      clearTimeout(timer)
      if (data) done(data)
      else fail(new Error('not a picture'))
    })
    worker.addEventListener('error', () => fail(new Error('the picture could not be drawn')))
    worker.postMessage({ picture, longest: LONGEST_SIDE, quality: QUALITY })
  }).finally(() => worker.terminate())
}

async function drawHere(picture: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(picture, { imageOrientation: 'from-image' })
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(bitmap.width * scale))
  canvas.height = Math.max(1, Math.round(bitmap.height * scale))
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('not drawn'))), 'image/jpeg', QUALITY))
}
