/** What a person calls a browser on a device: its name and the system, out of the User-Agent. */
const BROWSERS: readonly [RegExp, string][] = [
  [/MicroMessenger|wxwork/, 'WeChat'],
  [/HuaweiBrowser/, 'Huawei Browser'],
  [/Edg/, 'Edge'],
  [/Firefox/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
]
const SYSTEMS: readonly [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Windows/, 'Windows'],
  [/Macintosh/, 'Mac'],
  [/Linux/, 'Linux'],
]

/** Empty when it is none that we know. */
export function deviceName(userAgent: string): string {
  const known = (names: readonly [RegExp, string][]): string[] => {
    const found = names.find(([sign]) => sign.test(userAgent))
    return found ? [found[1]] : []
  }
  return [...known(BROWSERS), ...known(SYSTEMS)].join(' · ')
}
