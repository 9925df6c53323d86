import type { FastifyError, FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'
import { LeafPadError } from '../errors.ts'

/**
 * Compiles a route's schemas. Bodies are taken as they are: no type is converted, nothing is removed. In a query string and a path,
 * where all is text, numbers and booleans are converted. Defaults are filled in.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema)
  return (value: unknown) => {
    const filled = Value.Default(schema, httpPart === 'body' ? value : Value.Convert(schema, value))
    return compiled.Check(filled) ? { value: filled } : { error: compiled.Errors(filled) as never }
  }
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
  const detail = `The ${where} is not as expected: ${errors.map(({ path, message }) => (path === '' ? message : `"${path}" ${message}`)).join('; ')}.`
  return new LeafPadError(part === 'body' ? 'invalid_body' : 'invalid_query', { detail, members: { errors } })
}

function inputErrors({ keyword, instancePath, params, message }: FastifySchemaValidationError): InputError[] {
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
  return [{ path: path.join('.'), message: message ?? 'is not valid' }]
}
