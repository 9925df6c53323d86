import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Gate } from '../admission/gate.ts'
import { afterAnswers } from './after-answers.ts'

/** The figures of one app, for Prometheus. Labels take few values: route patterns, methods, statuses, codes; never ids. */
export interface Metrics {
  /** Counts an answered request. */
  request(method: string, route: string, status: number, durationMs: number): void
  admitted(): void
  refused(code: string): void
  /** Counts a notice that was to be mailed. */
  notice(outcome: string): void
  /** The gate, its batches measured. */
  measure(gate: Gate): Gate
  /** Has the metrics tell how many requests wait for their verdict. */
  watchQueue(waiting: () => number): void
  /** All of it in Prometheus' text format, the process's own figures included. */
  text(): Promise<string>
}

const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export const metricsContentType = Registry.PROMETHEUS_CONTENT_TYPE

interface AnsweredRequest {
  readonly labels: { readonly method: string; readonly route: string; readonly status: number }
  readonly seconds: number
}

let processRegistry: Registry | undefined

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Histogram({
    name: 'leafpad_http_request_duration_seconds',
    help: 'Answered requests by route pattern, method and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: durationBuckets,
    registers,
  })
  const admissions = new Counter({ name: 'leafpad_admissions_total', help: 'Requests admitted and counted.', registers })
  const refusals = new Counter({
    name: 'leafpad_refusals_total',
    help: 'Requests refused at the public door, by error code.',
    labelNames: ['code'],
    registers,
  })
  const notices = new Counter({
    name: 'leafpad_mails_total',
    help: 'Mails that were due, by what became of them.',
    labelNames: ['outcome'],
    registers,
  })
  const batchSize = new Histogram({
    name: 'leafpad_admission_batch_requests',
    help: 'Requests decided together.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    registers,
  })
  const batchDuration = new Histogram({
    name: 'leafpad_admission_batch_duration_seconds',
    help: 'Time to decide a batch, its commit included.',
    buckets: durationBuckets,
    registers,
  })
  const failures = new Counter({ name: 'leafpad_admission_batch_failures_total', help: 'Batches without a verdict.', registers })

  const answered = afterAnswers<AnsweredRequest>((several) => {
    for (const { labels, seconds } of several) requests.observe(labels, seconds)
  })

  return {
    request: (method, route, status, durationMs) => answered.add({ labels: { method, route, status }, seconds: durationMs / 1000 }),
    admitted: () => admissions.inc(),
    refused: (code) => refusals.inc({ code }),
    notice: (outcome) => notices.inc({ outcome }),
    measure: (gate) => ({
      maxInFlight: gate.maxInFlight,
      async decide(batch) {
        batchSize.observe(batch.length)
        const began = performance.now()
        try {
          return await gate.decide(batch)
        } catch (error) {
          failures.inc()
          throw error
        } finally {
          batchDuration.observe((performance.now() - began) / 1000)
        }
      },
      close: () => gate.close(),
    }),
    watchQueue(waiting) {
      const help = 'Requests that wait for their verdict.'
      new Gauge({ name: 'leafpad_admission_queue_requests', help, registers, collect: set })
      function set(this: Gauge) {
        this.set(waiting())
      }
    },
    async text() {
      if (processRegistry === undefined) {
        // One for the process, and only once somebody looks: it observes the garbage collector and the event loop from then on.
        processRegistry = new Registry()
        collectDefaultMetrics({ register: processRegistry })
      }
      answered.flush()
      return `${await registry.metrics()}\n${await processRegistry.metrics()}`
    },
  }
}
