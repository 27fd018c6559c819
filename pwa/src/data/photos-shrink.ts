/** A worker of its own: draws a picture anew, no larger than it needs to be; answers null for what is no picture. */

interface Wanted {
  picture: Blob
  longest: number
  quality: number
}

self.addEventListener('message', ({ data }: MessageEvent<Wanted>) => {
  void shrink(data).then(
    (small) => self.postMessage(small),
    () => self.postMessage(null),
  )
})

async function shrink({ picture, longest, quality }: Wanted): Promise<Blob | null> {
  const bitmap = await createImageBitmap(picture, { imageOrientation: 'from-image' })
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height))
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)))
  const context = canvas.getContext('2d')
  if (!context) return null
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return canvas.convertToBlob({ type: 'image/jpeg', quality })
}
