#pragma once

#include <stddef.h>
#include <stdint.h>

// The bare operation of Intel's multi-buffer library behind eight signatures, on the bytes of one token again and again:
// the second limit, of a minter that signs eight tokens at a time. Everything that can be done once is done at set-up.
// The library is opened at run time.

typedef struct multi_buffer_operation multi_buffer_operation;

typedef enum {
  MULTI_BUFFER_OK = 0,
  MULTI_BUFFER_NO_LIBRARY,
  MULTI_BUFFER_NO_FUNCTION,
  MULTI_BUFFER_NO_PROCESSOR,
  MULTI_BUFFER_NO_MEMORY,
  MULTI_BUFFER_BAD_KEY,
  MULTI_BUFFER_NO_KIND,
  MULTI_BUFFER_SETUP_FAILED,
  MULTI_BUFFER_HASH_FAILED,
  MULTI_BUFFER_SIGN_FAILED,
  MULTI_BUFFER_WRONG_SIGNATURE,
} multi_buffer_status;

enum { SLOTS = 8 };

// A signing input, and how much of its beginning every token of the session shares.
typedef struct {
  const uint8_t *bytes;
  size_t length;
  size_t prefix_length;
} multi_buffer_message;

// Whether there is a multi-buffer library, and this processor is one for it.
multi_buffer_status multi_buffer_open(void);

// Eight signatures, by the key: ECDSA with P-256 or P-384, Ed25519, or RSASSA-PKCS1-v1_5 with SHA-256 and 2048, 3072 or
// 4096 bits. To be freed with multi_buffer_free. The message is copied. Before it is made, every slot's signature was verified by
// OpenSSL. On failure *made is NULL.
multi_buffer_status multi_buffer_make(const uint8_t *pem, size_t length, multi_buffer_message message, multi_buffer_operation **made);

// The same with RSASSA-PSS and an RSA key. The limit has no salt and no mask: its hashes are padded once, at set-up.
multi_buffer_status multi_buffer_make_pss(const uint8_t *pem, size_t length, multi_buffer_message message, multi_buffer_operation **made);

void multi_buffer_free(multi_buffer_operation *operation);

// At least `count` signatures: as many as there are in whole operations.
multi_buffer_status multi_buffer_repeat(multi_buffer_operation *operation, size_t count);

const char *multi_buffer_meaning(multi_buffer_status status);
