import buildSerializer from 'fast-json-stringify'
import type { FastifySerializerCompiler } from 'fastify'

/**
 * Writes a route's answers as its schemas have them: what a schema does not name is left out. A schema is compiled when the first
 * answer is sent that it is for. There are hundreds, and most servers send few: all of them would take a good part of the start.
 */
export const compileSerializer: FastifySerializerCompiler<Parameters<typeof buildSerializer>[0]> = ({ schema }) => {
  let serialize: ((answer: unknown) => string) | undefined
  return (answer) => {
    serialize ??= buildSerializer(schema)
    return serialize(answer)
  }
}
