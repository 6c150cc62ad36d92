#pragma once

#include <openssl/evp.h>

#include "BareMultiBuffer.h"

enum {
  WORDS = 32,       // half of an RSA key with 4096 bits, the most that the library takes
  SIGNATURE = 512,  // all of it
};

typedef uint64_t multi_buffer_number[WORDS];  // the lowest word first

// What the library's version 11 has in its headers. Each function takes eight pointers for every input and output, and
// answers with four bits for each slot, which are all 0 where all is well.

typedef struct mbx_rsa_method mbx_rsa_method;

typedef uint32_t mbx_sign_ecdsa(
    uint8_t *const r[SLOTS], uint8_t *const s[SLOTS], const uint8_t *const hash[SLOTS], const uint64_t *const nonce[SLOTS],
    const uint64_t *const key[SLOTS], uint8_t *buffer);

typedef struct {
  int (*is_applicable)(uint64_t features);
  mbx_sign_ecdsa *sign_p256;
  mbx_sign_ecdsa *sign_p384;
  uint32_t (*sign_ed25519)(
      uint8_t *const r[SLOTS], uint8_t *const s[SLOTS], const uint8_t *const message[SLOTS], const uint32_t length[SLOTS],
      const uint8_t *const key[SLOTS], const uint8_t *const public_key[SLOTS]);
  const mbx_rsa_method *(*rsa_method)(int bits);
  int (*rsa_buffer_size)(const mbx_rsa_method *);
  uint32_t (*rsa_private)(
      const uint8_t *const from[SLOTS], uint8_t *const to[SLOTS], const uint64_t *const p[SLOTS],
      const uint64_t *const q[SLOTS], const uint64_t *const dp[SLOTS], const uint64_t *const dq[SLOTS],
      const uint64_t *const qi[SLOTS], int bits, const mbx_rsa_method *, uint8_t *buffer);
} multi_buffer_functions;

extern multi_buffer_functions multi_buffer_library;  // after multi_buffer_open

typedef struct {
  uint8_t *message;
  uint8_t hash[64];
  uint8_t padded[SIGNATURE];
  uint8_t signature[SIGNATURE];
  multi_buffer_number nonce;
} multi_buffer_slot;

struct multi_buffer_operation {
  multi_buffer_status (*run)(multi_buffer_operation *);
  // Whether OpenSSL takes a slot's newest signature.
  multi_buffer_status (*check)(const multi_buffer_operation *, const multi_buffer_slot *);
  multi_buffer_slot slots[SLOTS];

  size_t length;
  size_t prefix_length;
  EVP_MD *digest;
  EVP_MD_CTX *absorbed;  // has read the prefix
  EVP_MD_CTX *working;
  EVP_PKEY *key;

  mbx_sign_ecdsa *sign_ecdsa;
  multi_buffer_number scalar;
  uint8_t seed[32], public_key[32];
  multi_buffer_number p, q, dp, dq, qi;
  const mbx_rsa_method *rsa;
  uint8_t *buffer;          // that the method asks for
  size_t number_length;     // bytes of a signature, or of each of its two numbers
};

multi_buffer_status multi_buffer_set_up_ecdsa(multi_buffer_operation *operation);
multi_buffer_status multi_buffer_set_up_ed25519(multi_buffer_operation *operation);
multi_buffer_status multi_buffer_set_up_rsa(multi_buffer_operation *operation);
multi_buffer_status multi_buffer_set_up_pss(multi_buffer_operation *operation);

// The hash of each slot's message, from a copy of the state that has read the prefix.
multi_buffer_status multi_buffer_set_up_hash(multi_buffer_operation *operation, const char *name);
multi_buffer_status multi_buffer_hash(multi_buffer_operation *operation);

multi_buffer_status multi_buffer_read_number(const multi_buffer_operation *operation, const char *name, multi_buffer_number number);
