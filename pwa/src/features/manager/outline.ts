/** An outline cut to the panels of the map. */
import type { Position } from '@/data/outline.ts'
import type { Box, Panel } from './panels.ts'

/** The parts of the rings that lie inside a panel, in its pixels. */
export function linesIn(panel: Panel, outline: Position[][]): Position[][] {
  const lines: Position[][] = []
  for (const ring of outline) {
    let line: Position[] = []
    for (const [longitude, latitude] of ring) {
      const { x, y } = panel.project(longitude, latitude)
      if (within(x, y, panel)) {
        line.push([x, y])
        continue
      }
      if (line.length > 1) lines.push(line)
      line = []
    }
    if (line.length > 1) lines.push(line)
  }
  return lines
}

function within(x: number, y: number, box: Box): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height
}
