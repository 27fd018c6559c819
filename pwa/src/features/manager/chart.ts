/** The parts of ECharts that the map needs, and no others. */
import { LinesChart, ScatterChart, EffectScatterChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { init, use, type EChartsType } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { LabelLayout } from 'echarts/features'

use([ScatterChart, EffectScatterChart, LinesChart, GridComponent, TooltipComponent, LabelLayout, CanvasRenderer])

export function openChart(element: HTMLElement): EChartsType {
  return init(element, undefined, { renderer: 'canvas' })
}

export type { EChartsType }
