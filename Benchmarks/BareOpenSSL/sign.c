#include <openssl/err.h>
#include <openssl/rsa.h>

#include "operation.h"

// MARK: - A hash, then its signature

static bare_status run_hash_and_sign(bare_operation *o) {
  if (EVP_MD_CTX_copy_ex(o->working, o->absorbed) != 1) return BARE_HASH_FAILED;
  if (EVP_DigestUpdate(o->working, o->tail, o->tail_length) != 1) return BARE_HASH_FAILED;
  if (EVP_DigestFinal_ex(o->working, o->hash, NULL) != 1) return BARE_HASH_FAILED;
  o->signature_length = sizeof o->signature;
  int result = EVP_PKEY_sign(o->signing, o->signature, &o->signature_length, o->hash, o->hash_length);
  return result == 1 ? BARE_OK : BARE_SIGN_FAILED;
}

int bare_configure(EVP_PKEY_CTX *context, const bare_operation *o) {
  if (EVP_PKEY_CTX_set_signature_md(context, o->digest) != 1) return 0;
  if (!EVP_PKEY_is_a(o->key, "RSA")) return 1;
  if (!o->is_pss) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  // RFC 7518 §3.5: MGF1 with the same hash, which OpenSSL takes by itself, and a salt as long as the hash.
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

// RFC 7518 §3.4: the curve says which hash.
static const char *hash_name(const bare_operation *o) {
  return EVP_PKEY_is_a(o->key, "EC") && EVP_PKEY_get_bits(o->key) == 384 ? "SHA384" : "SHA256";
}

static bare_status set_up_hash_and_sign(bare_operation *o) {
  bare_status status = bare_fetch_digest(o, hash_name(o));
  if (status != BARE_OK) return status;
  o->signing = EVP_PKEY_CTX_new_from_pkey(NULL, o->key, NULL);
  if (o->signing == NULL) return BARE_NO_MEMORY;
  if (EVP_PKEY_sign_init(o->signing) != 1 || !bare_configure(o->signing, o)) return BARE_SETUP_FAILED;
  if (EVP_DigestInit_ex(o->absorbed, o->digest, NULL) != 1) return BARE_SETUP_FAILED;
  size_t prefix_length = o->length - o->tail_length;
  return EVP_DigestUpdate(o->absorbed, o->message, prefix_length) == 1 ? BARE_OK : BARE_SETUP_FAILED;
}

static bare_status set_up_hash_and_sign_pss(bare_operation *o) {
  o->is_pss = 1;
  return set_up_hash_and_sign(o);
}

bare_status bare_check(bare_operation *o) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, o->key, NULL);
  if (context == NULL) return BARE_NO_MEMORY;
  bare_status status = BARE_SETUP_FAILED;
  if (EVP_PKEY_verify_init(context) == 1 && bare_configure(context, o)) {
    int result = EVP_PKEY_verify(context, o->signature, o->signature_length, o->hash, o->hash_length);
    status = result == 1 ? BARE_OK : BARE_WRONG_SIGNATURE;
  }
  EVP_PKEY_CTX_free(context);
  return status;
}

// MARK: - The signature of a whole message

static bare_status begin_message(bare_operation *o) {
  int result = EVP_DigestSignInit_ex(o->working, NULL, NULL, NULL, NULL, o->key, NULL);
  return result == 1 ? BARE_OK : BARE_SETUP_FAILED;
}

static bare_status sign_message(bare_operation *o) {
  o->signature_length = sizeof o->signature;
  int result = EVP_DigestSign(o->working, o->signature, &o->signature_length, o->message, o->length);
  return result == 1 ? BARE_OK : BARE_SIGN_FAILED;
}

static bare_status run_sign_message(bare_operation *o) {
  if (o->begin_anew) {
    bare_status status = begin_message(o);
    if (status != BARE_OK) return status;
  }
  return sign_message(o);
}

// OpenSSL 3.0 signs any number of messages in a context; newer releases refuse the second and need a new beginning.
static bare_status set_up_sign_message(bare_operation *o) {
  bare_status status = begin_message(o);
  if (status == BARE_OK) status = sign_message(o);
  if (status != BARE_OK) return status;
  o->begin_anew = sign_message(o) != BARE_OK;
  ERR_clear_error();
  return BARE_OK;
}

// MARK: - Making both

static bare_status make(
    const uint8_t *pem, size_t length, bare_message message, bare_status (*set_up)(bare_operation *),
    bare_status (*run)(bare_operation *), bare_operation **made) {
  bare_status status = bare_new(message, made);
  if (status == BARE_OK) status = bare_read_key(*made, pem, length);
  if (status == BARE_OK) status = set_up(*made);
  if (status == BARE_OK) {
    (*made)->run = run;
    return BARE_OK;
  }
  bare_free(*made);
  *made = NULL;
  return status;
}

bare_status bare_hash_and_sign(const uint8_t *pem, size_t length, bare_message message, bare_operation **made) {
  return make(pem, length, message, set_up_hash_and_sign, run_hash_and_sign, made);
}

bare_status bare_hash_and_sign_pss(const uint8_t *pem, size_t length, bare_message message, bare_operation **made) {
  return make(pem, length, message, set_up_hash_and_sign_pss, run_hash_and_sign, made);
}

bare_status bare_sign_message(const uint8_t *pem, size_t length, bare_message message, bare_operation **made) {
  return make(pem, length, message, set_up_sign_message, run_sign_message, made);
}
