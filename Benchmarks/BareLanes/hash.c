#include "lanes.h"

lanes_status lanes_set_up_hash(lanes_operation *o, const char *name) {
  o->absorbed = EVP_MD_CTX_new();
  o->working = EVP_MD_CTX_new();
  if (o->absorbed == NULL || o->working == NULL) return LANES_NO_MEMORY;
  o->digest = EVP_MD_fetch(NULL, name, NULL);
  if (o->digest == NULL || EVP_DigestInit_ex(o->absorbed, o->digest, NULL) != 1) return LANES_SETUP_FAILED;
  return EVP_DigestUpdate(o->absorbed, o->lanes[0].message, o->prefix_length) == 1 ? LANES_OK : LANES_SETUP_FAILED;
}

lanes_status lanes_hash(lanes_operation *o) {
  for (int i = 0; i < LANES; i++) {
    lanes_lane *lane = &o->lanes[i];
    if (EVP_MD_CTX_copy_ex(o->working, o->absorbed) != 1) return LANES_HASH_FAILED;
    if (EVP_DigestUpdate(o->working, lane->message + o->prefix_length, o->length - o->prefix_length) != 1 ||
        EVP_DigestFinal_ex(o->working, lane->hash, NULL) != 1) {
      return LANES_HASH_FAILED;
    }
  }
  return LANES_OK;
}
