/** Something that keeps a command from being done, said in whole sentences for who gave it. */
export class Failure extends Error {
  override name = 'Failure'
}
