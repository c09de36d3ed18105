/** All that the page says, in each of its languages. */

const ENGLISH = {
  title: 'Eraser',
  welcome: 'Rub it out of the photo',
  welcome_how: 'Open a photo, rub over what should go, lift the finger.',
  open: 'Open a photo',
  photograph: 'Take a photo',
  drop_or_paste: 'Or drop one here, or paste it.',
  promise_device: 'Your photo never leaves this device.',
  promise_computer: 'Your photo goes to this computer’s own eraser and nowhere else.',
  undo: 'Undo',
  redo: 'Redo',
  download: 'Download',
  photo: 'The photo. Arrow keys move the brush, the space bar marks, Enter erases.',
  original: 'Hold to see the original',
  divide: 'Compare side by side',
  divider: 'Divider: the original on its left',
  fit: 'Show the whole photo',
  clear: 'Clear',
  erase: 'Erase',
  cancel: 'Cancel',
  working: 'Erasing',
  brush_size: 'Brush size',
  tools: 'Tools',
  brush: 'Brush',
  lasso: 'Lasso',
  select: 'Select',
  unmark: 'Unmark',
  more: 'More',
  close: 'Close',
  at_once: 'Erase when the finger lifts',
  at_once_how: 'Off: mark as much as you like, then press Erase.',
  grow: 'Grow',
  grow_how: 'How far beyond the mark it goes, in pixels.',
  feather: 'Feather',
  feather_how: 'How softly it meets the photo, in pixels.',
  detail: 'Detail',
  detail_how: 'Texture from the surroundings.',
  model: 'Model',
  engine: 'Erase on',
  engine_how: 'Where the work is done.',
  engine_device: 'this device',
  engine_computer: 'the computer',
  mask_in: 'Open a mask',
  mask_out: 'Save the mask',
  opening: 'Opening …',
  opened: '{name}: {width} × {height}',
  erased: 'Erased in {seconds} s.',
  selected: 'Found. Correct it with the brush, then press Erase.',
  selecting: 'Looking for the thing in the box …',
  saving: 'Writing the file …',
  saved: '{name} is saved.',
  cancelled: 'Cancelled.',
  nothing_marked: 'Nothing is marked. Rub over what should go first.',
  everything_marked: 'The whole photo is marked. Leave some of it.',
  no_memory: 'This device has too little memory for that. Try a smaller photo or mark.',
  no_model: 'The model could not be loaded. Check the connection and try again.',
  no_runtime: 'The eraser could not be started. Load the page again.',
  no_server: 'The computer’s eraser does not answer. Is it still running?',
  wrong_option: 'One of the options is out of its range.',
  wrong_size: 'The mark does not fit the photo.',
  failed: 'That went wrong. Try again.',
  no_picture: '{name} cannot be opened: it is no picture that can be read here.',
  too_large: '{name} has more than {limit} MB.',
  too_many_pixels: '{name} has {pixels} megapixels; {limit} at most are taken here.',
  one_pixel: '{name} is a single pixel.',
  mask_size: 'The mask is {width} × {height}, the photo {photo_width} × {photo_height}.',
  mask_empty: 'The mask is all black. White marks what goes.',
  not_kept: 'There is no room to keep the photo for a reload. Download it when done.',
  as_png: 'Saved as PNG: this browser writes no {format}.',
};

/** @typedef {keyof typeof ENGLISH} Text */

