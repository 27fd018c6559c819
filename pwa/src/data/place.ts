/** Where this device is: asked for at the moment of an act, never followed; not knowing is an answer too. */

export interface Position {
  latitude: number
  longitude: number
  /** Metres that it may be off by, as the device itself says. */
  accuracy: number
}

export type Whereabouts = Position | 'refused' | 'unknown'

const PATIENCE_MS = 5_000
const AS_GOOD_AS_NEW_MS = 60_000
const EARTH_M = 6_371_009

/** Never throws, and never takes longer than a clerk waits for a door. */
export function whereAmI(): Promise<Whereabouts> {
  return new Promise((tell) => {
    if (!('geolocation' in navigator)) return tell('unknown')
    // Some devices say nothing at all while the question of permission stands unanswered.
    setTimeout(() => tell('unknown'), PATIENCE_MS + 1_000)
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude, accuracy } }) => tell({ latitude, longitude, accuracy }),
      ({ code, PERMISSION_DENIED }) => tell(code === PERMISSION_DENIED ? 'refused' : 'unknown'),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: AS_GOOD_AS_NEW_MS },
    )
  })
}

interface Point {
  latitude: number
  longitude: number
}

/** Metres along the great circle (haversine; a sphere of the earth's mean radius is right to 0.5 %). */
export function metresBetween(here: Point, there: Point): number {
  const rad = (degrees: number): number => (degrees * Math.PI) / 180
  const [lat1, lat2] = [rad(here.latitude), rad(there.latitude)]
  const half = Math.sin((lat2 - lat1) / 2) ** 2
    + Math.cos(lat1) * Math.cos(lat2) * Math.sin(rad(there.longitude - here.longitude) / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.sqrt(half))
}
