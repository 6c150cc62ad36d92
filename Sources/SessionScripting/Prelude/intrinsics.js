// What the host's side of a realm is written with, taken before an extension can replace any of it. From here on no method
// of a built-in prototype is called and none is looked up: not `push`, not `for … of`, not `[a, b] = …`, not a spread, not
// a descriptor that inherits.
const {create, defineProperty, freeze} = Object;
const {apply, ownKeys} = Reflect;
const {parse, stringify} = JSON;
const {isArray} = Array;
const {isFinite: isFiniteNumber} = Number;
const thePromise = Promise;
const {resolve, prototype: {then}} = Promise;
const text = String;
const TheError = Error;
const TheTypeError = TypeError;
const theGlobal = globalThis;

const define = (object, name, value, isOpen = false) =>
  defineProperty(object, name, {__proto__: null, value, enumerable: true, writable: isOpen, configurable: isOpen});

// Beyond its end an array asks its prototype.
const at = (list, index) => (index < list.length ? list[index] : undefined);

// The values at the indices that `pick` gives, in a frozen array.
const listOf = (count, pick) => {
  const list = [];
  for (let index = 0; index < count; index++) define(list, index, pick(index));
  return freeze(list);
};

// A copy that nothing can be written to and that inherits nothing: what is absent stays absent, whatever is put on a prototype.
const sealed = (value) => {
  if (typeof value !== 'object' || value === null) return value;
  if (isArray(value)) return listOf(value.length, (index) => sealed(value[index]));
  const copy = create(null);
  const names = ownKeys(value);
  for (let index = 0; index < names.length; index++) define(copy, names[index], sealed(value[names[index]]));
  return freeze(copy);
};

// The text of a part of an error, which may be the extension's own code.
const read = (error, name) => {
  try {
    const value = error[name];
    return value === undefined ? undefined : text(value);
  } catch {
    return undefined;
  }
};

const describe = (error) => {
  const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function';
  let message = 'something that has no text';
  try {
    message = isObject ? (read(error, 'message') ?? text(error)) : text(error);
  } catch {}
  const part = (name) => (isObject ? read(error, name) : undefined);
  return stringify({
    __proto__: null, name: part('name'), message, stack: part('stack'), file: part('sourceURL'), line: part('line'),
  });
};

const report = (error) => { native('error', describe(error)); };

// Calls what belongs to the extension. What it throws is the host's to know and nobody else's to stumble over.
const attempt = (work, values) => {
  try {
    return apply(work, undefined, values);
  } catch (error) {
    report(error);
    return undefined;
  }
};
