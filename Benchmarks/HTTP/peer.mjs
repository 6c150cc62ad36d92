// The same in Node: http, https and crypto. `node peer.mjs CONFIGURATION PORT [CERTIFICATE KEY]`.
import { createHash, createHmac, createPrivateKey, createSecretKey, randomUUID, sign, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [path, port, certificate, key] = process.argv.slice(2)
const c = JSON.parse(readFileSync(path, 'utf8'))
const base64url = value => Buffer.from(JSON.stringify(value)).toString('base64url')
const hash = Buffer.from(c.CredentialSHA256, 'hex')
const members = new Set(['shop', 'shopId', 'userId', 'locationId', 'staffMemberId', 'currency', 'posVersion', 'clientId', 'sessionId'])
const apps = new Map(Object.entries(c.Apps).map(([id, app]) => [id, {
  kid: app.KeyID, sign: signer(app),
  header: base64url({ alg: app.Algorithm, typ: 'JWT', ...(app.KeyID ? { kid: app.KeyID } : {}) }),
}]))

function signer({ Algorithm: algorithm, Key: text }) {
  if (algorithm === 'HS256') {
    const secret = createSecretKey(text, 'utf8')
    return input => createHmac('sha256', secret).update(input).digest('base64url')
  }
  const key = { key: createPrivateKey(text), ...(algorithm === 'ES256' ? { dsaEncoding: 'ieee-p1363' } : {}) }
  return input => sign('sha256', Buffer.from(input), key).toString('base64url')
}

function send(response, status, object) {
  const body = JSON.stringify(object)
  response.writeHead(status, {
    'Content-Type': 'application/json', 'Cache-Control': 'no-store', 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

function token(request, response, body) {
  const field = request.headers.authorization ?? ''
  const digest = createHash('sha256').update(field.slice(7)).digest()
  if (!field.startsWith('Bearer ') || !timingSafeEqual(digest, hash)) return send(response, 401, { error: 'invalid_client' })
  let order
  try { order = JSON.parse(body) } catch { return send(response, 400, { error: 'invalid_request' }) }
  if (request.method !== 'POST' || request.headers['content-type'] !== 'application/json'
    || typeof order.shop !== 'string' || !Number.isSafeInteger(order.userId) || Object.keys(order).some(name => !members.has(name))) {
    return send(response, 400, { error: 'invalid_request' })
  }
  const app = apps.get(order.clientId)
  if (!app || c.Shops[order.shop] !== true) return send(response, 403, { error: 'access_denied' })
  if (c.Permissions[`${order.shop} ${order.userId} ${order.clientId}`] !== true) return response.writeHead(204).end()
  const now = Math.floor(Date.now() / 1000)
  const dest = `https://${order.shop}`
  const claims = {
    iss: app.kid ? c.Issuer : `${dest}/admin`, dest, aud: order.clientId, sub: String(order.userId), sid: order.sessionId,
    exp: now + c.Lifetime, nbf: now, iat: now, jti: randomUUID(),
  }
  const input = `${app.header}.${base64url(claims)}`
  send(response, 200, { token: `${input}.${app.sign(input)}`, expiresAt: claims.exp })
}

function jwks(request, response) {
  const fields = {
    'Content-Type': 'application/jwk-set+json', 'Cache-Control': 'public, max-age=3600',
    'Access-Control-Allow-Origin': '*', ETag: c.ETag }
  if (request.headers['if-none-match'] === c.ETag) return response.writeHead(304, fields).end()
  response.writeHead(200, { ...fields, 'Content-Length': Buffer.byteLength(c.JWKS) }).end(c.JWKS)
}

function answer(request, response) {
  if (request.url === '/.well-known/jwks.json') return jwks(request, response)
  if (request.url !== '/session-token') return send(response, 404, { error: 'invalid_request' })
  let body = ''
  request.setEncoding('utf8')
  request.on('data', text => { if (body.length < 1 << 18) body += text })
  request.on('end', () => token(request, response, body))
}

const { createServer } = await import(certificate ? 'node:https' : 'node:http')
createServer(certificate ? { cert: readFileSync(certificate), key: readFileSync(key) } : {}, answer).listen(port, '127.0.0.1', 1024)
