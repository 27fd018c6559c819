/** What the ear and the hand learn without looking at the screen. */
import { preferences } from '@/data/preferences.ts'

let audio: AudioContext | undefined

const TONES = { scanned: [1320], done: [880, 1320], refused: [220, 180] } as const
const BUZZES = { scanned: [40], done: [40], refused: [80, 60, 80] } as const
const TONE_S = 0.09

/** A page that nobody has touched yet may neither buzz nor beep: the browser refuses, and complains in its console. */
const isTouched = (): boolean => navigator.userActivation?.hasBeenActive ?? true

export function signal(what: keyof typeof TONES): void {
  if (!isTouched()) return
  navigator.vibrate?.([...BUZZES[what]])
  if (!preferences.sound) return
  audio ??= new AudioContext()
  const context = audio
  void context.resume()
  TONES[what].forEach((frequency, index) => beep(context, frequency, context.currentTime + index * TONE_S))
}

function beep(context: AudioContext, frequency: number, start: number): void {
  const tone = context.createOscillator()
  const volume = context.createGain()
  tone.frequency.value = frequency
  volume.gain.setValueAtTime(0.12, start)
  volume.gain.exponentialRampToValueAtTime(0.001, start + TONE_S)
  tone.connect(volume).connect(context.destination)
  tone.start(start)
  tone.stop(start + TONE_S)
}
