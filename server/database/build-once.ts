import type { Compilable, CompiledQuery, Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * A query that is built the first time a database is asked it, and from then on only carried out, with other values: building one takes
 * longer than SQLite takes for a row. `build` is given what stands for the values, to be put where the query has values, and nowhere
 * else: a query whose text depends on a value is another query. What comes back takes the database, and what carries the query out:
 * its `kysely` or a transaction.
 */
export function buildOnce<Of extends object, Values extends object, Row>(
  build: (database: Of, values: Values) => Compilable<Row>,
): (database: Of, kysely: Kysely<Tables>, values: Values) => Promise<Row[]> {
  const built = new WeakMap<Of, CompiledQuery<Row>>()
  return async (database, kysely, values) => {
    let query = built.get(database)
    if (query === undefined) {
      query = build(database, placeholders as Values).compile()
      built.set(database, query)
    }
    const parameters = query.parameters.map((parameter) =>
      parameter instanceof Placeholder ? values[parameter.name as keyof Values] : parameter,
    )
    const { rows } = await kysely.executeQuery<Row>({ ...query, parameters })
    return rows
  }
}

class Placeholder {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

const placeholders = new Proxy({}, { get: (_, name: string) => new Placeholder(name) })
