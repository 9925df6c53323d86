/** Shifts the clock of a process by LEAFPAD_TEST_SKEW_MS milliseconds: `node --import ./skew-clock.mjs …`. */
const skewMs = Number(process.env.LEAFPAD_TEST_SKEW_MS ?? 0)
const RealDate = Date

globalThis.Date = class extends RealDate {
  /** @param {any[]} given */
  constructor(...given) {
    // @ts-expect-error: what Date takes, in all its forms.
    super(...(given.length === 0 ? [RealDate.now() + skewMs] : given))
  }

  static now() {
    return RealDate.now() + skewMs
  }
}
