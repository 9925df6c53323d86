import type { AdmissionTables } from '../admission/table.ts'
import type { AuditTables } from '../audit/table.ts'
import type { KeyTables } from '../keys/table.ts'
import type { KnowledgeBaseTables } from '../knowledge-base/table.ts'
import type { NoticeTables } from '../notices/table.ts'
import type { AccountTables } from '../organizations/table.ts'

/** Every table, by the room that owns it. */
export interface Tables extends AccountTables, KeyTables, AdmissionTables, KnowledgeBaseTables, AuditTables, NoticeTables {}
