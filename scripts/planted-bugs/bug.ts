/** What a bug breaks: one of the two promises, the durability of what was acknowledged, or another rule that is stated. */
export type Broken = 'revocation' | 'quota' | 'durability' | 'rule'

/** A change of one line of the product that breaks what is promised, and that the tests must not let pass. */
export interface Bug {
  /** What the program does with it, in a few words; each is there once. */
  readonly name: string
  readonly breaks: Broken
  /** The file of the product, from the root of the repository. No migration: the tests' template database is made once, without bugs. */
  readonly file: string
  /** The line as it is, without its indentation; there once in the file. */
  readonly line: string
  /** What stands there instead. */
  readonly becomes: string
  /** The test files of which one must fail, in the order in which they are run. */
  readonly tests: readonly string[]
}
