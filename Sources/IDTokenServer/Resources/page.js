'use strict';
const element = id => document.getElementById(id);
const input = element('token'), verdict = element('verdict'), facts = element('facts');
let latest = 0;

function bytes(part) {
  if (!/^[A-Za-z0-9_-]*$/.test(part) || part.length % 4 === 1) throw new Error('it is not base64url');
  const text = atob(part.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(text, character => character.charCodeAt(0));
}

function object(part, name) {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes(part)));
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error('it is no object');
    return value;
  } catch (error) { throw new Error('The ' + name + ' can’t be read: ' + error.message + '.') }
}

function duration(seconds) {
  const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]], parts = [];
  for (const [name, size] of units) {
    if (seconds >= size && parts.length < 2) { parts.push(Math.floor(seconds / size) + ' ' + name); seconds %= size }
  }
  return parts.join(' ') || '0 s';
}

function date(value) {
  const time = typeof value === 'number' ? new Date(value * 1000) : new Date(NaN);
  if (isNaN(time)) return JSON.stringify(value) + ' is no NumericDate';
  const away = Math.round((time - Date.now()) / 1000);
  const relative = away > 0 ? 'in ' + duration(away) : duration(-away) + ' ago';
  return time.toISOString().replace('T', ' ').replace('.000Z', ' UTC') + ', ' + relative;
}

function fact(name, text, style) {
  const row = document.createElement('div');
  const term = row.appendChild(document.createElement('dt'));
  const description = row.appendChild(document.createElement('dd'));
  term.textContent = name;
  description.textContent = text;
  if (style) description.className = style;
  facts.append(row);
  return description;
}

function say(text, style) { verdict.textContent = text; verdict.className = style || '' }

function key(header) {
  return [...document.querySelectorAll('[data-kid]')].find(row => row.dataset.kid === header.kid);
}

function scheme(alg) {
  const hash = 'SHA-' + alg.slice(2);
  if (/^RS(256|384|512)$/.test(alg)) return { name: 'RSASSA-PKCS1-v1_5', hash };
  if (/^PS(256|384|512)$/.test(alg)) return { name: 'RSA-PSS', hash, saltLength: alg.slice(2) / 8 };
  const curve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[alg];
  if (curve) return { name: 'ECDSA', namedCurve: curve, hash };
  return /^(EdDSA|Ed25519)$/.test(alg) ? { name: 'Ed25519' } : null;
}

async function check(parts, header, row, place, turn) {
  const algorithm = scheme(String(header.alg));
  let text = 'not checked: this browser can’t', style = '';
  if (algorithm && self.crypto && crypto.subtle) {
    try {
      const known = await crypto.subtle.importKey('jwk', JSON.parse(row.dataset.jwk), algorithm, false, ['verify']);
      const input = new TextEncoder().encode(parts[0] + '.' + parts[1]);
      const valid = await crypto.subtle.verify(algorithm, known, bytes(parts[2]), input);
      [text, style] = valid ? ['valid', 'good'] : ['not valid', 'bad'];
    } catch (error) { text = 'not checked: the key doesn’t fit or this browser can’t' }
  }
  if (turn !== latest) return;
  place.textContent = text;
  place.className = style;
}

function show(parts, header, claims, turn) {
  fact('Algorithm', String(header.alg));
  const row = key(header);
  if (header.kid === undefined) fact('Key', 'none is named: HS256 is signed with the app’s secret');
  else if (!row) fact('Key', header.kid + ' is not in this issuer’s set', 'bad');
  else fact('Key', header.kid + ' of this issuer: ' + row.dataset.state, row.dataset.jwk ? '' : 'bad');
  if (row && row.dataset.alg !== header.alg) fact('Signature', 'not valid: the key is for ' + row.dataset.alg, 'bad');
  else if (row && row.dataset.jwk) check(parts, header, row, fact('Signature', '…'), turn);
  else fact('Signature', 'not checked');
  const names = { iat: 'Issued (iat)', nbf: 'Not before (nbf)', exp: 'Expires (exp)', auth_time: 'auth_time' };
  for (const name in names) if (name in claims) fact(names[name], date(claims[name]));
  const now = Date.now() / 1000;
  if (claims.exp <= now) say('Decoded. It has expired.', 'bad');
  else if (claims.nbf > now) say('Decoded. It is not valid yet.', 'bad');
  else say('Decoded.');
}

function inspect() {
  const turn = ++latest, token = input.value.trim().replace(/^Bearer\s+/i, ''), parts = token.split('.');
  element('inspection').hidden = true;
  facts.replaceChildren();
  if (!token) return say('');
  try {
    if (parts.length !== 3) throw new Error('A token has three parts with dots between them; this has ' + parts.length + '.');
    const header = object(parts[0], 'header'), claims = object(parts[1], 'payload');
    element('header').textContent = JSON.stringify(header, null, 2);
    element('claims').textContent = JSON.stringify(claims, null, 2);
    element('inspection').hidden = false;
    show(parts, header, claims, turn);
  } catch (error) { say(error.message, 'bad') }
}

input.addEventListener('input', inspect);

// On a phone the inspector would lie far below.
if (matchMedia('(max-width: 40rem)').matches) {
  for (const part of document.querySelectorAll('details')) part.open = false;
}

const interval = 10000;
let timer;

function ring() {
  return [...document.querySelectorAll('[data-kid]')].map(row => row.dataset.kid + row.dataset.state).join();
}

function isSelected(part) {
  const selection = getSelection();
  return !selection.isCollapsed && selection.containsNode(part, true);
}

function update(page) {
  const before = ring();
  for (const part of document.querySelectorAll('[data-live]')) {
    const fresh = page.getElementById(part.id);
    if (fresh && fresh.outerHTML !== part.outerHTML && !isSelected(part)) part.replaceWith(fresh);
  }
  document.title = page.title;
  if (ring() !== before) inspect();
}

function lose() {
  const state = document.querySelector('.state');
  state.textContent = document.title = 'No answer';
  state.className = 'state bad';
}

// The browser reads the page into a document of its own: no text becomes markup here, as Trusted Types demand.
function refresh() {
  const request = new XMLHttpRequest();
  request.open('GET', './');
  request.responseType = 'document';
  request.timeout = interval;
  request.onload = () => request.response?.getElementById('status') ? update(request.response) : lose();
  request.onerror = request.ontimeout = lose;
  request.onloadend = wait;
  request.send();
}

function wait() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(refresh, interval);
}

document.addEventListener('visibilitychange', () => document.hidden ? clearTimeout(timer) : refresh());
wait();
