// What a script finds: `extension` and the names of components, which it would import; `shopify`; and what every engine's
// host adds to the language, `console` and timers.
const root = makeRoot();
const api = create(null);
const shopify = create(null);
addAPIs(api, shopify);
freeze(api);

const targets = create(null);
const register = freeze((target, implementation) => {
  if (typeof target !== 'string') throw new TheTypeError('extension takes the name of a target, such as pos.home.modal.render');
  if (typeof implementation !== 'function') throw new TheTypeError('extension takes a function (root, api) => …');
  targets[target] = implementation;
  return implementation;
});

define(shopify, 'extend', register);
define(theGlobal, 'shopify', freeze(shopify));
// Can be declared anew by a script, as imported names can't be.
const global = (name, value) =>
  defineProperty(theGlobal, name, {__proto__: null, value, enumerable: false, writable: true, configurable: true});
global('extension', register);
// A component is its name (remote-ui's `createRemoteComponent`).
const components = [
  'ActionItem', 'Badge', 'Banner', 'Box', 'Button', 'CameraScanner', 'DateField', 'DatePicker', 'Dialog', 'EmailField',
  'FormattedTextField', 'Icon', 'Image', 'List', 'Navigator', 'NumberField', 'POSBlock', 'POSBlockRow',
  'POSReceiptBlock', 'PinPad', 'PrintPreview', 'QRCode', 'RadioButtonList', 'Screen', 'ScrollView', 'SearchBar',
  'Section', 'SectionHeader', 'Segment', 'SegmentedControl', 'Selectable', 'Spacing', 'Stack', 'Stepper', 'Text',
  'TextArea', 'TextField', 'Tile', 'TimeField', 'TimePicker',
];
for (let index = 0; index < components.length; index++) global(components[index], components[index]);
// They can keep the engine's thread waiting where no time limit reaches.
delete theGlobal.Atomics;
delete theGlobal.SharedArrayBuffer;
delete theGlobal.WebAssembly;

const shown = (value) => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return text(value);
  const stack = read(value, 'stack');
  if (stack !== undefined) return `${read(value, 'name')}: ${read(value, 'message')}\n${stack}`;
  return stringify(value) ?? 'undefined';
};

const log = (level) => (...values) => {
  let line = '';
  for (let index = 0; index < values.length; index++) {
    let word = '[something that has no text]';
    try { word = shown(values[index]); } catch {}
    line += `${index > 0 ? ' ' : ''}${word}`;
  }
  native('console', level, line);
};
global('console', {
  debug: log('debug'), log: log('log'), info: log('info'), warn: log('warn'), error: log('error'),
});

const timers = create(null);
let timerCount = 0;
const milliseconds = (delay) => {
  const number = +delay;
  return isFiniteNumber(number) && number > 0 ? number : 0;
};
const timer = (repeats) => (work, delay, ...values) => {
  if (typeof work !== 'function') throw new TheTypeError('a timer takes a function');
  const number = ++timerCount;
  timers[number] = {__proto__: null, work, values, delay: milliseconds(delay), repeats};
  native('timer', number, timers[number].delay);
  return number;
};
const clear = (value) => {
  const number = +value;
  if (timers[number] === undefined) return;
  delete timers[number];
  native('noTimer', number);
};
global('setTimeout', timer(false));
global('setInterval', timer(true));
global('clearTimeout', clear);
global('clearInterval', clear);
global('queueMicrotask', (work) => {
  if (typeof work !== 'function') throw new TheTypeError('queueMicrotask takes a function');
  apply(then, apply(resolve, thePromise, []), [() => { attempt(work, []); }]);
});

const fire = (number) => {
  const due = timers[number];
  if (due === undefined) return;
  if (due.repeats) native('timer', number, due.delay);
  else delete timers[number];
  attempt(due.work, due.values);
};

const registered = (names) => {
  let list = '';
  for (let index = 0; index < names.length; index++) list += `${list && ','}${stringify(names[index])}`;
  return `[${list}]`;
};

// Starts what a script has registered: the given target, or the first; else what a module exports by default.
const open = (target) => {
  const names = ownKeys(targets);
  const exported = typeof theGlobal.exported === 'function' ? theGlobal.exported : undefined;
  const implementation = targets[target ?? at(names, 0)] ?? exported;
  if (implementation === undefined) return registered(names);
  const result = apply(implementation, undefined, [root, api]);
  const isPromise = typeof result === 'object' && result !== null && typeof result.then === 'function';
  if (isPromise) apply(then, apply(resolve, thePromise, [result]), [() => { root.mount(); }, report]);
  else root.mount();
  return undefined;
};

const entry = {
  __proto__: null,
  open,
  fire,
  describe,
  rejected: (promise, reason) => { report(reason); },
  parse: (json) => parse(json),
  makeError: (message) => new TheError(message),
  tree: () => treeJSON(root),
  tellSubscribers,
  act: (path, name, values) => {
    const action = findAction(root, parse(path), name);
    if (action === undefined) return false;
    attempt(action, parse(values));
    return true;
  },
};
