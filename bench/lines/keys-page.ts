import { atMost, type Line } from '../line.ts'
import { keysPage } from '../sides/keys-page.ts'

export const keysPageTime: Line = {
  name: 'keys-page',
  says: 'Settings → API Keys with 50 keys, cold cache: list usable after, seconds',
  digits: 2,
  must: atMost(1),
  sides: [keysPage],
  figure: (of) => of(keysPage).usableMs / 1_000,
}

export const keysPageScripts: Line = {
  name: 'keys-page-scripts',
  says: 'JavaScript of that page, gzip, kB',
  digits: 0,
  must: atMost(200),
  sides: [keysPage],
  figure: (of) => of(keysPage).scriptBytes / 1_000,
}
