/** Ends the present task: what stands on the screen is painted, and touches are heard, before the work goes on. */
export function breath(): Promise<void> {
  return new Promise((goOn) => setTimeout(goOn))
}
