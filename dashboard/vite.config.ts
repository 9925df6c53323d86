import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** What every page is made of, as one: it compresses better than in parts. */
const baseFiles =
  /node_modules\/(react|react-dom|scheduler|use-sync-external-store|@tanstack|lucide-react\/dist\/esm\/(?!icons)|@base-ui\/utils|@floating-ui)\//

const smallFiles = [
  /dashboard\/(reasons|everyone-query|page-title)\.tsx?$/,
  /dashboard\/design\/(native-select|card|table|use-opened|page-header|isolated|meter)\.tsx?$/,
  /dashboard\/keys\/(expiry|snippets)\.tsx?$/,
  /@base-ui\/.*\/(useBaseUiId|useRegisteredLabelId|useValueChanged|Progress\w*)\.m?js$/,
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
          groups: [
            { name: 'base', test: baseFiles },
            { name: 'small', test: (path) => smallFiles.some((files) => files.test(path)) },
          ],
        },
      },
    },
  },
})
