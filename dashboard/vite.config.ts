import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const smallFiles = [
  /dashboard\/(reasons|everyone-query|design\/(native-select|card|table|use-opened|isolated)|keys\/(expiry|snippets))\.tsx?$/,
  /\/(clamp|useQuery|useRegisteredLabelId)\.m?js$/,
]

/** The content policy allows no inline script and no data: but images, so everything is a file of its own. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    reportCompressedSize: false,
    // Small files that the page of the keys has in common with others are one: each for itself costs a request and compresses badly.
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: 'small', test: (id) => smallFiles.some((files) => files.test(id)) }],
        },
      },
    },
  },
})
