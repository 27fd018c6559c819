/** What the screen says about photos, in English. */
import type zh from './photos.zh-CN.ts'

const en: typeof zh = {
  photos: {
    take: 'Take a photo',
    takeMore: 'One more',
    shutter: 'Take the picture',
    camera: 'What the camera sees',
    fromPhone: 'Use the phone’s camera',
    enough: 'Enough: {n} photos',
    remove: 'Remove this photo',
    removed: 'Photo removed',
    keeping: 'Keeping it…',
    open: 'Show it large',
    photo: 'Photo',
    again: 'Take again',
    full: 'The phone is full, so the photo was not kept: free some space and take it again',
    notAPicture: 'This cannot be used as a photo: try another one',
    state: { waiting: 'To be uploaded', sending: '{n}% uploaded', kept: 'Safely kept', refused: 'Not taken', awaited: 'Not uploaded yet', removed: 'Past its keeping time' },
    problem: {
      DAMAGED: 'The picture is damaged: take it again',
      NOT_A_PICTURE: 'That is no picture: take it again',
      TOO_MANY_PIXELS: 'The picture is too large: take it again',
      TOO_SMALL: 'The picture is too small to see anything: take it again',
      LOST: 'The phone does not have it any more: take it again',
      other: 'The server did not take it: take it again',
    },
    queue: { one: '{n} photos to upload', refused: '{n} photos to take again' },
  },
}

export default en
