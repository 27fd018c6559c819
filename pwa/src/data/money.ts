/** Money is whole fen everywhere; only here does it become words. */
export function yuan(fen: number): string {
  const sign = fen < 0 ? '-' : ''
  const whole = Math.trunc(Math.abs(fen) / 100)
  const rest = String(Math.abs(fen) % 100).padStart(2, '0')
  return `${sign}¥${whole.toLocaleString('en-US')}.${rest}`
}

/** For figures that are read across a room: no fen, and thousands apart. */
export function wholeYuan(fen: number): string {
  const rounded = Math.round(fen / 100)
  return `${rounded < 0 ? '-' : ''}¥${Math.abs(rounded).toLocaleString('en-US')}`
}
