#pragma once

#include "minting.h"

// From the headers of cjose 0.6. A header is a jansson object, an error may be left out.

typedef struct _cjose_jwk_int cjose_jwk_t;
typedef struct _cjose_jws_int cjose_jws_t;

typedef struct {
  uint8_t *bytes;
  size_t length;
} cjose_field;

enum { RSA_FIELDS = 8, EC_FIELDS = 3 };

// cjose_jwk_rsa_keyspec: e, n, d, p, q, dp, dq, qi.
typedef struct {
  cjose_field fields[RSA_FIELDS];
} cjose_rsa_key;

// cjose_jwk_ec_keyspec: d, x, y.
typedef struct {
  int curve;  // OpenSSL's number of it
  cjose_field fields[EC_FIELDS];
} cjose_ec_key;

typedef struct {
  cjose_jwk_t *(*create_rsa)(const cjose_rsa_key *, void *error);
  cjose_jwk_t *(*create_ec)(const cjose_ec_key *, void *error);
  cjose_jwk_t *(*create_secret)(const uint8_t *, size_t, void *error);
  _Bool (*release_key)(cjose_jwk_t *);
  json_t *(*create_header)(void *error);
  _Bool (*set_header)(json_t *, const char *, const char *, void *error);
  void (*release_header)(json_t *);
  cjose_jws_t *(*sign)(const cjose_jwk_t *, json_t *, const uint8_t *, size_t, void *error);
  _Bool (*export)(cjose_jws_t *, const char **, void *error);
  void (*release)(cjose_jws_t *);
} cjose_functions;

// NULL if the key can't be read.
cjose_jwk_t *peer_cjose_key(const cjose_functions *cjose, const peer_minting *minting);
