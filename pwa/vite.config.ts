/** The app itself. The service worker is a second build (vite.worker.config.ts) that reads this one's output. */
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { GROUPS } from './build/chunks.ts'

const server = process.env['TRUESHELF_DEV_SERVER'] ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    target: 'es2022',
    // A data: URL would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      output: {
        // A few files that every page needs, instead of twenty: a phone in a cellar pays for each request.
        codeSplitting: { groups: GROUPS },
      },
    },
  },
  worker: { format: 'es' },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/graphql': { target: server, ws: true },
      '/auth': server,
      '/photos': server,
    },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
})
