const directionMarks = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g

/** A name for where there is text alone, and no element to keep what it does to the direction of writing to itself. */
export function isolated(name: string): string {
  return `\u2068${name.replaceAll(directionMarks, '')}\u2069`
}
