// Mints with Node's crypto module by hand: `node_peer.mjs token SUBJECT` prints a token, `... measure SUBJECT SECONDS` a rate.

import { createHmac, createPrivateKey, createSecretKey, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [mode, path, seconds] = process.argv.slice(2)
const { algorithm, keyID, lifetime, claims, key: text } = JSON.parse(readFileSync(path, 'utf8'))
const base64url = value => Buffer.from(JSON.stringify(value)).toString('base64url')
const header = base64url({ alg: algorithm, typ: 'JWT', ...(keyID ? { kid: keyID } : {}) })

const signer = {
  HS256: () => {
    const key = createSecretKey(text, 'utf8')
    return input => createHmac('sha256', key).update(input).digest('base64url')
  },
  RS256: () => signWith('sha256', {}),
  ES256: () => signWith('sha256', { dsaEncoding: 'ieee-p1363' }),
  EdDSA: () => signWith(null, {}),
}[algorithm]()

function signWith(digest, options) {
  const key = { key: createPrivateKey(text), ...options }
  return input => sign(digest, Buffer.from(input), key).toString('base64url')
}

function mint() {
  const now = Math.floor(Date.now() / 1000)
  const tail = { exp: now + lifetime, nbf: now, iat: now, jti: randomUUID() }
  const input = `${header}.${base64url({ ...claims, ...tail })}`
  return `${input}.${signer(input)}`
}

function rate(duration) {
  const start = performance.now()
  for (let done = 1; ; done++) {
    mint()
    const elapsed = performance.now() - start
    if (elapsed >= duration) return done / elapsed * 1000
  }
}

function median(values) {
  const sorted = values.sort((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}

if (mode === 'token') {
  console.log(mint())
} else {
  rate(500) // until the compiler is done with it
  const slices = Math.max(1, Math.round(seconds * 10))
  console.log(Math.round(median(Array.from({ length: slices }, () => rate(100)))))
}
