import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { createDelimiterScan, maxEpilogueBytes } from './delimiter-scan.ts'

const part = 'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'

const bodies: [guarantee: string, body: string, problem: RegExp | undefined][] = [
  ['one part', `--b\r\n${part}x\r\n--b--\r\n`, undefined],
  ['no line break at its end', `--b\r\n${part}x\r\n--b--`, undefined],
  ['a preamble and an epilogue', `hello\r\n--b\r\n${part}x\r\n--b-- \t\r\nbye\r\n-- b\r\n`, undefined],
  ['the boundary in the middle of a line, and after a bare line feed', `--b\r\n${part}x --b\n--b\r\n\r\n -b\r\n--b--\r\n`, undefined],
  ['an empty part', `--b\r\n${part}\r\n--b--\r\n`, undefined],
  ['a second part', `--b\r\n${part}x\r\n--b\r\n${part}y\r\n--b--\r\n`, /more parts/],
  ['a line that begins with the boundary', `--b\r\n${part}x\r\n--below\r\ny\r\n--b--\r\n`, /begins with the boundary/],
  ['a last boundary twice', `--b\r\n${part}x\r\n--b--\r\ny\r\n--b--\r\n`, /more parts/],
  ['a part in the epilogue', `--b\r\n${part}x\r\n--b--\r\n--b\r\n${part}y`, /more parts/],
  ['boundaries in a row', '--b\r\n--b--\r\n--b--', /more parts/],
  ['no last boundary', `--b\r\n${part}x\r\n--b\r\n`, /more parts/],
  ['one hyphen', `--b\r\n${part}x\r\n--b-`, /more parts/],
  ['no boundary', 'x', /ends before/],
  ['nothing', '', /ends before/],
  ['more on the line of the last boundary', `--b\r\n${part}x\r\n--b--y\r\n`, /two hyphens/],
  ['a long line of the last boundary', `--b\r\n${part}x\r\n--b--${' '.repeat(300)}\r\n`, /two hyphens/],
  ['the longest epilogue', `--b\r\n${part}x\r\n--b--\r\n${'y'.repeat(maxEpilogueBytes - 4)}`, undefined],
  ['a longer one', `--b\r\n${part}x\r\n--b--\r\n${'y'.repeat(maxEpilogueBytes - 3)}`, /65536 bytes/],
]

it('sees in a body whether it has one part and nothing else, in whatever pieces it comes', () => {
  for (const [guarantee, body, problem] of bodies) {
    fc.assert(
      fc.property(fc.array(fc.nat(body.length), { maxLength: 12 }), (cuts) => {
        const scan = createDelimiterScan('b')
        let from = 0
        for (const to of [...cuts.toSorted((a, b) => a - b), body.length]) {
          scan.push(Buffer.from(body.slice(from, to)))
          from = to
        }
        const found = scan.problem()
        if (problem === undefined) assert.equal(found, undefined, guarantee)
        else assert.match(found ?? '', problem, guarantee)
      }),
      { numRuns: 50 },
    )
  }
})
