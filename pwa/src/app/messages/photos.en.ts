/** What the screen says about photos, in English. */
import type zh from './photos.zh-CN.ts'

const en: typeof zh = {
  photos: {
    take: 'Take a photo',
    takeMore: 'One more',
    shutter: 'Take the picture',
    camera: 'What the camera sees',
    fromPhone: 'Use the phone’s camera',
    enough: 'Enough: {n} {n|photo|photos}',
    remove: 'Remove this photo',
    keeping: 'Keeping it…',
    photo: 'Photo',
    again: 'Take again',
    full: 'The phone is full, so the photo was not kept: free some space and take it again',
    notAPicture: 'This cannot be used as a photo: try another one',
    state: { waiting: 'To be uploaded', sending: '{n}% uploaded', kept: 'Safely kept', refused: 'Not taken', awaited: 'Not uploaded yet', removed: 'Past its keeping time' },
    problem: 'The server did not take it: take it again',
    queue: { one: '{n} {n|photo|photos} to upload', refused: '{n} {n|photo|photos} to take again' },
  },
}

export default en