/** @type {Record<Text, string>} */
const KOREAN = {
  title: '지우개',
  welcome: '사진에서 쓱 지우세요',
  welcome_how: '사진을 열고, 없앨 곳을 문지른 다음, 손가락을 떼세요.',
  open: '사진 열기',
  photograph: '사진 찍기',
  drop_or_paste: '여기에 끌어다 놓거나 붙여 넣어도 됩니다.',
  promise_device: '사진은 이 기기를 떠나지 않습니다.',
  promise_computer: '사진은 이 컴퓨터의 지우개로만 전달되고, 다른 곳으로는 가지 않습니다.',
  undo: '실행 취소',
  redo: '다시 실행',
  download: '내려받기',
  photo: '사진. 화살표 키로 붓을 옮기고, 스페이스 바로 표시하고, Enter로 지웁니다.',
  original: '누르고 있으면 원본 보기',
  divide: '나란히 비교',
  divider: '구분선: 왼쪽이 원본',
  fit: '사진 전체 보기',
  clear: '표시 지우기',
  erase: '지우기',
  cancel: '취소',
  working: '지우는 중',
  brush_size: '붓 크기',
  tools: '도구',
  brush: '붓',
  lasso: '올가미',
  select: '선택',
  unmark: '표시 빼기',
  more: '더 보기',
  close: '닫기',
  at_once: '손가락을 떼면 바로 지우기',
  at_once_how: '끄면 원하는 만큼 표시한 뒤 지우기를 누릅니다.',
  grow: '넓히기',
  grow_how: '표시한 곳보다 얼마나 더 지울지(픽셀).',
  feather: '부드럽게',
  feather_how: '사진과 얼마나 부드럽게 이어질지(픽셀).',
  detail: '질감',
  detail_how: '주변에서 가져오는 질감.',
  model: '모델',
  engine: '지우는 곳',
  engine_how: '작업을 하는 곳.',
  engine_device: '이 기기',
  engine_computer: '컴퓨터',
  mask_in: '마스크 열기',
  mask_out: '마스크 저장',
  opening: '여는 중 …',
  opened: '{name}: {width} × {height}',
  erased: '{seconds}초 만에 지웠습니다.',
  selected: '찾았습니다. 붓으로 고친 뒤 지우기를 누르세요.',
  selecting: '상자 안의 물체를 찾는 중 …',
  saving: '파일을 쓰는 중 …',
  saved: '{name} 파일을 저장했습니다.',
  cancelled: '취소했습니다.',
  nothing_marked: '표시한 곳이 없습니다. 없앨 곳을 먼저 문지르세요.',
  everything_marked: '사진 전체가 표시되었습니다. 일부는 남겨 두세요.',
  no_memory: '이 기기의 메모리가 부족합니다. 더 작은 사진이나 표시로 해 보세요.',
  no_model: '모델을 불러오지 못했습니다. 연결을 확인하고 다시 해 보세요.',
  no_runtime: '지우개를 시작하지 못했습니다. 페이지를 다시 불러오세요.',
  no_server: '컴퓨터의 지우개가 응답하지 않습니다. 아직 실행 중인가요?',
  wrong_option: '설정값이 범위를 벗어났습니다.',
  wrong_size: '표시가 사진과 맞지 않습니다.',
  failed: '문제가 생겼습니다. 다시 해 보세요.',
  no_picture: '{name} 파일을 열 수 없습니다. 여기서 읽을 수 있는 사진이 아닙니다.',
  too_large: '{name} 파일이 {limit} MB보다 큽니다.',
  too_many_pixels: '{name} 사진은 {pixels}메가픽셀입니다. 여기서는 {limit}까지 됩니다.',
  one_pixel: '{name} 사진은 픽셀이 하나뿐입니다.',
  mask_size: '마스크는 {width} × {height}, 사진은 {photo_width} × {photo_height}입니다.',
  mask_empty: '마스크가 모두 검은색입니다. 흰색이 지울 곳입니다.',
  not_kept: '새로 고침에 대비해 사진을 보관할 공간이 없습니다. 끝나면 내려받으세요.',
  as_png: '이 브라우저는 {format} 파일을 쓸 수 없어 PNG로 저장했습니다.',
};

const LANGUAGES = { en: ENGLISH, ko: KOREAN };

/** The first of the browser's languages that the page speaks. */
export const language = navigator.languages
  .map((name) => name.slice(0, 2).toLowerCase())
  .find((name) => name in LANGUAGES) ?? 'en';

const texts = LANGUAGES[/** @type {keyof typeof LANGUAGES} */ (language)];

/**
 * What the page says.
 * @param {Text} name
 * @param {Record<string, string | number>} [values] What stands in braces.
 */
export function say(name, values = {}) {
  return texts[name].replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}

/**
 * Whether there is a text of that name.
 * @param {string} name
 * @returns {name is Text}
 */
export function isText(name) {
  return name in texts;
}

/** Fills the page with its language. */
export function translate() {
  document.documentElement.lang = language;
  document.title = say('title');
  for (const part of document.querySelectorAll('[data-text]')) {
    part.textContent = say(/** @type {Text} */ (part.getAttribute('data-text')));
  }
  for (const part of document.querySelectorAll('[data-label]')) {
    const words = say(/** @type {Text} */ (part.getAttribute('data-label')));
    part.setAttribute('aria-label', words);
    if (part instanceof HTMLButtonElement) part.title = words;
  }
}
