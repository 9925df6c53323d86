/** The tables of accounts and organizations, as better-auth wants them. Dates are text on SQLite, timestamps on PostgreSQL. */
export interface AccountTables {
  user: UserTable
  organization: OrganizationTable
  member: MemberTable
}

export interface UserTable {
  id: string
  name: string
  email: string
}

export interface OrganizationTable {
  id: string
  name: string
}

export interface MemberTable {
  id: string
  organizationId: string
  userId: string
  role: string
}
