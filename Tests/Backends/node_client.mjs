// A host and a backend with Node alone: requests a token by fetch, and verifies it with the issuer's keys.
//
//   node node_client.mjs URL CREDENTIAL_FILE <REQUEST
//
// Prints the claims in JSON.
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const [url, credentialFile] = process.argv.slice(2);

async function answer(path, options) {
  const response = await fetch(url + path, options);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return response.json();
}

const { token } = await answer("/session-token", {
  method: "POST",
  headers: {
    Authorization: `Bearer ${readFileSync(credentialFile, "utf8").trim()}`, "Content-Type": "application/json",
  },
  body: readFileSync(0),
});
const [header, payload, signature] = token.split(".");
const { alg, kid } = JSON.parse(Buffer.from(header, "base64url"));
const { keys } = await answer("/.well-known/jwks.json");
const key = createPublicKey({ key: keys.find((key) => key.kid === kid), format: "jwk" });
const isGood = verify(
  "sha256", Buffer.from(`${header}.${payload}`), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
if (alg !== "ES256" || !isGood) throw new Error(`the signature by ${alg} is wrong`);
console.log(Buffer.from(payload, "base64url").toString());
