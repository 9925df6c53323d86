import { Type } from 'typebox'

const fileTypes = 'text/plain, text/markdown or application/pdf'

export const DocumentAnswer = Type.Object(
  {
    id: Type.String({ description: 'Stable, and unique among all documents.', examples: ['doc_8f14e45fceea167a5a36dedd4bea2543'] }),
    fileName: Type.String({ description: 'The name it was sent with.', examples: ['handbook.md'] }),
    fileType: Type.String({ description: `Media type: ${fileTypes}, decided by the ending of the name.`, examples: ['text/markdown'] }),
    fileSize: Type.Integer({ description: 'Bytes.', examples: [20_480] }),
    publicUrl: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Downloads the file without a key: whoever has this link has the file. null where the server has such links turned off.',
      examples: ['http://localhost:3000/files/3q2-7wvhJx0cUoPZl1Yb8mTnE5aKfRsD'],
    }),
    sha256: Type.String({
      description: 'SHA-256 of the content, hex.',
      examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    }),
    createdAt: Type.String({ description: 'ISO 8601, UTC.', examples: ['2026-01-31T12:00:00.000Z'] }),
    createdBy: Type.String({ description: 'The id of the user who made it.', examples: ['user_3kTnQzB1vW9yH0aXc5Rd'] }),
  },
  { title: 'Document', additionalProperties: false },
)

export const StorageAnswer = Type.Object(
  {
    usedBytes: Type.Integer({ description: 'What the documents of the organization take.', examples: [1_048_576] }),
    leftBytes: Type.Integer({ description: 'What there is still room for.', examples: [51_380_224] }),
    maxBytes: Type.Integer({ description: 'What they may take.', examples: [52_428_800] }),
  },
  { title: 'Storage', additionalProperties: false },
)

const TextBody = Type.Object(
  {
    text: Type.String({
      description: 'The text to keep: not only white space, no NUL. The whole JSON body has 1 MiB at most: send longer texts as files.',
      examples: ['Product documentation content here'],
    }),
    fileName: Type.Optional(
      Type.String({
        description:
          'Its name, 1 to 255 bytes of UTF-8 without slashes, backslashes and control characters; `.txt` is put at its end unless it is there. Without one: the id and `.txt`.',
        examples: ['products.txt'],
      }),
    ),
  },
  { additionalProperties: false },
)

const FileBody = Type.Object(
  {
    file: Type.String({
      format: 'binary',
      description:
        'A file whose name ends in `.txt`, `.md` (both UTF-8) or `.pdf`, at most 20 MB (a setting). Exactly this one part, with a filename; its own Content-Type is not looked at.',
    }),
  },
  { additionalProperties: false },
)

const idParams = Type.Object({ id: Type.String({ description: 'The id of the document.' }) })

const tags = ['Knowledge base']

const contentHeaders = {
  'content-disposition': Type.String({ description: '`attachment`, with the name of the file.' }),
  etag: Type.String({ description: 'The SHA-256 of the content, hex, in quotes.' }),
}

const binary = Type.String({ format: 'binary' })

const contentResponses = {
  200: {
    description: 'The file, byte for byte as it was sent.',
    headers: contentHeaders,
    content: {
      'text/plain': { schema: binary },
      'text/markdown': { schema: binary },
      'application/pdf': { schema: binary },
    },
  },
  304: { description: 'It is what If-None-Match says.', type: 'null' },
} as const

/** Checked by readText and readUpload, not by the framework: this documents it. */
export const createDocumentSchema = {
  tags,
  summary: 'Create a document',
  description: 'Keeps a text (JSON) or a file (multipart/form-data) in the knowledge base of the organization.',
  body: { content: { 'application/json': { schema: TextBody }, 'multipart/form-data': { schema: FileBody } } },
  response: { 201: Type.Object({ document: DocumentAnswer, storage: StorageAnswer }, { description: 'It is kept.' }) },
}

export const listDocumentsSchema = {
  tags,
  summary: 'List the documents',
  description: 'The documents of the organization, newest first, in pages.',
  querystring: Type.Object(
    {
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50, description: 'How many at most.' })),
      cursor: Type.Optional(Type.String({ maxLength: 200, description: 'The nextCursor of the page before.' })),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object(
      {
        documents: Type.Array(DocumentAnswer),
        nextCursor: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Gives the next page; null on the last.' }),
        storage: StorageAnswer,
      },
      { description: 'A page.' },
    ),
  },
}

export const readDocumentSchema = {
  tags,
  summary: 'Read a document',
  params: idParams,
  response: { 200: Type.Object({ document: DocumentAnswer }, { description: 'The document.' }) },
}

export const deleteDocumentSchema = {
  tags,
  summary: 'Delete a document',
  description: 'Removes the document and its file, and gives its room back.',
  params: idParams,
  response: { 204: { type: 'null', description: 'It is gone.' } },
}

export const readContentSchema = {
  tags,
  summary: 'Download a document',
  description: 'The file itself, to be saved, never shown. Send the ETag as If-None-Match to get it only when it differs.',
  params: idParams,
  response: contentResponses,
}

export const openPublicLinkSchema = {
  tags,
  summary: 'Open a public link',
  description: 'The file of a document by the publicUrl of it. Needs no key.',
  security: [],
  params: Type.Object({ publicToken: Type.String({ description: 'The random part of the link.' }) }),
  response: contentResponses,
}
