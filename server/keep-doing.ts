/**
 * Does something now, and again after each time that it has ended and a pause. Keeps no process alive. Returns what stops it, which
 * resolves when what was under way has ended.
 * @param work never rejects; asks now and then whether it is to end early
 */
export function keepDoing(work: (isStopped: () => boolean) => Promise<void>, pauseMs: number): () => Promise<void> {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const run = async () => {
    await work(() => stopped)
    if (!stopped) timer = setTimeout(() => (underWay = run()), pauseMs).unref()
  }
  let underWay = run()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await underWay
  }
}
