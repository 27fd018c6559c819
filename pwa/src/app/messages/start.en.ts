/** Why the app does not begin on a device that keeps nothing. */
export default {
  start: {
    forbidden: { title: 'The browser lets Trueshelf keep nothing', todo: 'Open it in an ordinary window (not a private one), or allow this site to store data in the settings of the browser.' },
    'other-window': { title: 'An older Trueshelf is open in another window', todo: 'Close the other windows of Trueshelf and open it again.' },
    newer: { title: 'This phone has a newer Trueshelf already', todo: 'Close all windows of Trueshelf and open it once more.' },
    full: { title: 'The phone is full', todo: 'Clear some space and open it again.' },
    broken: { title: 'The storage of this phone has failed', todo: 'Open it again; if that fails, restart the phone, then ask your manager.' },
    nothingLost: 'What is done here would be lost, so nothing can be done here yet. What was kept before is still there.',
    again: 'Open again',
  },
}
