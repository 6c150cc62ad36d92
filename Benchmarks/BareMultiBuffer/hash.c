#include "multi_buffer.h"

multi_buffer_status multi_buffer_set_up_hash(multi_buffer_operation *o, const char *name) {
  o->absorbed = EVP_MD_CTX_new();
  o->working = EVP_MD_CTX_new();
  if (o->absorbed == NULL || o->working == NULL) return MULTI_BUFFER_NO_MEMORY;
  o->digest = EVP_MD_fetch(NULL, name, NULL);
  if (o->digest == NULL || EVP_DigestInit_ex(o->absorbed, o->digest, NULL) != 1) return MULTI_BUFFER_SETUP_FAILED;
  return EVP_DigestUpdate(o->absorbed, o->slots[0].message, o->prefix_length) == 1 ? MULTI_BUFFER_OK : MULTI_BUFFER_SETUP_FAILED;
}

multi_buffer_status multi_buffer_hash(multi_buffer_operation *o) {
  for (int i = 0; i < SLOTS; i++) {
    multi_buffer_slot *slot = &o->slots[i];
    if (EVP_MD_CTX_copy_ex(o->working, o->absorbed) != 1) return MULTI_BUFFER_HASH_FAILED;
    if (EVP_DigestUpdate(o->working, slot->message + o->prefix_length, o->length - o->prefix_length) != 1 ||
        EVP_DigestFinal_ex(o->working, slot->hash, NULL) != 1) {
      return MULTI_BUFFER_HASH_FAILED;
    }
  }
  return MULTI_BUFFER_OK;
}
