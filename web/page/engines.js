/** Who erases: this device, or the computer that served the page. */

import { createComputerEngine } from './computer.js';

/** @typedef {'device' | 'computer'} Place */
/** @typedef {ReturnType<typeof createComputerEngine>} Computer */
/** @typedef {ReturnType<typeof import('../engine/device.js').createDeviceEngine>} Device */

const KEY = 'engine';
/** Megapixels that a device takes: its browser must hold them twice for a moment. */
const MOST_ON_DEVICE = 120;

const told = document.querySelector('meta[name=engines]')?.getAttribute('content') ?? '';

/** Where it can be done. */
export const places = /** @type {Place[]} */ (told.split(' '));

/** @type {Computer | null} */
const computer = places.includes('computer') ? createComputerEngine({ base: '.' }) : null;
/** @type {Device | null} */
const device = places.includes('device')
  ? (await import('../engine/device.js')).createDeviceEngine({ base: '.' })
  : null;

/** Where it is done: as was chosen, else where the page comes from. @returns {Place} */
export function chosenPlace() {
  const chosen = localStorage.getItem(KEY);
  return places.find((place) => place === chosen) ?? places[0];
}

/** @param {string} place */
export function choosePlace(place) {
  localStorage.setItem(KEY, place);
}

/** The engine that erases. @returns {Computer | Device} */
export function engine() {
  return /** @type {Computer | Device} */ (chosenComputer() ?? device);
}

/** The computer, where that is chosen. */
export function chosenComputer() {
  return chosenPlace() === 'computer' ? computer : null;
}

/** @returns {Promise<{megabytes: number, megapixels: number}>} */
export async function limits() {
  const chosen = chosenComputer();
  return chosen ? chosen.limits() : { megabytes: Infinity, megapixels: MOST_ON_DEVICE };
}
