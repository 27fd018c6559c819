/** Small things that the browser keeps as text. */

/** Undefined when it is not there or damaged: nobody is kept out of the app by half a line. */
export function readLocal<Value>(key: string): Value | undefined {
  const text = localStorage.getItem(key)
  if (text === null) return undefined
  try {
    return JSON.parse(text) as Value
  } catch {
    return undefined
  }
}
