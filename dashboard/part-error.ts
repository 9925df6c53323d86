/** Thrown where a part of a page is not to be had: the connection is gone, or another version of the dashboard is served by now. */
export class PartError extends Error {
  override name = 'PartError'
}
