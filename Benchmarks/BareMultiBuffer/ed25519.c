#include "multi_buffer.h"

// Ed25519 hashes the message itself, behind a secret of the key (RFC 8032 §5.1.6): no prefix can be read before.
static multi_buffer_status run(multi_buffer_operation *o) {
  uint8_t *r[SLOTS], *s[SLOTS];
  const uint8_t *message[SLOTS], *seed[SLOTS], *public_key[SLOTS];
  uint32_t length[SLOTS];
  for (int i = 0; i < SLOTS; i++) {
    r[i] = o->slots[i].signature;
    s[i] = o->slots[i].signature + 32;
    message[i] = o->slots[i].message;
    length[i] = (uint32_t)o->length;
    seed[i] = o->seed;
    public_key[i] = o->public_key;
  }
  return multi_buffer_library.sign_ed25519(r, s, message, length, seed, public_key) == 0 ? MULTI_BUFFER_OK : MULTI_BUFFER_SIGN_FAILED;
}

static multi_buffer_status check(const multi_buffer_operation *o, const multi_buffer_slot *slot) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  if (context == NULL) return MULTI_BUFFER_NO_MEMORY;
  int verifies = EVP_DigestVerifyInit_ex(context, NULL, NULL, NULL, NULL, o->key, NULL) == 1 &&
                 EVP_DigestVerify(context, slot->signature, 64, slot->message, o->length) == 1;
  EVP_MD_CTX_free(context);
  return verifies ? MULTI_BUFFER_OK : MULTI_BUFFER_WRONG_SIGNATURE;
}

multi_buffer_status multi_buffer_set_up_ed25519(multi_buffer_operation *o) {
  o->run = run;
  o->check = check;
  size_t seed_length = sizeof o->seed, public_length = sizeof o->public_key;
  int is_read = EVP_PKEY_get_raw_private_key(o->key, o->seed, &seed_length) == 1 &&
               EVP_PKEY_get_raw_public_key(o->key, o->public_key, &public_length) == 1;
  return is_read ? MULTI_BUFFER_OK : MULTI_BUFFER_BAD_KEY;
}
