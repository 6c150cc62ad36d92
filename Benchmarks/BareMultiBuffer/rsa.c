#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "multi_buffer.h"

static multi_buffer_status sign(multi_buffer_operation *o) {
  const uint8_t *padded[SLOTS];
  uint8_t *signature[SLOTS];
  const uint64_t *p[SLOTS], *q[SLOTS], *dp[SLOTS], *dq[SLOTS], *qi[SLOTS];
  for (int i = 0; i < SLOTS; i++) {
    padded[i] = o->slots[i].padded;
    signature[i] = o->slots[i].signature;
    p[i] = o->p;
    q[i] = o->q;
    dp[i] = o->dp;
    dq[i] = o->dq;
    qi[i] = o->qi;
  }
  int bits = (int)o->number_length * 8;
  uint32_t failures = multi_buffer_library.rsa_private(padded, signature, p, q, dp, dq, qi, bits, o->rsa, o->buffer);
  return failures == 0 ? MULTI_BUFFER_OK : MULTI_BUFFER_SIGN_FAILED;
}

static multi_buffer_status run(multi_buffer_operation *o) {
  multi_buffer_status status = multi_buffer_hash(o);
  if (status != MULTI_BUFFER_OK) return status;
  for (int i = 0; i < SLOTS; i++) memcpy(o->slots[i].padded + o->number_length - 32, o->slots[i].hash, 32);
  return sign(o);
}

// What the hashes are padded to was made at set-up.
static multi_buffer_status run_pss(multi_buffer_operation *o) {
  multi_buffer_status status = multi_buffer_hash(o);
  return status == MULTI_BUFFER_OK ? sign(o) : status;
}

static int configure(EVP_PKEY_CTX *context, const multi_buffer_operation *o, int padding) {
  if (EVP_PKEY_CTX_set_rsa_padding(context, padding) != 1) return 0;
  if (padding == RSA_NO_PADDING) return 1;
  if (EVP_PKEY_CTX_set_signature_md(context, o->digest) != 1) return 0;
  // RFC 7518 §3.5: a salt as long as the hash.
  return padding != RSA_PKCS1_PSS_PADDING || EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static multi_buffer_status check_padding(const multi_buffer_operation *o, const multi_buffer_slot *slot, int padding) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, o->key, NULL);
  int verifies = context != NULL && EVP_PKEY_verify_init(context) == 1 && configure(context, o, padding) &&
                 EVP_PKEY_verify(context, slot->signature, o->number_length, slot->hash, 32) == 1;
  EVP_PKEY_CTX_free(context);
  return verifies ? MULTI_BUFFER_OK : MULTI_BUFFER_WRONG_SIGNATURE;
}

static multi_buffer_status check(const multi_buffer_operation *o, const multi_buffer_slot *slot) {
  return check_padding(o, slot, RSA_PKCS1_PADDING);
}

static multi_buffer_status check_pss(const multi_buffer_operation *o, const multi_buffer_slot *slot) {
  return check_padding(o, slot, RSA_PKCS1_PSS_PADDING);
}

// OpenSSL signs, and opened with the public key that is the padded hash.
static int pad(const multi_buffer_operation *o, multi_buffer_slot *slot, int padding) {
  EVP_PKEY_CTX *signing = EVP_PKEY_CTX_new_from_pkey(NULL, o->key, NULL);
  EVP_PKEY_CTX *opening = EVP_PKEY_CTX_new_from_pkey(NULL, o->key, NULL);
  size_t signature = SIGNATURE, padded = SIGNATURE;
  int done = signing != NULL && opening != NULL && EVP_PKEY_sign_init(signing) == 1 && configure(signing, o, padding) &&
             EVP_PKEY_sign(signing, slot->signature, &signature, slot->hash, 32) == 1 &&
             EVP_PKEY_verify_recover_init(opening) == 1 && configure(opening, o, RSA_NO_PADDING) &&
             EVP_PKEY_verify_recover(opening, slot->padded, &padded, slot->signature, signature) == 1 &&
             padded == o->number_length;
  EVP_PKEY_CTX_free(signing);
  EVP_PKEY_CTX_free(opening);
  // Else what the check would see.
  memset(slot->signature, 0, SIGNATURE);
  return done;
}

static multi_buffer_status read_factors(multi_buffer_operation *o) {
  struct {
    const char *name;
    uint64_t *number;
  } factors[] = {
    {OSSL_PKEY_PARAM_RSA_FACTOR1, o->p}, {OSSL_PKEY_PARAM_RSA_FACTOR2, o->q}, {OSSL_PKEY_PARAM_RSA_EXPONENT1, o->dp},
    {OSSL_PKEY_PARAM_RSA_EXPONENT2, o->dq}, {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, o->qi}};
  multi_buffer_status status = MULTI_BUFFER_OK;
  for (size_t i = 0; i < sizeof factors / sizeof *factors && status == MULTI_BUFFER_OK; i++) {
    status = multi_buffer_read_number(o, factors[i].name, factors[i].number);
  }
  return status;
}

static multi_buffer_status set_up(multi_buffer_operation *o, int padding) {
  int bits = EVP_PKEY_get_bits(o->key);
  if (bits != 2048 && bits != 3072 && bits != 4096) return MULTI_BUFFER_NO_KIND;
  o->number_length = (size_t)bits / 8;
  o->rsa = multi_buffer_library.rsa_method(bits);
  if (o->rsa == NULL) return MULTI_BUFFER_SETUP_FAILED;
  o->buffer = malloc((size_t)multi_buffer_library.rsa_buffer_size(o->rsa));
  if (o->buffer == NULL) return MULTI_BUFFER_NO_MEMORY;
  multi_buffer_status status = multi_buffer_set_up_hash(o, "SHA256");
  if (status == MULTI_BUFFER_OK) status = read_factors(o);
  if (status == MULTI_BUFFER_OK) status = multi_buffer_hash(o);
  for (int i = 0; i < SLOTS && status == MULTI_BUFFER_OK; i++) {
    if (!pad(o, &o->slots[i], padding)) status = MULTI_BUFFER_SETUP_FAILED;
  }
  return status;
}

multi_buffer_status multi_buffer_set_up_rsa(multi_buffer_operation *o) {
  o->run = run;
  o->check = check;
  return set_up(o, RSA_PKCS1_PADDING);
}

multi_buffer_status multi_buffer_set_up_pss(multi_buffer_operation *o) {
  if (!EVP_PKEY_is_a(o->key, "RSA")) return MULTI_BUFFER_NO_KIND;
  o->run = run_pss;
  o->check = check_pss;
  return set_up(o, RSA_PKCS1_PSS_PADDING);
}
