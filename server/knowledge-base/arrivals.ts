import { LeafPadError } from '../errors.ts'

/** What may be on its way into a process at once. Of both, one organization has an eighth at most. */
export interface ArrivalLimits {
  readonly maxBodies: number
  readonly maxBytes: number
}

/** The bodies that a process is reading at the moment. */
export interface Arrivals {
  /**
   * For a body that an organization begins to send. Throws `overloaded`, taking nothing, when the organization, or all together, have
   * as many bodies or bytes on their way as they may.
   * @param bytes that are taken at once: of a body of known length, all; else 0
   */
  begin(organizationId: string, bytes: number): Arrival
}

export interface Arrival {
  /** Takes room for more bytes. Throws `overloaded`, taking nothing, where there is none, and once the arrival has ended. */
  take(bytes: number): void
  /** Gives back all that was taken; to do it again does nothing. */
  end(): void
}

interface Load {
  bodies: number
  bytes: number
}

const organizationShare = 8

const nothing: Readonly<Load> = { bodies: 0, bytes: 0 }

export function createArrivals({ maxBodies, maxBytes }: ArrivalLimits): Arrivals {
  const all: Load = { ...nothing }
  const ofOrganizations = new Map<string, Load>()

  function take(organizationId: string, bodies: number, bytes: number) {
    const own = ofOrganizations.get(organizationId) ?? nothing
    const fits = (load: Load, share: number) => load.bodies + bodies <= maxBodies / share && load.bytes + bytes <= maxBytes / share
    if (!fits(own, organizationShare)) throw tooMuch('Your organization is sending more at once than one may.')
    if (!fits(all, 1)) throw tooMuch('More is being sent at once than the server takes in.')
    add(organizationId, bodies, bytes)
  }

  function add(organizationId: string, bodies: number, bytes: number) {
    const own = ofOrganizations.get(organizationId) ?? { ...nothing }
    for (const load of [own, all]) {
      load.bodies += bodies
      load.bytes += bytes
    }
    if (own.bodies > 0) ofOrganizations.set(organizationId, own)
    else ofOrganizations.delete(organizationId)
  }

  return {
    begin(organizationId, bytes) {
      take(organizationId, 1, bytes)
      let held: number | undefined = bytes
      return {
        take(more) {
          if (held === undefined) throw tooMuch('The request has ended.')
          take(organizationId, 0, more)
          held += more
        },
        end() {
          if (held !== undefined) add(organizationId, -1, -held)
          held = undefined
        },
      }
    },
  }
}

function tooMuch(what: string): LeafPadError {
  return new LeafPadError('overloaded', {
    detail: `${what} Try again in a moment, with fewer documents at a time.`,
    headers: { 'retry-after': '1' },
  })
}
