#pragma once

#include <jansson.h>
#include <stdint.h>

#include "PeerLibraries.h"

struct peer_minting {
  peer_status (*run)(peer_minting *);
  void (*free_key)(peer_minting *);
  json_t *subject;
  const char *algorithm;
  const char *key_id;  // NULL for none
  json_t *claims;
  long lifetime;
  const char *key_text;
  size_t key_length;
  void *key;
  char token[4096];
  size_t length;
};

// The claims that are new in each token.
typedef struct {
  long issued, expiry;
  char id[37];
} peer_tail;

peer_status peer_new(const char *subject, size_t length, peer_minting **made);
// Makes the first token; frees what was made when the status so far or the token is no good.
peer_status peer_begin(peer_minting **made, peer_status status);
peer_status peer_next_tail(const peer_minting *minting, peer_tail *tail);
peer_status peer_keep(peer_minting *minting, const char *token);

// Fills `functions` with what `names` (ended by NULL) are called in the first of `files` (ended by NULL) that opens.
peer_status peer_open(const char *const *files, const char *const *names, void **functions);
