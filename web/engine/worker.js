/**
 * The engine's own thread. A classic script, for LiteRT loads its WebAssembly by
 * `importScripts`, which a module may not; it takes the modules by `import()`.
 */

// Messages wait in their order until the modules are there.
const session = import('./session.js');
addEventListener('message', async ({ data, ports }) => {
  (await session).serve(data, ports[0]);
});
