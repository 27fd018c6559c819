import { graphql } from '../graphql.ts'

export const HeatChanges = graphql(`
  subscription HeatChanges($filter: HeatFilter) {
    heatChanges(filter: $filter) {
      asOf
      cells {
        storeId
        categoryId
        skuCount
        availableCount
        outCount
        belowSafetyCount
        negativeCount
        shortageUnits
        soldUnits
        soldUnitsLastHour
        salesTodayFen
      }
    }
  }
`)

export const SummariesQuery = graphql(`
  query Summaries($regionIds: [UUID!]) {
    chainSummary {
      asOf
      storeCount
      openStoreCount
      salesTodayFen
      unitsToday
      basketsToday
      outCount
      belowSafetyCount
      negativeCount
      hourly { hour units amount baskets }
    }
    storeSummaries(regionIds: $regionIds) {
      store { id }
      asOf
      salesTodayFen
      unitsToday
      basketsToday
      salesLastHourFen
      skuCount
      outCount
      belowSafetyCount
      negativeCount
      hourly { hour units amount baskets }
    }
  }
`)

export const StoreSummaryQuery = graphql(`
  query StoreSummary($storeIds: [UUID!]) {
    storeSummaries(storeIds: $storeIds) {
      store { id }
      asOf
      salesTodayFen
      unitsToday
      basketsToday
      salesLastHourFen
      skuCount
      outCount
      belowSafetyCount
      negativeCount
      hourly { hour units amount baskets }
    }
  }
`)
