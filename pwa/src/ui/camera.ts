/** The phone's camera as a scanner: frames go to a worker, codes come back. */
export interface Camera {
  stop: () => void
  /** Absent when this camera has no light of its own. */
  torch: ((on: boolean) => Promise<void>) | undefined
}

const FRAME_MS = 120
const WIDTH = 960

export async function openCamera(video: HTMLVideoElement, found: (code: string) => void): Promise<Camera> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
  })
  video.srcObject = stream
  await video.play()

  const worker = new Worker(new URL('../worker/decode.ts', import.meta.url), { type: 'module' })
  const next = (): void => void setTimeout(() => sendFrame(video, worker, next), FRAME_MS)
  worker.addEventListener('message', ({ data }: MessageEvent<string | null>) => {
    if (data !== null) found(data)
    next()
  })
  next()

  const track = stream.getVideoTracks()[0]
  return {
    torch: track && torchOf(track),
    stop: () => {
      worker.terminate()
      for (const running of stream.getTracks()) running.stop()
      video.srcObject = null
    },
  }
}

/** Only the middle band: a bar code lies across it, and less is faster. */
function sendFrame(video: HTMLVideoElement, worker: Worker, later: () => void): void {
  const { videoWidth, videoHeight } = video
  if (!videoWidth || document.hidden) return later()
  const scale = Math.min(1, WIDTH / videoWidth)
  const height = Math.round(videoHeight * scale)
  const canvas = new OffscreenCanvas(Math.round(videoWidth * scale), height)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return later()
  context.drawImage(video, 0, 0, canvas.width, height)
  const frame = context.getImageData(0, 0, canvas.width, height)
  worker.postMessage(frame, [frame.data.buffer])
}

function torchOf(track: MediaStreamTrack): Camera['torch'] {
  const capabilities = track.getCapabilities() as MediaTrackCapabilities & { torch?: boolean }
  if (!capabilities.torch) return undefined
  return (on) => track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] })
}
