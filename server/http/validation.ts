import type { FastifyError, FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { Value } from 'typebox/value'
import { LeafPadError } from '../errors.ts'

/**
 * Compiles a route's schemas. Bodies are taken as they are: no type is converted, nothing is removed. In a query string and a path,
 * where all is text, integers in decimal digits are converted. Defaults are filled in. A schema is compiled at the first request
 * that it is for, as those of answers are (see serialization.ts).
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  let compiled: Validator | undefined
  return (value: unknown) => {
    compiled ??= Compile(schema)
    const filled = Value.Default(schema, httpPart === 'body' ? value : convertDecimals(schema, value))
    if (compiled.Check(filled)) return { value: filled }
    const errors = compiled.Errors(filled).map((error) => ({
      ...error,
      parentSchema: Value.Pointer.Get(schema, error.schemaPath.slice(1)),
      data: Value.Pointer.Get(filled, error.instancePath),
    }))
    return { error: errors as never }
  }
}

/** Only plain decimals: what else JavaScript takes for a number (`0x10`, `1e1`, `true`) stays text, which the schema refuses. */
function convertDecimals(schema: TSchema, value: unknown): unknown {
  const fields = Object.entries(value as Record<string, unknown>)
  const decimals = fields.filter(([, text]) => typeof text === 'string' && /^-?(0|[1-9]\d*)$/.test(text))
  return { ...Object.fromEntries(fields), ...(Value.Convert(schema, Object.fromEntries(decimals)) as object) }
}

/** A place in the input that is not as it should be. */
export interface InputError {
  /** Such as `expiresAt` or `invitations.0.email`; empty for the whole. */
  readonly path: string
  readonly message: string
}

const maxErrors = 20

/** The answer to a body, query string or path that does not have its schema's shape; names each place, unknown fields included. */
export function invalidInput(error: FastifyError): LeafPadError {
  const part = error.validationContext
  // A path with an id of a wrong shape is the path of nothing.
  if (part === 'params') return new LeafPadError('not_found')
  const errors = (error.validation ?? []).flatMap(inputErrors).slice(0, maxErrors)
  const where = part === 'body' ? 'body' : 'query string'
  const detail = `The ${where} is not as expected: ${errors.map(({ path, message }) => (path === '' ? `it ${message}` : `"${path}" ${message}`)).join('; ')}.`
  return new LeafPadError(part === 'body' ? 'invalid_body' : 'invalid_query', { detail, members: { errors } })
}

function inputErrors(error: FastifySchemaValidationError): InputError[] {
  const { keyword, instancePath, params } = error
  const path = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const at = (name: string, message: string) => ({ path: [...path, name].join('.'), message })
  const { additionalProperties, requiredProperties, missingProperty } = params as Record<string, string[]>
  if (keyword === 'additionalProperties') return (additionalProperties ?? []).map((name) => at(name.slice(0, 100), 'is not known here'))
  // What an unknown field itself holds is of no interest.
  if (keyword === 'boolean') return []
  if (keyword === 'required') return [requiredProperties ?? missingProperty ?? []].flat().map((name) => at(name, 'is missing'))
  return [{ path: path.join('.'), message: inWords(error) }]
}

/** A validator's error with the schema that says so and what does not have its shape. */
interface PlacedError extends FastifySchemaValidationError {
  readonly parentSchema?: { readonly examples?: readonly unknown[]; readonly minLength?: number; readonly maxLength?: number }
  readonly data?: unknown
}

/** What a value must be, for people: a validator speaks of its schema. */
function inWords({ keyword, params, message, parentSchema = {}, data }: PlacedError): string {
  const { limit, allowedValues } = params as { limit?: number; allowedValues?: readonly string[] }
  const { examples = [], minLength, maxLength } = parentSchema
  switch (keyword) {
    case 'enum':
      return `must be one of ${(allowedValues ?? []).map((value) => `"${value}"`).join(', ')}`
    case 'pattern':
      return examples[0] === undefined ? 'has characters that cannot be in it' : `must be written as in "${examples[0]}"`
    case 'minLength':
    case 'maxLength': {
      if (data === '') return 'must not be empty'
      const most = minLength === undefined ? `at most ${maxLength}` : `${minLength} to ${maxLength}`
      return `must have ${maxLength === undefined ? `at least ${minLength}` : most} characters; it has ${[...String(data)].length}`
    }
    case 'minProperties':
      return `must have at least ${limit === 1 ? 'one field' : `${limit} fields`}`
    case 'minimum':
      return `must be at least ${limit}`
    case 'maximum':
      return `must be at most ${limit}`
    default:
      return message ?? 'is not valid'
  }
}
