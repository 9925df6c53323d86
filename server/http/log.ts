import type { FastifyLoggerOptions, FastifyRequest } from 'fastify'
import type { PinoLoggerOptions } from 'fastify/types/logger.js'
import type { Config } from '../config.ts'
import { afterAnswers } from './after-answers.ts'

/** Where lines of the log go: standard output, or a test's list. */
export interface LogDestination {
  /** @param text whole lines, each ended */
  write(text: string): void
}

/** A key's secret, wherever it got into a text. */
const secretPattern = /leafpad_[0-9A-Za-z]{8,}/g

/**
 * The log: a JSON object a line, of nothing but what is named where it is written. Fastify's own messages, which quote URLs,
 * are reduced to their codes.
 */
export function loggerOptions(level: Config['logLevel'], destination: LogDestination): FastifyLoggerOptions & PinoLoggerOptions {
  return {
    level,
    stream: destination,
    base: null,
    timestamp: () => `,"time":"${time()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { req: () => undefined as never, res: () => undefined as never, err: (error) => errorForLog(error) as never },
    hooks: {
      logMethod(parts, method) {
        const [first] = parts as unknown as [{ err?: unknown }?]
        // Without a message of its own a line would get the error's.
        if (parts.length === 1 && first?.err instanceof Error) (parts as unknown[]).push(codeOf(first.err) ?? first.err.name)
        method.apply(this, parts)
      },
    },
  }
}

let speltMs = Number.NaN
let spelt = ''

/** The time as a line has it; spelt once a millisecond, which under load many lines share. */
function time(): string {
  const now = Date.now()
  if (now !== speltMs) {
    speltMs = now
    spelt = new Date(now).toISOString()
  }
  return spelt
}

export interface LoggedError {
  readonly name: string
  readonly code?: string
  readonly message?: string
  readonly stack?: string
  readonly cause?: LoggedError
}

/**
 * What the log keeps of an error: its name, code, message and place. Not what else hangs on it, since a database error carries
 * values of rows and a parser's the text it read.
 */
export function errorForLog(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { name: typeof error }
  const code = codeOf(error)
  const quotes = code?.startsWith('FST_') || error instanceof SyntaxError
  return {
    name: error.name,
    ...(code !== undefined && { code }),
    ...(!quotes && { message: error.message }),
    stack: frames(error),
    ...(error.cause !== undefined && depth < 3 && { cause: errorForLog(error.cause, depth + 1) }),
  }
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

/** The stack without its message. */
function frames(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
}

/**
 * The line of a request: all there is about it in the log. The route's pattern stands for the URL, which has ids and links in it. Made
 * here, since there is one for each request, and what pino does for a line of any shape takes several times as long.
 */
export function requestLine(request: FastifyRequest, route: string, status: number, durationMs: number, aborted: boolean): object {
  return {
    level: 'info',
    time: time(),
    requestId: request.id,
    method: request.method,
    route,
    status,
    durationMs: Math.round(durationMs * 1000) / 1000,
    address: request.address,
    // What is undefined is left out.
    keyId: request.keyId ?? undefined,
    userId: request.actor?.member.userId ?? request.signedIn?.userId,
    code: request.errorCode ?? undefined,
    aborted: aborted || undefined,
  }
}

export interface BatchedLog extends LogDestination {
  /** @param line a line, ended, or what it has, to be written as JSON */
  write(line: string | object): void
  /** Writes now what is still to be written. */
  flush(): void
}

/**
 * Writes the lines about many answers at once, when these are out: under load a system call a line would cost more than the line. No secret
 * of a key gets through, whoever wrote it.
 */
export function batchedLog(destination: LogDestination): BatchedLog {
  const { add, flush } = afterAnswers<string | object>((lines) => {
    let text = ''
    for (const line of lines) text += typeof line === 'string' ? line : `${JSON.stringify(line)}\n`
    destination.write(text.includes('leafpad_') ? text.replaceAll(secretPattern, 'leafpad_…') : text)
  })
  return { write: add, flush }
}
