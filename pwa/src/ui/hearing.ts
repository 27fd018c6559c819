/**
 * The browser's own speech recognition, where there is one.
 *
 * It is the browser that listens and, in most of them, a service of its maker that understands: nothing is heard
 * before a thumb asks for it, and where there is none, nobody is shown a microphone.
 */
interface Alternative {
  transcript: string
}
interface Recognition extends EventTarget {
  lang: string
  maxAlternatives: number
  start(): void
  abort(): void
}
interface HeardEvent extends Event {
  results: ArrayLike<ArrayLike<Alternative>>
}
type Kind = new () => Recognition

export type Deafness = 'nothing' | 'not-allowed' | 'unreachable'

const GUESSES = 5
const DEAF: Record<string, Deafness> = { 'not-allowed': 'not-allowed', 'service-not-allowed': 'not-allowed', 'audio-capture': 'not-allowed', network: 'unreachable' }

function recogniser(): Kind | undefined {
  const { SpeechRecognition, webkitSpeechRecognition } = window as unknown as Record<string, Kind | undefined>
  return SpeechRecognition ?? webkitSpeechRecognition
}

export const canHear = (): boolean => recogniser() !== undefined

/** Hear one sentence: what was perhaps said, the likeliest first. Returns how to stop listening. */
export function hear(language: string, heard: (sentences: string[]) => void, deaf: (why: Deafness) => void): () => void {
  const Recogniser = recogniser()
  if (!Recogniser) throw new Error('this browser cannot hear')
  const ear = new Recogniser()
  let told = false
  const tell = (work: () => void): void => {
    if (told) return
    told = true
    work()
  }
  ear.lang = language
  ear.maxAlternatives = GUESSES
  ear.addEventListener('result', (event) => {
    const [first] = Array.from((event as HeardEvent).results)
    const sentences = Array.from(first ?? [], ({ transcript }) => transcript)
    tell(() => heard(sentences))
  })
  ear.addEventListener('error', (event) => tell(() => deaf(DEAF[(event as Event & { error: string }).error] ?? 'nothing')))
  ear.addEventListener('end', () => tell(() => deaf('nothing')))
  ear.start()
  return () => {
    told = true
    ear.abort()
  }
}
