/** What a script of the bench is called once it is built, all in one folder: `servers-admission` for `servers/admission.ts`. */
export function builtName(script: string): string {
  return script.replaceAll('/', '-').replace(/\.ts$/, '')
}
