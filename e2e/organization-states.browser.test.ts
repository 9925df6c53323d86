import { test } from 'node:test'

import { checkStates } from './states/check-states.ts'
import { knowledgeBaseStates } from './states/knowledge-base.ts'
import { memberStates } from './states/members.ts'
import { organizationStates } from './states/organizations.ts'
import { policyStates } from './states/policy.ts'

test('no page, dialog or state of organizations and of the knowledge base keeps people out or is too wide: light and wide, dark and at 320 px, pages in all four', (t) =>
  checkStates(t, [...memberStates, ...organizationStates, ...policyStates, ...knowledgeBaseStates]))
