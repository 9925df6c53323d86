/** Shifts the clock of a process by LEAFPAD_TEST_SKEW_MS milliseconds: `node --import ./skew-clock.ts …`. */
const skewMs = Number(process.env.LEAFPAD_TEST_SKEW_MS ?? 0)
const RealDate = Date

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [RealDate.now() + skewMs] : given, newTarget),
  apply: () => new RealDate(RealDate.now() + skewMs).toString(),
  get: (target, name) => (name === 'now' ? () => RealDate.now() + skewMs : Reflect.get(target, name)),
})
