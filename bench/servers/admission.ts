/**
 * The product's own server, queue and gate, with one handler behind the public door (`/admitted`) and one in front of it (`/open`), so
 * that what is measured between the two is admission. Started with the location of a database in which the keys are.
 */
import { openGate } from '../../server/admission/open-gate.ts'
import { createQueue } from '../../server/admission/queue.ts'
import { recheckKey } from '../../server/admission/recheck-key.ts'
import { createRequests } from '../../server/admission/requests.ts'
import { openDatabase } from '../../server/database/database.ts'
import { openPublicDoor } from '../../server/http/public-door.ts'
import { hashSecret } from '../../server/keys/secret.ts'
import { createQuotaMarks } from '../../server/notices/quota-marks.ts'
import { answer, benchConfig, benchServer, listen } from './bench-server.ts'

const database = openDatabase({ location: process.argv[2]! })
const { app, metrics } = benchServer()
const requests = createRequests(database)
const quotaMarks = createQuotaMarks(database)
const queue = createQueue({ gate: metrics.measure(openGate(database, { dailyQuota: benchConfig.dailyQuota })) })
app.get('/open', answer.options, answer.handler)
await app.register(async (door) => {
  openPublicDoor(door, {
    database,
    origin: benchConfig.publicUrl,
    hashSecret,
    decide: queue.decide,
    recheck: (transaction, key, permission) => recheckKey(database, transaction, key, permission),
    findSession: async () => undefined,
    onAnswered: (keyId, describe) => requests.note(keyId, () => ({ at: Date.now(), ...describe() })),
    onDecided(verdict) {
      if ('count' in verdict && verdict.count !== undefined) quotaMarks.look(verdict.key, verdict.count)
      if (verdict.admitted) metrics.admitted()
      else metrics.refused(verdict.code)
    },
  })
  door.get('/admitted', { ...answer.options, config: { permission: 'documents:read' } }, answer.handler)
})
await listen(app)
