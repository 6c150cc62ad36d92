#include <openssl/crypto.h>
#include <openssl/err.h>
#include <string.h>

#include "operation.h"

static bare_status verify_hmac(bare_operation *o) {
  bare_status status = bare_hmac_run(o);
  if (status != BARE_OK) return status;
  return CRYPTO_memcmp(o->signature, o->expected, sizeof o->expected) == 0 ? BARE_OK : BARE_WRONG_SIGNATURE;
}

static bare_status verify_hash(bare_operation *o) {
  if (EVP_MD_CTX_copy_ex(o->working, o->absorbed) != 1) return BARE_HASH_FAILED;
  if (EVP_DigestUpdate(o->working, o->tail, o->tail_length) != 1) return BARE_HASH_FAILED;
  if (EVP_DigestFinal_ex(o->working, o->hash, NULL) != 1) return BARE_HASH_FAILED;
  int result = EVP_PKEY_verify(o->verifying, o->signature, o->signature_length, o->hash, o->hash_length);
  return result == 1 ? BARE_OK : BARE_WRONG_SIGNATURE;
}

static bare_status verify_message(bare_operation *o) {
  if (o->begin_anew && EVP_DigestVerifyInit_ex(o->working, NULL, NULL, NULL, NULL, o->key, NULL) != 1) {
    return BARE_SETUP_FAILED;
  }
  int result = EVP_DigestVerify(o->working, o->signature, o->signature_length, o->message, o->length);
  return result == 1 ? BARE_OK : BARE_WRONG_SIGNATURE;
}

static bare_status set_up_verify_message(bare_operation *o) {
  o->begin_anew = 1;
  bare_status status = verify_message(o);
  if (status != BARE_OK) return status;
  o->begin_anew = 0;
  o->begin_anew = verify_message(o) != BARE_OK;
  ERR_clear_error();
  return BARE_OK;
}

bare_status bare_turn_to_verification(bare_operation *o) {
  if (o->key == NULL) {
    memcpy(o->expected, o->signature, sizeof o->expected);
    o->run = verify_hmac;
    return BARE_OK;
  }
  if (o->signing == NULL) {
    o->run = verify_message;
    return set_up_verify_message(o);
  }
  o->verifying = EVP_PKEY_CTX_new_from_pkey(NULL, o->key, NULL);
  if (o->verifying == NULL) return BARE_NO_MEMORY;
  if (EVP_PKEY_verify_init(o->verifying) != 1 || !bare_configure(o->verifying, o)) return BARE_SETUP_FAILED;
  o->run = verify_hash;
  return BARE_OK;
}
