#include "minting.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

peer_status peer_new(const char *subject, size_t length, peer_minting **made) {
  peer_minting *m = *made = calloc(1, sizeof *m);
  if (m == NULL) return PEER_NO_MEMORY;
  m->subject = json_loadb(subject, length, JSON_REJECT_DUPLICATES, NULL);
  m->algorithm = json_string_value(json_object_get(m->subject, "algorithm"));
  m->key_id = json_string_value(json_object_get(m->subject, "keyID"));
  m->claims = json_object_get(m->subject, "claims");
  m->lifetime = (long)json_integer_value(json_object_get(m->subject, "lifetime"));
  m->key_text = json_string_value(json_object_get(m->subject, "key"));
  m->key_length = json_string_length(json_object_get(m->subject, "key"));
  return m->algorithm && json_is_object(m->claims) && m->lifetime > 0 && m->key_text ? PEER_OK : PEER_BAD_SUBJECT;
}

void peer_free(peer_minting *minting) {
  if (minting == NULL) return;
  if (minting->free_key != NULL) minting->free_key(minting);
  json_decref(minting->subject);
  free(minting);
}

peer_status peer_begin(peer_minting **made, peer_status status) {
  if (status == PEER_OK) status = (*made)->run(*made);
  if (status == PEER_OK) return PEER_OK;
  peer_free(*made);
  *made = NULL;
  return status;
}

peer_status peer_repeat(peer_minting *minting, size_t count) {
  size_t expected = minting->length;
  for (size_t done = 0; done < count; done++) {
    peer_status status = minting->run(minting);
    if (status != PEER_OK) return status;
    if (minting->length != expected) return PEER_OTHER_LENGTH;
  }
  return PEER_OK;
}

peer_status peer_next_tail(const peer_minting *minting, peer_tail *tail) {
  uint8_t b[16];
  if (getentropy(b, sizeof b) != 0) return PEER_MINT_FAILED;
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  static const char digits[] = "0123456789abcdef";
  char *out = tail->id;
  for (int i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
    *out++ = digits[b[i] >> 4];
    *out++ = digits[b[i] & 15];
  }
  *out = 0;
  tail->issued = (long)time(NULL);
  tail->expiry = tail->issued + minting->lifetime;
  return PEER_OK;
}

peer_status peer_keep(peer_minting *minting, const char *token) {
  size_t length = strlen(token);
  if (length >= sizeof minting->token) return PEER_NO_MEMORY;
  memcpy(minting->token, token, length + 1);
  minting->length = length;
  return PEER_OK;
}

const char *peer_token(const peer_minting *minting) { return minting->token; }

// Left open until the process ends: other code may hold what the library set up.
peer_status peer_open(const char *const *files, const char *const *names, void **functions) {
  void *library = NULL;
  for (; *files != NULL && library == NULL; files++) library = dlopen(*files, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return PEER_NOT_INSTALLED;
  for (; *names != NULL; names++) {
    *functions = dlsym(library, *names);
    if (*functions++ == NULL) return PEER_NOT_INSTALLED;
  }
  return PEER_OK;
}

const char *peer_meaning(peer_status status) {
  switch (status) {
    case PEER_OK: return "nothing failed";
    case PEER_NOT_INSTALLED: return "not installed";
    case PEER_NO_MEMORY: return "no memory";
    case PEER_BAD_SUBJECT: return "the subject can't be read";
    case PEER_BAD_KEY: return "the key can't be read";
    case PEER_MINT_FAILED: return "a token can't be minted";
    case PEER_OTHER_LENGTH: return "a token has another length than the first one";
  }
  return "an unknown status";
}
