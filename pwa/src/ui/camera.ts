/** The phone's camera as a scanner: pictures go to a worker, codes come back. It stays open until it is stopped. */
export interface Camera {
  stop: () => void
  /** Absent when this camera has no light of its own. */
  torch: ((on: boolean) => Promise<void>) | undefined
}

/** From one look to the next; faster warms the phone and finds nothing more. */
const LOOK_MS = 60
const WIDTH = 960
/** What the screen shows of a picture is about its middle; a code at the edge is not aimed at. */
const BAND = 0.8

/** `seen` hears of every picture, also of one without a code: the code aimed at first, then what lies beside it. */
export async function openCamera(video: HTMLVideoElement, seen: (codes: readonly string[]) => void): Promise<Camera> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
  })
  video.srcObject = stream
  await video.play()

  const worker = new Worker(new URL('../worker/decode.ts', import.meta.url), { type: 'module' })
  let lookedAt = 0
  const look = (): void => {
    lookedAt = performance.now()
    void sendPicture(video, worker).then((sent) => sent || later())
  }
  const later = (): void => void setTimeout(look, Math.max(0, LOOK_MS - (performance.now() - lookedAt)))
  worker.addEventListener('message', ({ data }: MessageEvent<string[]>) => {
    seen(data)
    later()
  })
  look()

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

/** The pixels are read by the worker, so that the thread that follows the thumb never waits for them. */
async function sendPicture(video: HTMLVideoElement, worker: Worker): Promise<boolean> {
  const { videoWidth, videoHeight } = video
  if (!videoWidth || document.hidden) return false
  const height = Math.round(videoHeight * BAND)
  const width = Math.min(WIDTH, videoWidth)
  try {
    const picture = await createImageBitmap(video, 0, Math.round((videoHeight - height) / 2), videoWidth, height, {
      resizeWidth: width,
      resizeHeight: Math.round((height * width) / videoWidth),
    })
    worker.postMessage(picture, [picture])
    return true
  } catch {
    // The picture was between two frames, or the camera has just been taken away.
    return false
  }
}

function torchOf(track: MediaStreamTrack): Camera['torch'] {
  const capabilities = track.getCapabilities() as MediaTrackCapabilities & { torch?: boolean }
  if (!capabilities.torch) return undefined
  return (on) => track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] })
}
