/** What everybody may see first, in English: as complete as the Chinese, and the compiler checks it. */
import type zh from './zh-CN.ts'
import day from './day.en.ts'
import photos from './photos.en.ts'

const en: typeof zh = {
  common: {
    back: 'Back',
    close: 'Close',
    clear: 'Clear',
    retry: 'Try again',
    undo: 'Undo',
    ok: 'OK',
    loading: 'Loading…',
    failed: 'Could not load this',
    noPage: 'That page did not open',
    notKept: 'The phone is full; this was not recorded',
    more: '{n} more',
    fillIn: 'Please fill this in',
    notFit: 'This does not fit',
  },
  tabs: { label: 'Main', home: 'Home', scan: 'Scan', me: 'Me' },
  banner: {
    offline: 'Offline · carry on, it is sent later',
    offlineAsOf: 'Offline · data as of {time}',
    kept: '{n} kept, sent when back online',
    expired: 'Your session ended; nothing you did is lost',
    signInAgain: 'Sign in',
    damaged: 'Some of what this phone kept is damaged; it comes again when online',
    update: 'A new version is ready',
    updateNow: 'Update now',
  },
  contact: {
    live: 'In sync',
    connecting: 'Connecting',
    offline: 'Offline',
    waiting: '{n} to send',
    offlineWaiting: 'Offline · {n} to send',
  },
  role: {
    CLERK: 'Clerk',
    STORE_MANAGER: 'Store manager',
    REGIONAL_MANAGER: 'Regional manager',
    HQ_OPERATIONS: 'HQ operations',
    HQ_COMPLIANCE: 'HQ compliance',
    CHANNEL: 'Channel',
  },
  pad: { quantity: 'Quantity', erase: 'Delete a digit', point: 'Decimal point', below: 'Plus or minus', most: 'At most {n}' },
  me: {
    operations: 'What I did',
    needYou: '{n} {n|needs|need} you',
    store: 'My store',
    largeType: 'Large type',
    sound: 'Sounds',
    look: 'Look',
    theme: { auto: 'System', light: 'Light', dark: 'Dark' },
    language: 'Language',
    signOut: 'Sign out',
    signOutKept: '{n} not sent yet; {n|it stays|they stay} on this phone',
  },
  switch: {
    title: 'Whose turn is it?',
    now: 'Working now',
    nobody: 'Nobody has a PIN yet. Sign in fully and set one under Security.',
    fully: 'Sign in with an account',
    toTiles: 'Back to the names',
    lock: 'Lock',
    offline: 'Offline nobody can take over: what you record now is recorded as {name}',
    notShared: 'This device is not shared',
    chip: 'Switch',
  },
  leftBehind: {
    waiting: '{n} not sent by somebody who has left: a manager must decide',
    title: 'Left behind by somebody who left',
    why: 'These things happened and are not in the book. Check them and record them in your name, or say that they need not be.',
    of: 'Done by {name}',
    takeOver: 'Record in my name',
    dismiss: 'Not needed',
  },
  ...day,
  ...photos,
}

export default en
