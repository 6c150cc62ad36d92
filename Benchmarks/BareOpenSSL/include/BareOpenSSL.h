#pragma once

#include <stddef.h>
#include <stdint.h>

// The bare OpenSSL operation behind a signature, on the bytes of one token again and again: the limit that a minter is
// measured against. OpenSSL and nothing else: EVP only, everything that can be done once is done at set-up.

typedef struct bare_operation bare_operation;

typedef enum {
  BARE_OK = 0,
  BARE_NO_MEMORY,
  BARE_NO_DIGEST,
  BARE_BAD_KEY,
  BARE_SETUP_FAILED,
  BARE_HASH_FAILED,
  BARE_SIGN_FAILED,
  BARE_WRONG_SIGNATURE,
} bare_status;

// A signing input, and how much of its beginning every token of the session shares.
typedef struct {
  const uint8_t *bytes;
  size_t length;
  size_t prefix_length;
} bare_message;

// Each makes an operation to be freed with bare_free. The message is copied. On failure *made is NULL.

// HMAC-SHA-256 of the message's tail, from copies of the states behind the key blocks and the prefix.
bare_status bare_hmac(const uint8_t *secret, size_t length, bare_message message, bare_operation **made);

// SHA-256 of the tail from a copied state (SHA-384 for P-384), then one signature of the hash: RSA (PKCS #1 v1.5) or ECDSA,
// by the key.
bare_status bare_hash_and_sign(const uint8_t *pem, size_t length, bare_message message, bare_operation **made);

// The same with RSASSA-PSS and an RSA key.
bare_status bare_hash_and_sign_pss(const uint8_t *pem, size_t length, bare_message message, bare_operation **made);

// One signature of the whole message: Ed25519 or Ed448.
bare_status bare_sign_message(const uint8_t *pem, size_t length, bare_message message, bare_operation **made);

// Turns an operation that has run once, on a message without prefix, into the verification of the signature it made:
// of the whole message each time.
bare_status bare_turn_to_verification(bare_operation *operation);

void bare_free(bare_operation *operation);

// The operation, `count` times.
bare_status bare_repeat(bare_operation *operation, size_t count);

// The newest signature, valid until the next one. ECDSA in DER.
const uint8_t *bare_signature(const bare_operation *operation, size_t *length);

// Whether the newest signature of bare_hash_and_sign verifies.
bare_status bare_check(bare_operation *operation);

// What a status means, and the newest reason that OpenSSL gave on this thread (NULL for none).
const char *bare_meaning(bare_status status);
const char *bare_reason(void);

// The version of the OpenSSL library that is loaded.
const char *bare_openssl_version(void);
