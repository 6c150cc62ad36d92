#pragma once

#include <openssl/evp.h>

#include "BareOpenSSL.h"

struct bare_operation {
  bare_status (*run)(bare_operation *);
  uint8_t *message;
  size_t length;
  const uint8_t *tail;
  size_t tail_length;

  EVP_MD *digest;  // SHA-256, but for a key of P-384
  EVP_MD_CTX *absorbed;  // has read the prefix (for HMAC: the inner key block before it)
  EVP_MD_CTX *outer;     // HMAC: has read the outer key block
  EVP_MD_CTX *working;
  uint8_t hash[EVP_MAX_MD_SIZE];
  size_t hash_length;

  EVP_PKEY *key;
  EVP_PKEY_CTX *signing;
  EVP_PKEY_CTX *verifying;
  int is_pss;      // RSA: which of the two paddings
  int begin_anew;  // a message context can't be used again without a new beginning

  uint8_t signature[2048];  // RSA with 16384 bits, the most that JWA takes
  size_t signature_length;
  uint8_t expected[32];  // HMAC: the signature that is verified
};

// What every operation has; NULL without memory.
bare_status bare_new(bare_message message, bare_operation **made);
bare_status bare_fetch_digest(bare_operation *operation, const char *name);
bare_status bare_read_key(bare_operation *operation, const uint8_t *pem, size_t length);
int bare_configure(EVP_PKEY_CTX *context, const bare_operation *operation);
bare_status bare_hmac_run(bare_operation *operation);
