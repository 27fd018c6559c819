/** What managers and headquarters ask about people; never kept on the device. */
import { graphql } from '../graphql.ts'

const AssignmentParts = graphql(`
  fragment AssignmentParts on StaffAssignment { id role chainWide storeIds regionIds validFrom validUntil }
`)

const PersonParts = graphql(
  `
    fragment PersonParts on Person {
      id
      name
      roles
      phone
      leftAt
      erasedAt
      assignments { ...AssignmentParts }
    }
  `,
  [AssignmentParts],
)

export const SaidNo = graphql(`
  fragment SaidNo on Refusal {
    __typename
    code
    message
    messageZh
    ... on InvalidInput { problems { path code message messageZh } }
  }
`)

export const PeoplePage = graphql(
  `
    query People($first: Int!, $after: String, $storeId: UUID, $text: String) {
      people(first: $first, after: $after, storeId: $storeId, text: $text) {
        edges { node { ...PersonParts } }
        pageInfo { hasNextPage endCursor }
        totalCount
      }
    }
  `,
  [PersonParts],
)

export const PersonQuery = graphql(`query Person($id: UUID!) { person(id: $id) { ...PersonParts } }`, [PersonParts])


export const AlarmPage = graphql(`
  query Alarms($first: Int!, $after: String, $onlyOpen: Boolean!) {
    securityAlarms(first: $first, after: $after, onlyOpen: $onlyOpen) {
      edges { node { id kind aboutName people usual raisedAt acknowledgedAt acknowledgedBy note } }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`)

export const Reveal = graphql(
  `
    mutation Reveal($input: RevealInput!) {
      reveal(input: $input) {
        __typename
        ... on RevealSuccess { value expiresAt }
        ...SaidNo
      }
    }
  `,
  [SaidNo],
)

export const ChangePhone = graphql(
  `
    mutation ChangePhone($input: ChangePhoneInput!) {
      changePhone(input: $input) { __typename ... on ChangePhoneSuccess { phone } ...SaidNo }
    }
  `,
  [SaidNo],
)

export const ErasePerson = graphql(
  `
    mutation ErasePerson($input: ErasePersonInput!) {
      erasePerson(input: $input) { __typename ... on ErasePersonSuccess { erasedAt } ...SaidNo }
    }
  `,
  [SaidNo],
)

export const AcknowledgeAlarm = graphql(
  `
    mutation AcknowledgeAlarm($input: AcknowledgeAlarmInput!) {
      acknowledgeAlarm(input: $input) { __typename ... on AcknowledgeAlarmSuccess { alarm { id } } ...SaidNo }
    }
  `,
  [SaidNo],
)

export const GrantRole = graphql(
  `
    mutation GrantRole($input: GrantRoleInput!) {
      grantRole(input: $input) { __typename ... on GrantRoleSuccess { assignment { id } } ...SaidNo }
    }
  `,
  [SaidNo],
)

export const LendPerson = graphql(
  `
    mutation LendPerson($input: LendPersonInput!) {
      lendPerson(input: $input) { __typename ... on LendPersonSuccess { assignment { id } } ...SaidNo }
    }
  `,
  [SaidNo],
)

export const EndAssignment = graphql(
  `
    mutation EndAssignment($input: EndAssignmentInput!) {
      endAssignment(input: $input) { __typename ... on EndAssignmentSuccess { assignment { id } } ...SaidNo }
    }
  `,
  [SaidNo],
)

export const RecordLeaver = graphql(
  `
    mutation RecordLeaver($input: RecordLeaverInput!) {
      recordLeaver(input: $input) { __typename ... on RecordLeaverSuccess { leftAt ended } ...SaidNo }
    }
  `,
  [SaidNo],
)
