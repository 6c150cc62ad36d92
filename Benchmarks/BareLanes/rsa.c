#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "lanes.h"

static lanes_status sign(lanes_operation *o) {
  const uint8_t *padded[LANES];
  uint8_t *signature[LANES];
  const uint64_t *p[LANES], *q[LANES], *dp[LANES], *dq[LANES], *qi[LANES];
  for (int i = 0; i < LANES; i++) {
    padded[i] = o->lanes[i].padded;
    signature[i] = o->lanes[i].signature;
    p[i] = o->p;
    q[i] = o->q;
    dp[i] = o->dp;
    dq[i] = o->dq;
    qi[i] = o->qi;
  }
  int bits = (int)o->number_length * 8;
  uint32_t failures = lanes_library.rsa_private(padded, signature, p, q, dp, dq, qi, bits, o->rsa, o->buffer);
  return failures == 0 ? LANES_OK : LANES_SIGN_FAILED;
}

static lanes_status run(lanes_operation *o) {
  lanes_status status = lanes_hash(o);
  if (status != LANES_OK) return status;
  for (int i = 0; i < LANES; i++) memcpy(o->lanes[i].padded + o->number_length - 32, o->lanes[i].hash, 32);
  return sign(o);
}

// What the hashes are padded to was made at set-up.
static lanes_status run_pss(lanes_operation *o) {
  lanes_status status = lanes_hash(o);
  return status == LANES_OK ? sign(o) : status;
}

static int configure(EVP_PKEY_CTX *context, const lanes_operation *o, int padding) {
  if (EVP_PKEY_CTX_set_rsa_padding(context, padding) != 1) return 0;
  if (padding == RSA_NO_PADDING) return 1;
  if (EVP_PKEY_CTX_set_signature_md(context, o->digest) != 1) return 0;
  // RFC 7518 §3.5: a salt as long as the hash.
  return padding != RSA_PKCS1_PSS_PADDING || EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static lanes_status check_padding(const lanes_operation *o, const lanes_lane *lane, int padding) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, o->key, NULL);
  int verifies = context != NULL && EVP_PKEY_verify_init(context) == 1 && configure(context, o, padding) &&
                 EVP_PKEY_verify(context, lane->signature, o->number_length, lane->hash, 32) == 1;
  EVP_PKEY_CTX_free(context);
  return verifies ? LANES_OK : LANES_WRONG_SIGNATURE;
}

static lanes_status check(const lanes_operation *o, const lanes_lane *lane) {
  return check_padding(o, lane, RSA_PKCS1_PADDING);
}

static lanes_status check_pss(const lanes_operation *o, const lanes_lane *lane) {
  return check_padding(o, lane, RSA_PKCS1_PSS_PADDING);
}

// OpenSSL signs, and opened with the public key that is the padded hash.
static int pad(const lanes_operation *o, lanes_lane *lane, int padding) {
  EVP_PKEY_CTX *signing = EVP_PKEY_CTX_new_from_pkey(NULL, o->key, NULL);
  EVP_PKEY_CTX *opening = EVP_PKEY_CTX_new_from_pkey(NULL, o->key, NULL);
  size_t signature = SIGNATURE, padded = SIGNATURE;
  int done = signing != NULL && opening != NULL && EVP_PKEY_sign_init(signing) == 1 && configure(signing, o, padding) &&
             EVP_PKEY_sign(signing, lane->signature, &signature, lane->hash, 32) == 1 &&
             EVP_PKEY_verify_recover_init(opening) == 1 && configure(opening, o, RSA_NO_PADDING) &&
             EVP_PKEY_verify_recover(opening, lane->padded, &padded, lane->signature, signature) == 1 &&
             padded == o->number_length;
  EVP_PKEY_CTX_free(signing);
  EVP_PKEY_CTX_free(opening);
  // Else what the check would see.
  memset(lane->signature, 0, SIGNATURE);
  return done;
}

static lanes_status read_factors(lanes_operation *o) {
  struct {
    const char *name;
    uint64_t *number;
  } factors[] = {
    {OSSL_PKEY_PARAM_RSA_FACTOR1, o->p}, {OSSL_PKEY_PARAM_RSA_FACTOR2, o->q}, {OSSL_PKEY_PARAM_RSA_EXPONENT1, o->dp},
    {OSSL_PKEY_PARAM_RSA_EXPONENT2, o->dq}, {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, o->qi}};
  lanes_status status = LANES_OK;
  for (size_t i = 0; i < sizeof factors / sizeof *factors && status == LANES_OK; i++) {
    status = lanes_read_number(o, factors[i].name, factors[i].number);
  }
  return status;
}

static lanes_status set_up(lanes_operation *o, int padding) {
  int bits = EVP_PKEY_get_bits(o->key);
  if (bits != 2048 && bits != 3072 && bits != 4096) return LANES_NO_KIND;
  o->number_length = (size_t)bits / 8;
  o->rsa = lanes_library.rsa_method(bits);
  if (o->rsa == NULL) return LANES_SETUP_FAILED;
  o->buffer = malloc((size_t)lanes_library.rsa_buffer_size(o->rsa));
  if (o->buffer == NULL) return LANES_NO_MEMORY;
  lanes_status status = lanes_set_up_hash(o, "SHA256");
  if (status == LANES_OK) status = read_factors(o);
  if (status == LANES_OK) status = lanes_hash(o);
  for (int i = 0; i < LANES && status == LANES_OK; i++) {
    if (!pad(o, &o->lanes[i], padding)) status = LANES_SETUP_FAILED;
  }
  return status;
}

lanes_status lanes_set_up_rsa(lanes_operation *o) {
  o->run = run;
  o->check = check;
  return set_up(o, RSA_PKCS1_PADDING);
}

lanes_status lanes_set_up_pss(lanes_operation *o) {
  if (!EVP_PKEY_is_a(o->key, "RSA")) return LANES_NO_KIND;
  o->run = run_pss;
  o->check = check_pss;
  return set_up(o, RSA_PKCS1_PSS_PADDING);
}
