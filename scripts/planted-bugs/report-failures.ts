import type { TestEvent } from 'node:test/reporters'

/** A test that failed, by its own name. */
export interface Failure {
  readonly name: string
  readonly file: string
  readonly message: string
  readonly isWholeFile: boolean
}

/** Reports each failure at once, as a line of JSON; the suites around it, which fail with it, not. */
export default async function* reportFailures(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.details.type === 'suite') continue
    const { name, file = name, details } = data
    const cause = details.error.cause ?? details.error
    const message = cause instanceof Error ? cause.message : String(cause)
    yield `${JSON.stringify({ name, file, message, isWholeFile: file.endsWith(name) } satisfies Failure)}\n`
  }
}
