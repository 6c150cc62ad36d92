#include <stdlib.h>

#include "minting.h"

// libjwt reads the key anew for each token: its API takes a PEM text, not a key.

typedef struct jwt jwt_t;

static struct {
  int (*create)(jwt_t **);
  void (*destroy)(jwt_t *);
  int (*algorithm_named)(const char *);
  int (*set_algorithm)(jwt_t *, int, const unsigned char *, int);
  int (*add_header)(jwt_t *, const char *, const char *);
  int (*add_text)(jwt_t *, const char *, const char *);
  int (*add_integer)(jwt_t *, const char *, long);
  char *(*encode)(jwt_t *);
} libjwt;

static const char *const files[] = {"libjwt.so.2", "libjwt.so.1", "libjwt.so.0", "libjwt.dylib", NULL};
static const char *const names[] = {
  "jwt_new", "jwt_free", "jwt_str_alg", "jwt_set_alg", "jwt_add_header", "jwt_add_grant", "jwt_add_grant_int",
  "jwt_encode_str", NULL};

static int fill(jwt_t *jwt, const peer_minting *m, const peer_tail *tail) {
  const char *name;
  json_t *value;
  json_object_foreach(m->claims, name, value) {
    if (libjwt.add_text(jwt, name, json_string_value(value)) != 0) return 0;
  }
  if (m->key_id != NULL && libjwt.add_header(jwt, "kid", m->key_id) != 0) return 0;
  int algorithm = libjwt.algorithm_named(m->algorithm);
  return libjwt.add_integer(jwt, "exp", tail->expiry) == 0 && libjwt.add_integer(jwt, "nbf", tail->issued) == 0
      && libjwt.add_integer(jwt, "iat", tail->issued) == 0 && libjwt.add_text(jwt, "jti", tail->id) == 0
      && libjwt.set_algorithm(jwt, algorithm, (const unsigned char *)m->key_text, (int)m->key_length) == 0;
}

static peer_status run(peer_minting *m) {
  peer_tail tail;
  peer_status status = peer_next_tail(m, &tail);
  if (status != PEER_OK) return status;
  jwt_t *jwt = NULL;
  if (libjwt.create(&jwt) != 0) return PEER_NO_MEMORY;
  char *token = fill(jwt, m, &tail) ? libjwt.encode(jwt) : NULL;
  status = token == NULL ? PEER_MINT_FAILED : peer_keep(m, token);
  free(token);
  libjwt.destroy(jwt);
  return status;
}

peer_status peer_libjwt(const char *subject, size_t length, peer_minting **made) {
  *made = NULL;
  peer_status status = peer_open(files, names, (void **)&libjwt);
  if (status != PEER_OK) return status;
  status = peer_new(subject, length, made);
  if (status == PEER_OK) (*made)->run = run;
  return peer_begin(made, status);
}
