/** A picture that the server could not keep is taken again, in the same place. */
import { RetakePhoto } from '../documents/photos.ts'
import type { VariablesOf } from '../graphql.ts'
import { match } from '../match.ts'
import type { Operation } from '../operations.ts'
import { accepted, kind, refused, type NamedLine } from './deed.ts'
import { record } from './record.ts'

type RetakePhotoInput = VariablesOf<typeof RetakePhoto>['input']

export interface RetakePhotoDeed {
  kind: 'retake-photo'
  input: RetakePhotoInput
  lines: NamedLine[]
}

export function retakePhoto(photoId: string, photo: RetakePhotoInput['photo']): Promise<Operation> {
  return record(({ requestId }) => ({ kind: 'retake-photo', lines: [], input: { requestId, photoId, photo } }))
}

export const photoRetaken = kind<RetakePhotoDeed>()({
  icon: 'camera',
  document: RetakePhoto,
  variables: ({ input }) => ({ input }),
  fate: ({ retakePhoto: answer }) =>
    match(answer, {
      RetakePhotoSuccess: accepted,
      InvalidInput: refused,
      NotFound: refused,
      NotPermitted: refused,
      RequestIdConflict: refused,
    }),
  words: (_deed, say) => say.t('operations.retakePhoto'),
})
