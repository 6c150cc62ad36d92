#pragma once

#include <stddef.h>

// Minting by other C libraries, as their users do it: claims by jansson, a new token object each time. The libraries are
// opened at run time. Their few prototypes are declared by hand from the headers of cjose 0.6 and libjwt 1.

typedef struct peer_minting peer_minting;

typedef enum {
  PEER_OK = 0,
  PEER_NOT_INSTALLED,
  PEER_NO_MEMORY,
  PEER_BAD_SUBJECT,
  PEER_BAD_KEY,
  PEER_MINT_FAILED,
  PEER_OTHER_LENGTH,
} peer_status;

// Each makes a minting to be freed with peer_free, with its first token made; on failure *made is NULL. The subject is
// JSON: {"algorithm", "keyID", "lifetime", "claims": {the constant ones}, "key": the secret, or the private key as PEM}.
peer_status peer_cjose(const char *subject, size_t length, peer_minting **made);
peer_status peer_libjwt(const char *subject, size_t length, peer_minting **made);

void peer_free(peer_minting *minting);

// Mints `count` tokens, each as long as the first one.
peer_status peer_repeat(peer_minting *minting, size_t count);

// The newest token, valid until the next one.
const char *peer_token(const peer_minting *minting);

const char *peer_meaning(peer_status status);
