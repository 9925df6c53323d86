const types: Readonly<Record<string, string>> = { 'text/plain': 'Text', 'text/markdown': 'Markdown', 'application/pdf': 'PDF' }

/** A media type as people call it. */
export function typeText(fileType: string): string {
  return types[fileType] ?? fileType
}

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

/** A number of bytes in the unit that suits it; 1 MB is 1024 kB, as the server counts. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`
  const inKb = bytes / 1024
  return inKb < 1023.95 ? `${number.format(inKb)} kB` : `${number.format(inKb / 1024)} MB`
}
