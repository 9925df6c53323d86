/** Of two secrets of a key, which a rotation ends at once. */
export const endedSecrets = ['older', 'newest'] as const

export type EndedSecret = (typeof endedSecrets)[number]
