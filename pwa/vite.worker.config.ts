/** The service worker: one classic script at the root, knowing what the app's build just wrote. */
import { defineConfig } from 'vite'
import { precacheList } from './build/precache-list.ts'

export default defineConfig({
  publicDir: false,
  define: {
    __PRECACHE__: JSON.stringify(precacheList('dist')),
    'process.env.NODE_ENV': '"production"',
  },
  build: {
    target: 'es2022',
    emptyOutDir: false,
    rollupOptions: {
      input: 'src/worker/service-worker.ts',
      output: { format: 'iife', entryFileNames: 'sw.js' },
    },
  },
})
