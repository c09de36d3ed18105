/**
 * Writes `dist`: static files that any host can serve, and that work offline once they
 * were loaded.
 *
 *     npm run build            # dist
 *     npm run build -- FOLDER
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const HERE = import.meta.dirname;
const PARTS = ['index.html', 'manifest.webmanifest', 'page', 'icons', 'engine'];
// Fetched when they are needed: the runtimes of other browsers, and further models.
const LATER = /^litert\/litert_wasm_|^models\/(?!eraser\.|models\.)/;

/**
 * @param {string} folder
 * @returns {Promise<string[]>} Files in it, by their addresses, in one order everywhere.
 */
async function listFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .map((path) => path.split(sep).join('/'))
    .sort();
}

/** @param {string} folder */
async function writeWorker(folder) {
  const files = (await listFiles(folder)).filter((path) => !LATER.test(path));
  const hash = createHash('sha256');
  for (const path of files) hash.update(path).update(await readFile(join(folder, path)));
  const version = hash.digest('hex').slice(0, 16);
  const addresses = files.map((path) => (path === 'index.html' ? './' : path));
  const source = await readFile(join(HERE, 'sw.js'), 'utf8');
  const written = source
    .replace("'VERSION'", JSON.stringify(version))
    .replace("['FILES']", JSON.stringify(addresses));
  await writeFile(join(folder, 'sw.js'), written);
}

const target = process.argv[2] ?? join(HERE, 'dist');
await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const part of PARTS) {
  await cp(join(HERE, part), join(target, part), { recursive: true });
}
execFileSync(process.execPath, [join(HERE, 'assets.js'), target], { stdio: 'inherit' });
await writeWorker(target);
console.log(`${target} is written: put it on any host.`);
