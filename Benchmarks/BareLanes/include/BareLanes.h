#pragma once

#include <stddef.h>
#include <stdint.h>

// The bare operation of Intel's multi-buffer library behind eight signatures, on the bytes of one token again and again:
// the second limit, of a minter that signs eight tokens at a time. Everything that can be done once is done at set-up.
// The library is opened at run time.

typedef struct lanes_operation lanes_operation;

typedef enum {
  LANES_OK = 0,
  LANES_NO_LIBRARY,
  LANES_NO_FUNCTION,
  LANES_NO_PROCESSOR,
  LANES_NO_MEMORY,
  LANES_BAD_KEY,
  LANES_NO_KIND,
  LANES_SETUP_FAILED,
  LANES_HASH_FAILED,
  LANES_SIGN_FAILED,
  LANES_WRONG_SIGNATURE,
} lanes_status;

enum { LANES = 8 };

// A signing input, and how much of its beginning every token of the session shares.
typedef struct {
  const uint8_t *bytes;
  size_t length;
  size_t prefix_length;
} lanes_message;

// Whether there is a multi-buffer library, and this processor is one for it.
lanes_status lanes_open(void);

// Eight signatures, by the key: ECDSA with P-256 or P-384, Ed25519, or RSASSA-PKCS1-v1_5 with SHA-256 and 2048, 3072 or
// 4096 bits. To be freed with lanes_free. The message is copied. Before it is made, every lane's signature was verified by
// OpenSSL. On failure *made is NULL.
lanes_status lanes_make(const uint8_t *pem, size_t length, lanes_message message, lanes_operation **made);

// The same with RSASSA-PSS and an RSA key. The limit has no salt and no mask: its hashes are padded once, at set-up.
lanes_status lanes_make_pss(const uint8_t *pem, size_t length, lanes_message message, lanes_operation **made);

void lanes_free(lanes_operation *operation);

// At least `count` signatures: as many as there are in whole operations.
lanes_status lanes_repeat(lanes_operation *operation, size_t count);

const char *lanes_meaning(lanes_status status);
