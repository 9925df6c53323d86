interface Entry<Value> {
  readonly text: string
  value: Value
  /** Another one with the same number. */
  next: Entry<Value> | undefined
}

/** Of so many characters a number is made. What is looked for here ends in random ones. */
const charactersOfNumber = 6

/**
 * A map by texts that are new for each look, as what a request sends and what a database answers. Of such a text V8 first makes one with all like it
 * before it looks for it in a `Map`, in a table of all texts of the program, and that takes several times as long as looking. Here a text is found
 * by a number, and then compared.
 */
export class TextMap<Value> {
  readonly #byNumber = new Map<number, Entry<Value>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  get(text: string): Value | undefined {
    return this.#find(text)?.value
  }

  set(text: string, value: Value): void {
    const found = this.#find(text)
    if (found !== undefined) {
      found.value = value
      return
    }
    const number = numberOf(text)
    this.#byNumber.set(number, { text, value, next: this.#byNumber.get(number) })
    this.#size++
  }

  delete(text: string): void {
    const number = numberOf(text)
    let kept: Entry<Value> | undefined
    for (let entry = this.#byNumber.get(number); entry !== undefined; entry = entry.next) {
      if (entry.text === text) this.#size--
      else kept = { text: entry.text, value: entry.value, next: kept }
    }
    if (kept === undefined) this.#byNumber.delete(number)
    else this.#byNumber.set(number, kept)
  }

  clear(): void {
    this.#byNumber.clear()
    this.#size = 0
  }

  /** In no order. What is deleted or added meanwhile may be among them. */
  *values(): Generator<Value> {
    for (const first of this.#byNumber.values()) {
      for (let entry: Entry<Value> | undefined = first; entry !== undefined; entry = entry.next) yield entry.value
    }
  }

  #find(text: string): Entry<Value> | undefined {
    let entry = this.#byNumber.get(numberOf(text))
    while (entry !== undefined && entry.text !== text) entry = entry.next
    return entry
  }
}

function numberOf(text: string): number {
  let number = text.length
  for (let position = Math.max(0, text.length - charactersOfNumber); position < text.length; position++) {
    number = (Math.imul(number, 67) + text.charCodeAt(position)) | 0
  }
  return number
}
