#include "cjose.h"

#include <stdlib.h>
#include <string.h>

static cjose_functions cjose;

static const char *const files[] = {"libcjose.so.0", "libcjose.dylib", NULL};
static const char *const names[] = {
  "cjose_jwk_create_RSA_spec", "cjose_jwk_create_EC_spec", "cjose_jwk_create_oct_spec", "cjose_jwk_release",
  "cjose_header_new", "cjose_header_set", "cjose_header_release", "cjose_jws_sign", "cjose_jws_export",
  "cjose_jws_release", NULL};

// cjose signs any bytes: its users write the claims with jansson, which it needs itself.
static char *make_claims(const peer_minting *m, const peer_tail *tail) {
  json_t *claims = json_object();
  const char *name;
  json_t *value;
  int failed = 0;
  json_object_foreach(m->claims, name, value) {
    failed |= json_object_set_new(claims, name, json_string(json_string_value(value)));
  }
  failed |= json_object_set_new(claims, "exp", json_integer(tail->expiry));
  failed |= json_object_set_new(claims, "nbf", json_integer(tail->issued));
  failed |= json_object_set_new(claims, "iat", json_integer(tail->issued));
  failed |= json_object_set_new(claims, "jti", json_string(tail->id));
  char *text = failed ? NULL : json_dumps(claims, JSON_COMPACT);
  json_decref(claims);
  return text;
}

static json_t *make_header(const peer_minting *m) {
  json_t *header = cjose.create_header(NULL);
  if (header == NULL) return NULL;
  if (cjose.set_header(header, "alg", m->algorithm, NULL) && cjose.set_header(header, "typ", "JWT", NULL)
      && (m->key_id == NULL || cjose.set_header(header, "kid", m->key_id, NULL))) {
    return header;
  }
  cjose.release_header(header);
  return NULL;
}

static peer_status sign(peer_minting *m, json_t *header, const char *claims) {
  cjose_jws_t *jws = cjose.sign(m->key, header, (const uint8_t *)claims, strlen(claims), NULL);
  if (jws == NULL) return PEER_MINT_FAILED;
  const char *token = NULL;
  peer_status status = cjose.export(jws, &token, NULL) ? peer_keep(m, token) : PEER_MINT_FAILED;
  cjose.release(jws);
  return status;
}

static peer_status run(peer_minting *m) {
  peer_tail tail;
  peer_status status = peer_next_tail(m, &tail);
  if (status != PEER_OK) return status;
  json_t *header = make_header(m);
  char *claims = make_claims(m, &tail);
  status = header != NULL && claims != NULL ? sign(m, header, claims) : PEER_NO_MEMORY;
  free(claims);
  if (header != NULL) cjose.release_header(header);
  return status;
}

static void free_key(peer_minting *m) { cjose.release_key(m->key); }

peer_status peer_cjose(const char *subject, size_t length, peer_minting **made) {
  *made = NULL;
  peer_status status = peer_open(files, names, (void **)&cjose);
  if (status != PEER_OK) return status;
  status = peer_new(subject, length, made);
  if (status == PEER_OK) {
    (*made)->key = peer_cjose_key(&cjose, *made);
    status = (*made)->key == NULL ? PEER_BAD_KEY : PEER_OK;
  }
  if (status == PEER_OK) {
    (*made)->free_key = free_key;
    (*made)->run = run;
  }
  return peer_begin(made, status);
}
