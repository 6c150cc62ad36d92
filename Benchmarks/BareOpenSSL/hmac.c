#include <openssl/crypto.h>
#include <string.h>

#include "operation.h"

enum { BLOCK = 64 };

// HMAC (RFC 2104 §2) with both key blocks and the prefix hashed already.
bare_status bare_hmac_run(bare_operation *o) {
  if (EVP_MD_CTX_copy_ex(o->working, o->absorbed) != 1) return BARE_HASH_FAILED;
  if (EVP_DigestUpdate(o->working, o->tail, o->tail_length) != 1) return BARE_HASH_FAILED;
  if (EVP_DigestFinal_ex(o->working, o->hash, NULL) != 1) return BARE_HASH_FAILED;
  if (EVP_MD_CTX_copy_ex(o->working, o->outer) != 1) return BARE_HASH_FAILED;
  if (EVP_DigestUpdate(o->working, o->hash, o->hash_length) != 1) return BARE_HASH_FAILED;
  if (EVP_DigestFinal_ex(o->working, o->signature, NULL) != 1) return BARE_HASH_FAILED;
  return BARE_OK;
}

static bare_status begin(EVP_MD_CTX *context, const EVP_MD *digest, const uint8_t key[BLOCK], uint8_t mask) {
  uint8_t block[BLOCK];
  for (int i = 0; i < BLOCK; i++) block[i] = key[i] ^ mask;
  int ok = EVP_DigestInit_ex(context, digest, NULL) == 1 && EVP_DigestUpdate(context, block, BLOCK) == 1;
  OPENSSL_cleanse(block, BLOCK);
  return ok ? BARE_OK : BARE_SETUP_FAILED;
}

static bare_status set_up(bare_operation *o, const uint8_t *secret, size_t length) {
  bare_status status = bare_fetch_digest(o, "SHA256");
  if (status != BARE_OK) return status;
  uint8_t key[BLOCK] = {0};
  if (length <= BLOCK) {
    memcpy(key, secret, length);
  } else if (EVP_Digest(secret, length, key, NULL, o->digest, NULL) != 1) {
    return BARE_SETUP_FAILED;
  }
  status = begin(o->absorbed, o->digest, key, 0x36);
  if (status == BARE_OK) status = begin(o->outer, o->digest, key, 0x5c);
  OPENSSL_cleanse(key, BLOCK);
  if (status != BARE_OK) return status;
  size_t prefix_length = o->length - o->tail_length;
  return EVP_DigestUpdate(o->absorbed, o->message, prefix_length) == 1 ? BARE_OK : BARE_SETUP_FAILED;
}

bare_status bare_hmac(const uint8_t *secret, size_t length, bare_message message, bare_operation **made) {
  bare_status status = bare_new(message, made);
  if (status == BARE_OK) status = set_up(*made, secret, length);
  if (status == BARE_OK) {
    (*made)->run = bare_hmac_run;
    (*made)->signature_length = (*made)->hash_length;
    return BARE_OK;
  }
  bare_free(*made);
  *made = NULL;
  return status;
}
