// What `api` and `shopify` have: `session`, and beside it what the host has registered.

// A value of the host's, made anew only when its JSON is another one: `===` tells whether something has changed.
const current = (name) => {
  let json;
  let value;
  return () => {
    const latest = native(name);
    if (latest !== json) {
      json = latest;
      value = latest === undefined ? undefined : sealed(parse(latest));
    }
    return value;
  };
};

// Frozen, as are its functions: a property of a function can be written, too.
const apiOf = (members) => {
  const api = create(null);
  const names = ownKeys(members);
  for (let index = 0; index < names.length; index++) {
    const member = members[names[index]];
    define(api, names[index], typeof member === 'function' ? freeze(member) : member);
  }
  return api;
};

const getter = (object, name, get) =>
  defineProperty(object, name, {__proto__: null, get: freeze(get), set: undefined, enumerable: true, configurable: false});

const subscribers = create(null);
let subscriptions = 0;

const makeStaffMember = () => {
  const signal = apiOf({
    __proto__: null,
    subscribe: (work) => {
      if (typeof work !== 'function') throw new TheTypeError('subscribe takes a function');
      const number = ++subscriptions;
      subscribers[number] = work;
      return () => { delete subscribers[number]; };
    },
  });
  getter(signal, 'value', staffMemberNow);
  return freeze(signal);
};

const staffMemberNow = current('staffMember');

const tellSubscribers = () => {
  const value = staffMemberNow();
  const numbers = ownKeys(subscribers);
  for (let index = 0; index < numbers.length; index++) {
    const work = subscribers[numbers[index]];
    if (work) attempt(work, [value]);
  }
};

const makeSession = () => {
  const session = apiOf({__proto__: null, getSessionToken: () => native('call', 0)});
  getter(session, 'currentSession', current('currentSession'));
  if (setup.deviceId !== undefined) define(session, 'deviceId', setup.deviceId);
  if (setup.hasStaffMember) define(session, 'staffMember', makeStaffMember());
  return freeze(session);
};

// `functions` are numbers by which the host knows what is called.
const makeHostAPI = ({values, functions}) => {
  const api = apiOf(sealed(values));
  const names = ownKeys(functions);
  for (let index = 0; index < names.length; index++) {
    const number = functions[names[index]];
    define(api, names[index], freeze((...values) => native('call', number, stringify(values))));
  }
  return freeze(api);
};

// The same objects in both.
const addAPIs = (...objects) => {
  const add = (name, api) => {
    for (let index = 0; index < objects.length; index++) define(objects[index], name, api);
  };
  add('session', makeSession());
  const names = ownKeys(setup.apis);
  for (let index = 0; index < names.length; index++) add(names[index], makeHostAPI(setup.apis[names[index]]));
};
